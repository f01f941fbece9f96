/**
 * Turns a recording into a scenario file or a URL list. Bytes in, text and remarks out; reading, writing and printing are the command's.
 *
 * @module
 */
import type { HeaderLine } from "../plan/scenario.ts";
import { readEntries } from "./har_document.ts";
import { type HarEntry, headerOf } from "./har_entry.ts";
import { readBody, type RecordedBody } from "./har_body.ts";
import { type DropReason, filterEntries, type FilterOptions, nothingLeft } from "./har_filter.ts";
import { type Findings, harRemarks } from "./har_remarks.ts";
import { headerFate, holdsCredential } from "./header_rules.ts";
import { countOne } from "./wording.ts";
import {
  fileBody,
  type FileStep,
  headerObject,
  isCredentialField,
  pathAndQuery,
  scenarioText,
  stepName,
  utf8Text,
} from "./scenario_file.ts";
import { pausesAfter } from "./think_time.ts";

/** How a recording is converted. */
export interface HarOptions extends FilterOptions {
  readonly format: "scenario" | "url-file";
  /** Name of the scenario. */
  readonly name: string;
  readonly preserveHeaders: boolean;
  /** Factor on the recorded pauses; absent: no pauses. */
  readonly thinkTimeMultiplier?: number;
  readonly assertStatus: boolean;
  /** How messages call the recording: its path. */
  readonly label: string;
}

