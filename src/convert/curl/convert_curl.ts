/**
 * Turns pasted curl commands into a scenario file or a module, a step for each request.
 *
 * @module
 */
import { holdsCredential } from "../../lib/mask_text.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { UsageError } from "../../lib/errors.ts";
import type { SplitCommand } from "./cmd_words.ts";
import { type CurlCommand, isCurl, readCurlWords } from "./command.ts";
import { OF_THE_RUN } from "./option_fates.ts";
import { longNameOf } from "./options.ts";
import { buildCurlRequests, type CurlRequest } from "./request.ts";
import { hasActivePlaceholder, isOfConnection } from "../header_rules.ts";
import type { FileReader } from "./form.ts";
import {
  fileBody,
  type FileStep,
  headerLists,
  isTooLarge,
  pathAndQuery,
  scenarioText,
  stepName,
} from "../scenario_file.ts";
import { type ScenarioFormat, scriptText } from "../script_file.ts";
import { credentialFields } from "../secrets.ts";
import { splitCommands } from "./shell_words.ts";
import { quoted, shown } from "../wording.ts";

/** How commands are converted. */
export interface CurlOptions {
  /** Name of the scenario; absent: that of the only step, or the host. */
  readonly name?: string;
  readonly format: ScenarioFormat;
  /** Keep headers that hold credentials. */
  readonly preserveHeaders: boolean;
  readonly readFile: FileReader;
}

