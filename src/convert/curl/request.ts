/**
 * The requests that a curl command sends: method, URL, headers and body, with curl's own defaults where the command says
 * nothing. Source: curl's manual page.
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import { UsageError } from "../../lib/errors.ts";
import { basicAuth } from "../../lib/net/basic_auth.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { CurlCommand, CurlData } from "./command.ts";
import { buildCurlForm } from "./form.ts";
import { curlUrls } from "./urls.ts";
import { isToken } from "../header_rules.ts";
import type { FileReader } from "./form.ts";
import { utf8Text } from "../../lib/utf8_text.ts";
import { quoted, shown } from "../wording.ts";

/** One request. */
export interface CurlRequest {
  readonly method: string;
  /** Without user info and fragment. */
  readonly url: URL;
  readonly headers: readonly HeaderLine[];
  /** Headers that every request has and this one does not. */
  readonly removed: readonly string[];
  readonly body?: Uint8Array;
  /** What is not as in the command, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/** What requests of a command need besides it. */
export interface CurlContext {
  readonly readFile: FileReader;
  /** Files that commands before this one write their cookies to. */
  readonly jars: ReadonlySet<string>;
}

/**
 * Makes the requests of a command: one for each of its URLs.
 * @throws {UsageError} when the command cannot be made of HTTP requests, or a file cannot be read
 */
export async function buildCurlRequests(
  command: CurlCommand,
  around: CurlContext,
): Promise<readonly CurlRequest[]> {
  const { last, switches } = command;
  if (command.data.length > 0 && command.fields.length > 0) {
    throw new UsageError(
      "Cannot import the command: it has both data (-d) and form fields (-F); expected one kind",
    );
  }
  const hasBody = command.fields.length > 0 || (command.data.length > 0 && !switches.has("get"));
  const other = switches.has("head") ? "-I" : last.has("upload-file") ? "-T" : undefined;
  if (hasBody && other !== undefined) {
    const what = command.fields.length > 0 ? "a form (-F)" : "data (-d)";
    throw new UsageError(
      `Cannot import the command: it has both ${other} and ${what}; curl refuses that, too`,
    );
  }
  const { urls, remarks } = curlUrls(command.urls, {
    expands: !switches.has("globoff"),
    scheme: last.get("proto-default"),
  });
  if (urls.length > 1 && last.has("upload-file")) {
    throw new UsageError("Cannot import curl's -T for several URLs: write a command for each");
  }
  const data = await joinData(command.data, around.readFile);
  const requests: CurlRequest[] = [];
  for (const url of urls) {
    requests.push(await requestTo(url, { command, data, remarks: [...remarks], ...around }));
  }
  return requests;
}

interface RequestFacts extends CurlContext {
  readonly command: CurlCommand;
  /** The parts of `-d` and its kin, joined. */
  readonly data: Uint8Array;
  readonly remarks: string[];
}

async function requestTo(url: URL, facts: RequestFacts): Promise<CurlRequest> {
  const { command, data, readFile, remarks } = facts;
  const { last, switches } = command;
  const headers = new HeaderSet(command.headers);
  const upload = last.get("upload-file");
  let body: Uint8Array | undefined;
  if (command.data.length > 0 && switches.has("get")) appendQuery(url, utf8Text(data) ?? "");
  else if (command.data.length > 0) body = data;
  for (const part of command.urlQuery) appendQuery(url, urlQueryText(part));

  if (command.fields.length > 0) {
    const form = await buildCurlForm(command.fields, { readFile, contentType: headers.get("content-type") });
    body = form.body;
    headers.set("Content-Type", form.contentType);
  } else if (upload !== undefined) {
    body = await readFile(upload);
    if (url.pathname.endsWith("/")) url.pathname += encodeURIComponent(upload.replace(/^.*[/\\]/s, ""));
  } else if (body !== undefined) {
    const isJson = command.data.some((part) => "isJson" in part && part.isJson);
    headers.addDefault("Content-Type", isJson ? "application/json" : "application/x-www-form-urlencoded");
    if (isJson) headers.addDefault("Accept", "application/json");
  }
  addOptionHeaders(headers, url, facts);
  url.username = "";
  url.password = "";
  url.hash = "";
  const method = methodOf(command, { hasBody: body !== undefined, isUpload: upload !== undefined });
  const problem = headers.lines.find(([name, value]) => !isToken(name) || /[\r\n\0]/.test(value));
  if (problem !== undefined) {
    throw new UsageError(
      `Cannot import header ${quoted(problem[0])}: it holds characters that no header can`,
    );
  }
  const given = last.get("request");
  if (given !== undefined && given !== method) {
    remarks.push(`Methods of a scenario are in upper case: ${quoted(given)} becomes ${method}`);
  }
  const { lines, removed } = headers;
  return { method, url, headers: lines, removed, ...(body === undefined ? {} : { body }), remarks };
}

function methodOf(
  command: CurlCommand,
  facts: { readonly hasBody: boolean; readonly isUpload: boolean },
): string {
  const given = command.last.get("request");
  if (given !== undefined && !isToken(given)) {
    throw new UsageError(`Cannot import method ${quoted(given)}: expected a word such as GET or POST`);
  }
  if (given !== undefined) return given.toUpperCase();
  if (command.switches.has("head")) return "HEAD";
  if (facts.isUpload) return "PUT";
  return facts.hasBody ? "POST" : "GET";
}

async function joinData(data: readonly CurlData[], readFile: FileReader): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (const [index, part] of data.entries()) {
    // JSON parts follow each other as they are; others are fields of a form.
    if (index > 0 && !("isJson" in part && part.isJson)) chunks.push(encoder.encode("&"));
    if (part.kind === "text") chunks.push(encoder.encode(part.text));
    else if (part.kind === "encoded") {
      chunks.push(encoder.encode(field(part.name, encoder.encode(part.text))));
    } else if (part.kind === "encodedFile") {
      chunks.push(encoder.encode(field(part.name, await readFile(part.path))));
    } else {
      const bytes = await readFile(part.path);
      chunks.push(part.isBinary ? bytes : bytes.filter((byte) => byte !== 0 && byte !== 10 && byte !== 13));
    }
  }
  return concat(chunks);
}

