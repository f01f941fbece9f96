/**
 * Turns a recording into a scenario file, a module or a URL list. Bytes in, text and remarks out; reading, writing and printing
 * are the command's.
 *
 * @module
 */
import { openRecording } from "./recording.ts";
import { type HarEntry, headerOf } from "./entry.ts";
import { readBody } from "./body.ts";
import { type DropReason, filterEntries, type FilterOptions, nothingLeft } from "./filter.ts";
import { type Findings, harRemarks } from "./remarks.ts";
import { headersOf, type RecordedRequest } from "./headers.ts";
import { credentialFields } from "../secrets.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { countOne } from "../wording.ts";
import {
  fileBody,
  type FileSocketStep,
  type FileStep,
  headerObject,
  inert,
  isTooLarge,
  pathAndQuery,
  scenarioText,
  stepName,
} from "../scenario_file.ts";
import { type ScenarioFormat, scriptText, type WrittenScript } from "../script_file.ts";
import { actionsOf } from "./web_socket.ts";
import { pausesAfter } from "./think_time.ts";

/** How a recording is converted. */
export interface HarOptions extends FilterOptions {
  readonly format: ScenarioFormat | "url-file";
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
  /** The scenario file, the module or the URL list. */
  readonly text: string;
  /** Steps, or lines of the list. */
  readonly count: number;
  /** What the user should know, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/**
 * Converts a recording.
 * @throws {UsageError} when it cannot be read, a pattern takes too long, or no request is left
 */
export function convertHar(bytes: Uint8Array, options: HarOptions): HarConversion {
  const { entries, creator } = openRecording(bytes, options.label);
  const { total, kept, dropped, privateHosts } = filterEntries(entries, {
    ...options,
    keepsSockets: options.format === "scenario",
  });
  const allDropped = new Map<DropReason, number>(dropped);
  const recorded: RecordedRequest[] = [];
  for (const entry of kept) {
    const body = readBody(entry, creator);
    if (body === "broken") countOne(allDropped, "body");
    else if (options.format === "url-file" && !LISTED_METHOD.test(entry.method)) {
      countOne(allDropped, "method");
    } else recorded.push({ entry, body });
  }
  if (recorded.length === 0) throw nothingLeft(options.label, total, allDropped);

  const findings = newFindings(options);
  for (const { entry } of recorded) countOne(findings.hosts, entry.url.host);
  findings.lackingQueries = recorded.filter(({ entry }) => entry.lacksQuery).length;
  const lines = options.format === "url-file" ? urlLines(recorded, findings) : [];
  const { text, remarks: more } = options.format === "url-file"
    ? { text: lines.map((line) => `${line}\n`).join(""), remarks: [] }
    : scenario(recorded, options, findings);
  const count = options.format === "url-file" ? lines.length : recorded.length;
  findings.isTooLarge = options.format === "scenario" && isTooLarge(text);
  const remarks = harRemarks(findings, {
    label: options.label,
    total,
    kept: recorded.length,
    dropped: allDropped,
    privateHosts,
  });
  return { text, count, remarks: [...remarks, ...more] };
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
    activePlaceholders: 0,
    oddNames: new Set(),
    lackingQueries: 0,
    untimed: 0,
    missingFiles: 0,
    lostBodies: 0,
    sockets: 0,
    isTooLarge: false,
  };
}

function scenario(
  recorded: readonly RecordedRequest[],
  options: HarOptions,
  findings: Findings,
): WrittenScript {
  const origin = recorded[0]?.entry.url.origin ?? "";
  const pauses = options.thinkTimeMultiplier === undefined
    ? []
    : pausesAfter(recorded.map(({ entry }) => entry), options.thinkTimeMultiplier);
  if (options.thinkTimeMultiplier !== undefined) {
    findings.untimed = recorded.slice(1).filter(({ entry }) => Number.isNaN(entry.startMs)).length;
  }
  const steps = recorded.map(({ entry, body }, index): FileStep | FileSocketStep => {
    if (entry.messages !== undefined) {
      return socketStep(entry, { origin, pause: pauses[index] ?? 0, options, findings });
    }
    const { method, url, status } = entry;
    const path = pathAndQuery(url);
    const isElsewhere = url.origin !== origin;
    const headers = headersOf({ entry, body }, findings);
    const pause = pauses[index] ?? 0;
    noteSecrets({ entry, body }, findings);
    findings.missingFiles += body?.missingFiles ?? 0;
    return {
      name: stepName(method, isElsewhere ? `${url.host}${path}` : path),
      path: isElsewhere ? `${url.origin}${path}` : path,
      method,
      ...(headers.length === 0 ? {} : { headers: headerObject(headers) }),
      ...(body === undefined ? {} : fileBody(body.content)),
      ...(options.assertStatus && isRepeatable(status, headers) ? { assert_status: status } : {}),
      ...(pause > 0 ? { think_time: pause } : {}),
    };
  });
  const file = { name: options.name, base_url: origin, think_time: 0 };
  if (options.format !== "script") return { text: scenarioText({ ...file, steps }), remarks: [] };
  const requests = steps.filter((step): step is FileStep => !("ws" in step));
  return scriptText({ ...file, steps: requests }, { hasPlaceholders: false });
}

/** A recorded talk as one step: what was said, in order, before the requests that began behind it. */
function socketStep(
  entry: HarEntry,
  { origin, pause, options, findings }: {
    readonly origin: string;
    readonly pause: number;
    readonly options: HarOptions;
    readonly findings: Findings;
  },
): FileSocketStep {
  const path = pathAndQuery(entry.url);
  const isElsewhere = entry.url.origin !== origin;
  const headers = headersOf({ entry, body: undefined }, findings)
    .filter(([name]) => !/^sec-websocket-/i.test(name));
  const subprotocols = (headerOf(entry, "sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
  noteSecrets({ entry, body: undefined }, findings);
  findings.sockets++;
  return {
    name: stepName("WS", isElsewhere ? `${entry.url.host}${path}` : path),
    ws: isElsewhere ? `${entry.url.origin.replace(/^http/, "ws")}${path}` : path,
    ...(headers.length === 0 ? {} : { headers: headerObject(headers) }),
    ...(subprotocols[0] === "" ? {} : { subprotocols }),
    actions: actionsOf(entry.messages ?? [], options.thinkTimeMultiplier),
    ...(pause > 0 ? { think_time: pause } : {}),
  };
}

/** Whether a replay can be expected to get the same status. */
function isRepeatable(status: number | undefined, headers: readonly HeaderLine[]): status is number {
  if (status === undefined || !Number.isInteger(status)) return false;
  // These two answer a header that says what the browser had already.
  if (status === 304) return headers.some(([name]) => /^if-(?:none-match|modified-since)$/i.test(name));
  if (status === 206) return headers.some(([name]) => name.toLowerCase() === "range");
  return status >= 200 && status < 400;
}

/** Counts query parameters and body fields that look like credentials; they are replayed, as the server needs them. */
function noteSecrets({ entry, body }: RecordedRequest, findings: Findings): void {
  for (const name of credentialFields(entry.url, body)) countOne(findings.credentialFields, name);
}

/** What `--url-file` takes. */
const LISTED_METHOD = /^(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)$/;

/** One line a method and URL, each once, in the order of their first occurrence. */
function urlLines(recorded: readonly RecordedRequest[], findings: Findings): string[] {
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
  if (url.username === "" && url.password === "") {
    return inert(/[^\x21-\x7e]/.test(rawUrl) ? url.href : rawUrl);
  }
  countOne(findings.credentials, "authorization");
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return inert(bare.href);
}
