/**
 * What is common to the requests of a run: target, header fields, body.
 *
 * @module
 */
import { ACCEPTED_CODINGS } from "../../client/exchange/content_coding.ts";
import { hasBody } from "../../client/options/http_options.ts";
import type { HttpValues } from "../../client/options/http_options.ts";
import type { AuthValues } from "../../client/options/auth_options.ts";
import type { TransferValues } from "../../client/options/transfer_options.ts";
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { basicAuth } from "../../lib/net/basic_auth.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import { authorityProblem } from "../../lib/net/authority_problem.ts";
import { VERSION } from "../../lib/version.ts";
import { LEFT_OUT } from "../../options/http_types.ts";
import type { Body, HeaderLine } from "../../plan/http_step.ts";

/** Larger bodies stay in their file and are read as they are sent, in bytes: 1 MiB. */
const LARGEST_INLINE_BODY = 1_048_576;

/** Files as this part needs them. */
export interface PlanFiles {
  /** Size in bytes. Rejects when there is no such file. */
  measureFile(path: string): Promise<number>;
  readFile(path: string): Promise<Uint8Array>;
  /** The text of a file, at once. */
  readTextFile(path: string): string;
}

/** Where requests go. */
export interface Target {
  /** Absolute, normalised, without user info and fragment. */
  readonly url: URL;
  /** `user:password` of the URL, decoded. */
  readonly userInfo?: string;
}

/** Files of other kinds that are given where a target should be, by the ends of their names: what takes them. */
const FILES: Readonly<Record<string, (file: string) => string>> = {
  har: (file) => `it is a recording: bench har-import ${file} -o scenario.json`,
  lua: (file) => `it is a script of wrk: bench wrk -s ${file} URL`,
  log: (file) => `it is a log: bench --replay ${file} URL`,
  proto: (file) => `it is a schema: bench --proto ${file} grpc://HOST:PORT/package.Service/Method`,
  jmx: () => NOT_READ,
  scala: () => NOT_READ,
};
const NOT_READ =
  "it is another tool's test, which bench cannot read: record what it sends (bench har-import), or write " +
  "a scenario (bench init scenario)";