function field(name: string, value: Uint8Array): string {
  return name === "" ? percentEncode(value) : `${name}=${percentEncode(value)}`;
}

/** Spaces as `+`, and all other bytes but letters, digits and `-._~` (RFC 3986, 2.3) as `%XX`. */
function percentEncode(bytes: Uint8Array): string {
  let encoded = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    encoded += /[\w.~-]/.test(character)
      ? character
      : byte === 32
      ? "+"
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

function appendQuery(url: URL, query: string): void {
  if (query !== "") url.search = url.search === "" ? query : `${url.search}&${query}`;
}

/** `--url-query`: encoded like `--data-urlencode`, but for a leading `+`. */
function urlQueryText(part: string): string {
  if (part.startsWith("+")) return part.slice(1);
  if (/^[^=]*@/.test(part)) {
    throw new UsageError(`Cannot import curl's --url-query: a file (${quoted(part)}) is not supported here`);
  }
  const equals = part.indexOf("=");
  return field(part.slice(0, Math.max(0, equals)), new TextEncoder().encode(part.slice(equals + 1)));
}

/** Headers that come from options of their own; what `-H` says about the same header wins. */
function addOptionHeaders(headers: HeaderSet, url: URL, { command, jars, remarks }: RequestFacts): void {
  const { last, switches, cookies } = command;
  const agent = last.get("user-agent");
  if (agent === "") headers.remove("User-Agent");
  else if (agent !== undefined) headers.addDefault("User-Agent", agent);
  const referer = last.get("referer")?.replace(/;auto$/, "");
  if (referer !== undefined && referer !== "") headers.addDefault("Referer", referer);
  const range = last.get("range") ?? resumedRange(last.get("continue-at"), last.has("upload-file"));
  if (range !== undefined) headers.addDefault("Range", `bytes=${range}`);
  if (switches.has("compressed")) headers.addDefault("Accept-Encoding", "deflate, gzip, br");

  const user = last.get("user") ??
    (url.username === "" ? undefined : `${percentDecoded(url.username)}:${percentDecoded(url.password)}`);
  const bearer = last.get("oauth2-bearer");
  if (bearer !== undefined) headers.addDefault("Authorization", `Bearer ${bearer}`);
  else if (user !== undefined) {
    const colon = user.indexOf(":");
    if (colon < 0) remarks.push("-u has no password, which curl would ask for: an empty one is used");
    headers.addDefault("Authorization", basicAuth(colon < 0 ? `${user}:` : user));
  }
  const values = cookies.filter((cookie) => cookie.includes("=")).map((cookie) =>
    cookie.replace(/;\s*$/, "")
  );
  if (values.length > 0) headers.addDefault("Cookie", values.join("; "));
  for (const file of cookies.filter((cookie) => cookie !== "" && !cookie.includes("="))) {
    if (!jars.has(file)) {
      throw new UsageError(
        `Cannot import curl's -b ${quoted(file)}: cookies in a file are not read; write -b 'name=value'`,
      );
    }
    remarks.push(`In place of the cookies in ${quoted(file)}, a user sends those that servers set`);
  }
}

/** `-C OFFSET` of a download: the rest from there. */
function resumedRange(offset: string | undefined, isUpload: boolean): string | undefined {
  if (offset === undefined) return undefined;
  if (isUpload || !/^\d+$/.test(offset)) {
    throw new UsageError(
      `Cannot import curl's -C ${
        quoted(offset)
      }: expected the offset of a download; what is there already is not known`,
    );
  }
  return offset === "0" ? undefined : `${offset}-`;
}

/** Headers that every request of a run has. */
const ALWAYS_SENT: ReadonlyMap<string, string> = new Map([
  ["accept", "Accept"],
  ["host", "Host"],
  ["user-agent", "User-Agent"],
]);

/** A line of `-H`, taken apart at its first colon or semicolon; a colon may begin a name. */
function partsOf(line: string): { readonly name: string; readonly mark: string; readonly value: string } {
  const text = line.trim();
  const start = text.startsWith(":") ? 1 : 0;
  const at = start + Math.max(0, text.slice(start).search(/[:;]/));
  return {
    name: at > start ? text.slice(0, at).trimEnd() : "",
    mark: text[at] ?? "",
    value: text.slice(at + 1).trim(),
  };
}

/** Header lines of `-H`, and the names whose defaults a bare `Name:` switches off. */
class HeaderSet {
  readonly #lines: HeaderLine[] = [];
  readonly #removed = new Set<string>();

  constructor(given: readonly string[]) {
    for (const line of given) {
      if (line.startsWith("@")) {
        throw new UsageError(`Cannot import curl's -H ${quoted(line)}: headers in a file are not read`);
      }
      const { name, mark, value } = partsOf(line);
      if (name === "" || (mark !== ":" && (mark !== ";" || value !== ""))) {
        const start = shown(line.slice(0, 20));
        throw new UsageError(
          `Cannot import curl's -H: expected "Name: value", found a line that begins "${start}"`,
        );
      }
      if (mark === ":" && value === "") this.#removed.add(name.toLowerCase());
      else this.#lines.push([name, value]);
    }
  }

  get lines(): readonly HeaderLine[] {
    return this.#lines;
  }

  /** Headers that are switched off, and yet sent by every run. */
  get removed(): readonly string[] {
    return [...this.#removed].filter((name) => this.get(name) === undefined).flatMap((name) =>
      ALWAYS_SENT.get(name) ?? []
    );
  }

  /** Switches a default off. */
  remove(name: string): void {
    this.#removed.add(name.toLowerCase());
  }

  get(name: string): string | undefined {
    return this.#lines.find((line) => line[0].toLowerCase() === name)?.[1];
  }

  add(name: string, value: string): void {
    this.#lines.push([name, value]);
  }

  /** Adds a header that the command neither gives nor switches off. */
  addDefault(name: string, value: string): void {
    const key = name.toLowerCase();
    if (!this.#removed.has(key) && this.get(key) === undefined) this.add(name, value);
  }

  /** Replaces a header. */
  set(name: string, value: string): void {
    const at = this.#lines.findIndex((line) => line[0].toLowerCase() === name.toLowerCase());
    if (at < 0) this.add(name, value);
    else this.#lines[at] = [this.#lines[at]![0], value];
  }
}