/** Converted commands. */
export interface CurlConversion {
  /** The scenario file or the module. */
  readonly text: string;
  /** Its steps. */
  readonly count: number;
  /** What the user should know, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/**
 * Converts commands, given as one text, or one in words already: a step for each request.
 * @throws {UsageError} when they are no curl commands of HTTP requests, or a file that they name cannot be read
 */
export async function convertCurl(
  given: string | readonly string[],
  options: CurlOptions,
): Promise<CurlConversion> {
  const split = typeof given === "string"
    ? splitCommands(given)
    : { commands: [{ words: given, after: "" }], remarks: [] };
  const { commands, remarks: others } = curlCommands(split.commands);
  const remarks = new Set([...split.remarks, ...others]);
  const files: string[] = [];
  const readFile = (path: string) => {
    files.push(path);
    return options.readFile(path);
  };
  const jars = new Set<string>();
  const requests: CurlRequest[] = [];
  for (const part of commands.flatMap(readCurlWords)) {
    for (const jar of part.jars) jars.add(jar);
    requests.push(...await buildCurlRequests(part, { readFile, jars }));
    if (requests.length > MAX_STEPS) {
      throw new UsageError(`Cannot import the commands: they make more than ${MAX_STEPS} requests`);
    }
    for (const remark of optionRemarks(part)) remarks.add(remark);
  }
  const { steps, headerRemarks } = stepsOf(requests, options);
  for (const remark of [...requests.flatMap((request) => request.remarks), ...headerRemarks]) {
    remarks.add(remark);
  }
  for (const remark of fieldRemarks(requests)) remarks.add(remark);
  if (files.length > 0) {
    remarks.add(
      `Files read into the ${nounOf(options.format)}: ${[...new Set(files)].map(quoted).join(", ")}`,
    );
  }
  const { url } = requests[0]!;
  const name = options.name ?? (steps.length === 1 ? steps[0]!.name : url.host);
  const file = { name, base_url: url.origin, think_time: 0, steps };
  if (options.format === "script") {
    const script = scriptText(file, { hasPlaceholders: false });
    return { text: script.text, count: steps.length, remarks: [...remarks, ...script.remarks] };
  }
  const text = scenarioText(file);
  if (isTooLarge(text)) {
    remarks.add("Warning: the scenario is larger than what a run reads: leave commands out");
  }
  return {
    text,
    count: steps.length,
    remarks: [...remarks],
  };
}

function nounOf(format: ScenarioFormat): string {
  return format === "script" ? "module" : "scenario";
}

/** Requests that an import makes at most. */
const MAX_STEPS = 10_000;

/** The curl commands among others, without a prompt sign; what is said of the others. */
function curlCommands(
  all: readonly SplitCommand[],
): { readonly commands: readonly (readonly string[])[]; readonly remarks: readonly string[] } {
  const bare = all.map(({ words, after }) => ({
    words: /^[$%>]$/.test(words[0]!) ? words.slice(1) : words,
    after,
  }))
    .filter(({ words }) => words.length > 0);
  // A lone command is refused in its own words.
  const isTaken = (each: SplitCommand) => isCurl(each.words[0]!) && each.after !== "||";
  const taken = bare.filter(isTaken);
  if (taken.length === 0) return { commands: [bare[0]?.words ?? []], remarks: [] };
  const left = bare.filter((each) => !isTaken(each));
  return { commands: taken.map(({ words }) => words), remarks: left.map(leftOut) };
}

function leftOut({ words: [first = ""], after }: SplitCommand): string {
  if (first.startsWith("-") && after === "\n") {
    return `A line that begins with ${
      quoted(first)
    } is left out: a command goes on in the next line after a \\ at the end`;
  }
  if (after === "||" && isCurl(first)) {
    return 'What follows "||" is left out: it is sent only when the command before fails';
  }
  const hint = after === "&" ? "; a URL with & must be quoted" : "";
  return `Left out, as it is another command: ${quoted(first)}${hint}`;
}

/** The steps of requests; those to another host than the first one's have whole URLs. */
function stepsOf(
  requests: readonly CurlRequest[],
  options: CurlOptions,
): { readonly steps: readonly FileStep[]; readonly headerRemarks: readonly string[] } {
  const kept = requests.map((request) => replayedHeaders(request, options));
  const { origin } = requests[0]!.url;
  const steps = requests.map(({ method, url, removed, body }, index): FileStep => {
    const path = pathAndQuery(url);
    const isElsewhere = url.origin !== origin;
    const headers = kept[index]!.headers;
    return {
      name: stepName(method, isElsewhere ? `${url.host}${path}` : path),
      path: isElsewhere ? `${url.origin}${path}` : path,
      method,
      ...(headers.length + removed.length === 0 ? {} : {
        headers: { ...headerLists(headers), ...Object.fromEntries(removed.map((name) => [name, null])) },
      }),
      ...(body === undefined ? {} : fileBody(body)),
    };
  });
  const secrets = [...new Set(kept.flatMap(({ secrets }) => secrets))].map(shown).join(", ");
  const ofConnection = [...new Set(kept.flatMap(({ ofConnection }) => ofConnection))].map(shown).join(", ");
  const headerRemarks = kept.flatMap(({ remarks }) => remarks);
  if (secrets !== "") {
    headerRemarks.unshift(
      options.preserveHeaders
        ? `Warning: the ${nounOf(options.format)} holds credentials in headers: ${secrets}; do not share it`
        : `Credentials left out: ${secrets}; --preserve-headers keeps them`,
    );
  }
  if (ofConnection !== "") {
    headerRemarks.push(`Headers left out, as they are a matter of the connection: ${ofConnection}`);
  }
  return { steps, headerRemarks };
}

/** What becomes of a request's headers. */
interface KeptHeaders {
  readonly headers: readonly HeaderLine[];
  /** Names of those that hold credentials. */
  readonly secrets: readonly string[];
  /** Names of those that are left out since they belong to the connection. */
  readonly ofConnection: readonly string[];
  readonly remarks: readonly string[];
}

/** The headers that are kept: none of the connection's, and credentials only on request. */
function replayedHeaders(request: CurlRequest, { format, preserveHeaders }: CurlOptions): KeptHeaders {
  const ofConnection = request.headers.filter(([name]) => {
    const key = name.toLowerCase();
    return key === "content-length" || key === "connection" || key === "authority" || isOfConnection(key);
  });
  // A module sends such a text as it is.
  const active = format === "script"
    ? []
    : request.headers.filter((header) => header.some(hasActivePlaceholder));
  const sendable = request.headers.filter((header) =>
    !ofConnection.includes(header) && !active.includes(header)
  );
  const secret = sendable.filter(holdsCredential);
  const headers = preserveHeaders ? sendable : sendable.filter((header) => !secret.includes(header));
  const remarks: string[] = [];
  if (format === "scenario" && headers.some(([, value]) => value.includes("${"))) {
    remarks.push("Warning: a header value holds ${name}, which a scenario takes for a variable");
  }
  if (active.length > 0) {
    remarks.push("Warning: a header is left out, as a scenario would run a function in it");
  }
  return {
    headers,
    secrets: secret.map(([name]) => name),
    // What browsers copy along says nothing that a run would not do anyway.
    ofConnection: ofConnection.filter(([name, value]) =>
      !/^(?:content-length|authority)$/i.test(name) && !/^keep-alive$/i.test(value)
    ).map(([name]) => name),
    remarks,
  };
}

function fieldRemarks(requests: readonly CurlRequest[]): string[] {
  const found = new Set<string>();
  for (const { url, headers, body: content } of requests) {
    const contentType = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
    const body = content === undefined
      ? undefined
      : { content, ...(contentType === undefined ? {} : { contentType }) };
    for (const name of credentialFields(url, body)) found.add(shown(name));
  }
  return found.size === 0 ? [] : [
    `Warning: URL or body hold fields that look like credentials: ${[...found].join(", ")}; ` +
    "check them before you share the file",
  ];
}

/** What the options say that a scenario does not hold. */
function optionRemarks({ ignored }: CurlCommand): string[] {
  const named = ignored.map((flag) => ({ flag, own: OF_THE_RUN.get(longNameOf(flag)) }));
  const useless = named.filter(({ own }) => own === undefined).map(({ flag }) => shown(flag));
  return [
    ...named.flatMap(({ flag, own }) =>
      own === undefined ? [] : [`${flag} does not belong in a scenario: run it with ${own}`]
    ),
    ...(useless.length === 0 ? [] : [`Ignored, as a scenario has no use for it: ${useless.join(", ")}`]),
  ];
}
