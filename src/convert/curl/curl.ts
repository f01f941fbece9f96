/**
 * Turns a pasted curl command into a scenario file of one step.
 *
 * @module
 */
import { isCredential } from "../../lib/credentials.ts";
import type { HeaderLine } from "../../plan/scenario.ts";
import { type CurlCommand, readCurlWords } from "./command.ts";
import { longNameOf } from "./options.ts";
import { type CurlRequest, curlRequest } from "./request.ts";
import { hasActivePlaceholder, isOfConnection } from "../header_rules.ts";
import type { FileReader } from "../import_io.ts";
import { fileBody, headerObject, pathAndQuery, scenarioText, stepName } from "../scenario_file.ts";
import { credentialFields } from "../secrets.ts";
import { splitCommand } from "./shell_words.ts";
import { quoted, shown } from "../wording.ts";

/** How a command is converted. */
export interface CurlOptions {
  /** Name of the scenario; absent: the step's name. */
  readonly name?: string;
  /** Keep headers that hold credentials. */
  readonly preserveHeaders: boolean;
  readonly readFile: FileReader;
}

/** A converted command. */
export interface CurlConversion {
  /** The scenario file. */
  readonly text: string;
  /** What the user should know, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/**
 * Converts a command, given as one text or in words already.
 * @throws {UsageError} when it is no curl command of one HTTP request, or a file that it names cannot be read
 */
export async function convertCurl(
  command: string | readonly string[],
  options: CurlOptions,
): Promise<CurlConversion> {
  const split = typeof command === "string" ? splitCommand(command) : { words: command, remarks: [] };
  const read = readCurlWords(split.words);
  const files: string[] = [];
  const request = await curlRequest(read, (path) => {
    files.push(path);
    return options.readFile(path);
  });
  const { headers, remarks } = replayedHeaders(request, options.preserveHeaders);
  const path = pathAndQuery(request.url);
  const name = stepName(request.method, path);
  const step = {
    name,
    path,
    method: request.method,
    ...(headers.length === 0 ? {} : { headers: headerObject(headers) }),
    ...(request.body === undefined ? {} : fileBody(request.body)),
  };
  const { origin } = request.url;
  const text = scenarioText({ name: options.name ?? name, base_url: origin, think_time: 0, steps: [step] });
  const all = [...split.remarks, ...request.remarks, ...remarks, ...fieldRemarks(request)];
  if (files.length > 0) all.push(`Files read into the scenario: ${files.map(quoted).join(", ")}`);
  return { text, remarks: [...all, ...optionRemarks(read)] };
}

/** The headers that are kept: none of the connection's, and credentials only on request. */
function replayedHeaders(
  request: CurlRequest,
  preserve: boolean,
): { readonly headers: readonly HeaderLine[]; readonly remarks: readonly string[] } {
  const sendable = request.headers.filter(([name]) => {
    const key = name.toLowerCase();
    return key !== "content-length" && key !== "connection" && key !== "authority" && !isOfConnection(key);
  }).filter((header) => !header.some(hasActivePlaceholder));
  const secret = sendable.filter(isCredential);
  const headers = preserve ? sendable : sendable.filter((header) => !secret.includes(header));
  const remarks: string[] = [];
  if (secret.length > 0) {
    const names = [...new Set(secret.map(([name]) => shown(name)))].join(", ");
    remarks.push(
      preserve
        ? `Warning: the scenario holds credentials in headers: ${names}; do not share it`
        : `Credentials left out: ${names}; --preserve-headers keeps them`,
    );
  }
  if (headers.some(([, value]) => value.includes("${"))) {
    remarks.push("Warning: a header value holds ${name}, which a scenario takes for a variable");
  }
  if (request.headers.some((header) => header.some(hasActivePlaceholder))) {
    remarks.push("Warning: a header is left out, as a scenario would run a function in it");
  }
  return { headers, remarks };
}

function fieldRemarks(request: CurlRequest): string[] {
  const contentType = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const body = request.body === undefined
    ? undefined
    : { content: request.body, ...(contentType === undefined ? {} : { contentType }) };
  const names = [...credentialFields(request.url, body)].map(shown);
  return names.length === 0 ? [] : [
    `Warning: URL or body hold fields that look like credentials: ${names.join(", ")}; ` +
    "check them before you share the file",
  ];
}

/** curl's options that a run has under another name or the same, by curl's long name. */
const OF_THE_RUN: ReadonlyMap<string, string> = new Map([
  ["insecure", "--insecure"],
  ["location", "--follow-redirects"],
  ["location-trusted", "--follow-redirects"],
  ["max-time", "--timeout"],
  ["cacert", "--ca-bundle"],
  ...["proxy", "resolve", "connect-to", "unix-socket", "cert", "key", "ipv4", "ipv6", "http2"].map((name) =>
    [name, `--${name}`] as const
  ),
]);

/** Ways to authenticate that take more than a header. */
const SCHEMES = ["digest", "ntlm", "ntlm-wb", "negotiate", "anyauth", "aws-sigv4"];

/** What the options say that a scenario does not hold. */
function optionRemarks({ switches, ignored }: CurlCommand): string[] {
  const given = [...switches].map((name) => ({ name, flag: SHORT_FLAGS.get(name) ?? `--${name}` }));
  const others = ignored.map((flag) => ({ name: longNameOf(flag), flag }));
  const remarks = [...given, ...others].flatMap(({ name, flag }) => {
    const own = OF_THE_RUN.get(name);
    return own === undefined ? [] : [`${flag} is no part of a scenario: run it with ${own}`];
  });
  const schemes = others.filter(({ name }) => SCHEMES.includes(name));
  if (schemes.length > 0) {
    const flags = schemes.map(({ flag }) => flag).join(", ");
    remarks.push(`Warning: ${flags} cannot be replayed: credentials of -u become Basic authentication`);
  }
  const useless = others.filter(({ name }) => !OF_THE_RUN.has(name) && !SCHEMES.includes(name));
  if (useless.length > 0) {
    const flags = useless.map(({ flag }) => shown(flag)).join(", ");
    remarks.push(`Ignored, as a scenario has no use for it: ${flags}`);
  }
  return remarks;
}

/** How remarks call a switch, when not by its long name. */
const SHORT_FLAGS: ReadonlyMap<string, string> = new Map([["insecure", "-k"], ["location", "-L"]]);