/** What takes a file; `undefined`: by its name it is none that is known. */
function takerOf(text: string): string | undefined {
  const [, ending = ""] = /^[^?#]*\.([a-z]+)$/i.exec(text) ?? [];
  return Object.hasOwn(FILES, ending.toLowerCase())
    ? FILES[ending.toLowerCase()]!(escapeTerminal(text))
    : undefined;
}

/**
 * Reads a target URL.
 *
 * @throws {UsageError} when it is not an absolute `http:` or `https:` URL, or holds blanks or control characters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { url, userInfo } = parseTarget("http://u:p%40@[::1]:8080/a?b#c");
 * assertEquals([url.href, userInfo], ["http://[::1]:8080/a?b", "u:p@"]);
 * ```
 */
export function parseTarget(text: string): Target {
  const fail = (reason: string, shown = text): never => {
    throw new UsageError(`Cannot use target "${escapeTerminal(maskUrl(shown))}": ${reason}`);
  };
  if (text === "") fail("it is empty");
  // The URL parser would silently drop or encode these.
  if (/[\s\p{Cc}]/u.test(text)) fail("it contains spaces or control characters; encode them, a space as %20");
  if (!/^https?:\/\//i.test(text)) {
    const isOther = /^(?:[a-z][a-z\d+.-]*:\/\/|https?:)/i.test(text);
    if (isOther || !URL.canParse(`http://${text}`)) {
      fail("expected a URL that begins with http:// or https://");
    }
    fail(takerOf(text) ?? `it has no scheme; did you mean http://${escapeTerminal(maskUrl(text))}?`);
  }
  const problem = authorityProblem(text);
  // Where a password is cut, its first part may look like a port.
  if (problem !== undefined) {
    fail(problem, /^its user/.test(problem) ? text.replace(/\/\/.*@/, "//***@") : text);
  }
  if (/^https?:\/\/[/\\?#]/i.test(text) || !URL.canParse(text)) {
    fail("expected a host and perhaps a port after //");
  }
  const url = new URL(text);
  const userInfo = url.username === "" && url.password === ""
    ? undefined
    : `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  if (userInfo !== undefined && /\p{Cc}/u.test(userInfo)) fail("its user info holds control characters");
  url.username = url.password = url.hash = "";
  return { url, ...(userInfo !== undefined && { userInfo }) };
}

/**
 * The header fields of a request in wire order: defaults that the user did not give (`Host`, `User-Agent`, `Accept`),
 * the user's own with order and repeats kept, `Authorization`, one `Cookie`, and `Content-Type` for a body without one.
 * `-A` replaces an `Authorization` of `-H`; that of the URL only stands in when there is none.
 */
export function requestHeaders(
  values:
    & Pick<HttpValues, "header" | "basicAuth" | "cookie" | "body" | "postFile">
    & Partial<TransferValues>
    & Partial<Pick<AuthValues, "auth" | "token">>,
  target: Target,
): readonly HeaderLine[] {
  const isNamed = (name: string) => (line: HeaderLine) => line[0].toLowerCase() === name;
  const has = (name: string) => values.header.some(isNamed(name));
  // Other logins make their fields as requests are sent.
  const isBasic = (values.auth ?? "basic") === "basic";
  const credentials = isBasic
    ? values.basicAuth ?? (has("authorization") ? undefined : target.userInfo)
    : undefined;
  const given = values.header.filter(isNamed("cookie")).flatMap(([, value]) =>
    value === LEFT_OUT ? [] : [value]
  );
  const cookies = [...given, ...values.cookie];
  const own = values.header.filter((line) =>
    line[1] !== LEFT_OUT && !(credentials !== undefined && isNamed("authorization")(line)) &&
    !(values.cookie.length > 0 && isNamed("cookie")(line))
  );
  const before: HeaderLine[] = [
    ["Host", target.url.host],
    ["User-Agent", `bench/${VERSION}`],
    ["Accept", "*/*"],
    ...(values.compressed ? [["Accept-Encoding", ACCEPTED_CODINGS]] as const : []),
  ];
  const after: HeaderLine[] = [];
  if (values.token !== undefined) after.push(["Authorization", `Bearer ${values.token}`]);
  else if (credentials !== undefined) after.push(["Authorization", basicAuth(credentials)]);
  if (values.cookie.length > 0) after.push(["Cookie", cookies.join("; ")]);
  if (hasBody(values) && !has("content-type")) after.push(["Content-Type", "application/octet-stream"]);
  return [...before.filter(([name]) => !has(name.toLowerCase())), ...own, ...after];
}

/** What is odd about the header fields that the user gave, and yet no reason to refuse them. */
export function headerWarnings(
  { header, basicAuth }: Pick<HttpValues, "header" | "basicAuth">,
  target: Target | undefined,
): readonly string[] {
  const given = (name: string) => header.filter((line) => line[0].toLowerCase() === name).length;
  const warnings: string[] = [];
  const hosts = given("host");
  if (hosts > 1) {
    warnings.push(`-H sets Host ${hosts} times: servers must reject such requests (RFC 9112, 3.2)`);
  }
  const isReplaced = given("authorization") > 0;
  if (basicAuth !== undefined && isReplaced) warnings.push("-A replaces the Authorization header of -H");
  if (target?.userInfo !== undefined && (isReplaced || basicAuth !== undefined)) {
    warnings.push(`${isReplaced ? "-H" : "-A"} replaces the user name and password of the URL`);
  }
  return warnings;
}

/**
 * The body of requests: a file goes before a text, an empty text is none.
 *
 * @throws {UsageError} when the file cannot be read.
 */
export async function requestBody(
  values: Pick<HttpValues, "body" | "postFile">,
  files: PlanFiles,
): Promise<Body | undefined> {
  const { body, postFile } = values;
  if (postFile === undefined) {
    return body === undefined || body === "" ? undefined : { kind: "text", text: body };
  }
  return await readBodyFile({ flag: "--post-file", path: postFile }, files);
}

/**
 * A body that a file holds.
 *
 * @throws {UsageError} when the file cannot be read.
 */
export async function readBodyFile(
  named: { readonly flag: string; readonly path: string },
  files: PlanFiles,
): Promise<Body> {
  const { path } = named;
  return await readAs(named, async () => {
    const bytes = path === "-" ? 0 : await files.measureFile(path);
    if (bytes > LARGEST_INLINE_BODY) return { kind: "file", path: path, bytes };
    return { kind: "base64", base64: (await files.readFile(path)).toBase64() };
  });
}

/**
 * The texts of PEM files with certificates to trust.
 *
 * @throws {UsageError} when the file cannot be read or holds no certificate.
 */
export async function readTrustedRoots(
  path: string | undefined,
  files: PlanFiles,
): Promise<readonly string[]> {
  if (path === undefined) return [];
  return await readAs({ flag: "--ca-bundle", path }, async () => {
    const pem = new TextDecoder().decode(await files.readFile(path));
    if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new UsageError("it holds no PEM certificate");
    return [pem];
  });
}

/** What `read` resolves to; a failure becomes a problem that names flag and file. */
export async function readAs<T>(
  named: { readonly flag: string; readonly path: string },
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = fileReason(error);
    const file = `${named.flag} "${escapeTerminal(named.path)}"`;
    throw new UsageError(`Cannot read ${file}: ${escapeTerminal(reason)}`);
  }
}