/** A converted recording. */
export interface HarConversion {
  /** The scenario file or the URL list. */
  readonly text: string;
  /** Steps, or lines of the list. */
  readonly count: number;
  /** What the user should know, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

interface Recorded {
  readonly entry: HarEntry;
  readonly body: RecordedBody | undefined;
}

/**
 * Converts a recording.
 * @throws {UsageError} when it cannot be read, a pattern takes too long, or no request is left
 */
export function convertHar(bytes: Uint8Array, options: HarOptions): HarConversion {
  const raw = readEntries(bytes, options.label);
  const { kept, dropped, privateHosts } = filterEntries(raw, options);
  const allDropped = new Map<DropReason, number>(dropped);
  const recorded: Recorded[] = [];
  for (const entry of kept) {
    const body = readBody(entry);
    if (body === "broken") countOne(allDropped, "body");
    else recorded.push({ entry, body });
  }
  if (recorded.length === 0) throw nothingLeft(options.label, raw.length, allDropped);

  const findings = newFindings(options);
  for (const { entry } of recorded) countOne(findings.hosts, entry.url.host);
  const lines = options.format === "url-file" ? urlLines(recorded, findings) : [];
  const text = options.format === "url-file"
    ? lines.map((line) => `${line}\n`).join("")
    : scenario(recorded, options, findings);
  const count = options.format === "url-file" ? lines.length : recorded.length;
  const remarks = harRemarks(findings, {
    label: options.label,
    total: raw.length,
    kept: recorded.length,
    dropped: allDropped,
    privateHosts,
  });
  return { text, count, remarks };
}

function newFindings(options: HarOptions): Findings {
  return {
    format: options.format,
    preserveHeaders: options.preserveHeaders,
    hosts: new Map(),
    credentials: new Map(),
    credentialFields: new Map(),
    brokenHeaders: 0,
    placeholders: 0,
    missingFiles: 0,
    lostBodies: 0,
  };
}

function scenario(recorded: readonly Recorded[], options: HarOptions, findings: Findings): string {
  const origin = recorded[0]?.entry.url.origin ?? "";
  const pauses = options.thinkTimeMultiplier === undefined
    ? []
    : pausesAfter(recorded.map(({ entry }) => entry), options.thinkTimeMultiplier);
  const steps = recorded.map(({ entry, body }, index): FileStep => {
    const { method, url, status } = entry;
    const path = pathAndQuery(url);
    const isElsewhere = url.origin !== origin;
    const headers = headersOf({ entry, body }, options.preserveHeaders, findings);
    const pause = pauses[index] ?? 0;
    noteSecrets({ entry, body }, findings);
    findings.missingFiles += body?.missingFiles ?? 0;
    return {
      name: stepName(method, isElsewhere ? `${url.host}${path}` : path),
      path: isElsewhere ? `${url.origin}${path}` : path,
      method,
      ...(headers.length === 0 ? {} : { headers: headerObject(headers) }),
      ...(body === undefined ? {} : fileBody(body.content)),
      ...(options.assertStatus && isGoodStatus(status) ? { assert_status: status } : {}),
      ...(pause > 0 ? { think_time: pause } : {}),
    };
  });
  return scenarioText({ name: options.name, base_url: origin, think_time: 0, steps });
}

function isGoodStatus(status: number | undefined): status is number {
  return status !== undefined && Number.isInteger(status) && status >= 200 && status < 400;
}

/** The headers of a step: the content type alone, or all that can be replayed. */
function headersOf({ entry, body }: Recorded, preserve: boolean, findings: Findings): HeaderLine[] {
  const all = [...entry.headers, ...userInfoHeader(entry)];
  const credentials = new Set<string>();
  const headers: HeaderLine[] = [];
  for (const [name, value] of all) {
    const fate = headerFate(name, value);
    if (fate === "broken" && preserve) findings.brokenHeaders++;
    if (fate !== "keep") continue;
    if (holdsCredential(name, value)) credentials.add(name);
    if (!preserve) continue;
    if (value.includes("${")) findings.placeholders++;
    headers.push([name, value]);
  }
  for (const name of credentials) countOne(findings.credentials, name);
  if (preserve) {
    const hasType = headers.some(([name]) => name === "content-type");
    if (body?.needsType && body.contentType !== undefined && !hasType) {
      headers.push(["content-type", body.contentType]);
    }
    return headers.map((header) => header[0] === "content-type" ? withBodyBoundary(header, body) : header);
  }
  return body?.contentType === undefined ? [] : [["Content-Type", body.contentType]];
}

/** A recorded multipart type without a boundary cannot describe the body; the body's own type can. */
function withBodyBoundary(header: HeaderLine, body: RecordedBody | undefined): HeaderLine {
  const isBare = /^multipart\//i.test(header[1]) && !/boundary=/i.test(header[1]);
  return isBare && body?.contentType !== undefined ? [header[0], body.contentType] : header;
}

/** User name and password in a URL, as the header that a browser sends for them. */
function userInfoHeader(entry: HarEntry): HeaderLine[] {
  const { username, password } = entry.url;
  if (username === "" && password === "") return [];
  if (headerOf(entry, "authorization") !== undefined) return [];
  return [["authorization", basicCredentials(decoded(username), decoded(password))]];
}

/** The value of an `Authorization` header for a user name and password (RFC 7617, in UTF-8). */
export function basicCredentials(user: string, password: string): string {
  return `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign stands for itself
  }
}

/** Counts query parameters and body fields that look like credentials; they are replayed, since a request needs them. */
function noteSecrets({ entry, body }: Recorded, findings: Findings): void {
  const names = new Set<string>();
  for (const name of entry.url.searchParams.keys()) if (isCredentialField(name)) names.add(name);
  for (const name of bodyFields(body)) if (isCredentialField(name)) names.add(name);
  for (const name of names) countOne(findings.credentialFields, name);
}

const MAX_SEARCHED = 64 * 1024;

/** Field names in the beginning of a form or JSON body. */
function bodyFields(body: RecordedBody | undefined): string[] {
  if (body === undefined) return [];
  const text = (typeof body.content === "string" ? body.content : utf8Text(body.content) ?? "").slice(
    0,
    MAX_SEARCHED,
  );
  const type = body.contentType?.toLowerCase() ?? "";
  const pattern = type.includes("urlencoded")
    ? /(?:^|&)([^=&]{1,100})=/g
    : type.includes("multipart")
    ? /; name="([^"\r\n]{1,100})"/g
    : /"([\w.-]{1,100})"\s{0,10}:/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** One line a method and URL, each once, in the order of their first occurrence. */
function urlLines(recorded: readonly Recorded[], findings: Findings): string[] {
  const lines = new Set<string>();
  for (const { entry, body } of recorded) {
    noteSecrets({ entry, body: undefined }, findings);
    const url = listedUrl(entry, findings);
    lines.add(entry.method === "GET" ? url : `${entry.method} ${url}`);
    if (body !== undefined) findings.lostBodies++;
  }
  return [...lines];
}

/** The URL as recorded, unless white space or credentials in it call for the parsed form. */
function listedUrl(entry: HarEntry, findings: Findings): string {
  const { url, rawUrl } = entry;
  if (url.username === "" && url.password === "") return /[^\x21-\x7e]/.test(rawUrl) ? url.href : rawUrl;
  countOne(findings.credentials, "authorization");
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare.href;
}
