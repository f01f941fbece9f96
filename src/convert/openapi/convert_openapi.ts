/**
 * Turns an OpenAPI description into a scenario file with a step an operation, or into a URL list. Text in, text and
 * remarks out; reading, writing and printing are the command's.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { UsageError } from "../../lib/errors.ts";
import { listOf, textOf } from "../json_values.ts";
import { isHostName } from "../header_rules.ts";
import { OpenapiDocument, type Operation } from "./document.ts";
import { requestOf } from "./request.ts";
import { OpenapiValues } from "./values.ts";
import { type FileStep, isTooLarge, scenarioText } from "../scenario_file.ts";
import { type ScenarioFormat, scriptText } from "../script_file.ts";
import { findPatterns, type UrlPattern } from "../url_patterns.ts";
import { countOne, quoted, shown, tally } from "../wording.ts";

const MAX_LISTED = 20;

/** How a description is converted. */
export interface OpenapiOptions {
  readonly format: ScenarioFormat | "url-file";
  /** Name of the scenario; absent: the description's title. */
  readonly name?: string;
  /** Methods to take, in upper case. */
  readonly methods: readonly string[];
  /** Operations with one of these tags, in any case; empty: all. */
  readonly tags: readonly string[];
  /** Patterns for paths as the description writes them; `exclude` wins. */
  readonly include: readonly UrlPattern[];
  readonly exclude: readonly UrlPattern[];
  /** Where the API is, whatever servers the description names; absent: the first of the nearest. */
  readonly baseUrl?: URL;
  /** Where the description came from: its server's URL may be relative to it. */
  readonly source?: URL;
  /** Check that each response has the lowest 2xx status that is documented. */
  readonly assertStatus: boolean;
  /** Pause after each step, in seconds. */
  readonly thinkTime: number;
  /** How messages call the description: its path or URL. */
  readonly label: string;
}

/** A converted description. */
export interface OpenapiConversion {
  /** The scenario file, the module or the URL list. */
  readonly text: string;
  /** Steps, or lines of the list. */
  readonly count: number;
  /** What the user should know, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/**
 * Converts a description.
 * @throws {UsageError} when it cannot be read, names no server, or no operation is left
 */
export function convertOpenapi(text: string, options: OpenapiOptions): OpenapiConversion {
  const document = OpenapiDocument.parse(text, options.label);
  const { kept, remarks } = selected(document.operations(), options);
  const values = new OpenapiValues(document);
  const lost = new Map<string, number>();
  const empty = new Map<string, number>();
  const files = new Set<string>();
  const untyped = new Set<string>();
  const bases = kept.map((operation) => baseUrlOf(operation.servers, document, options));
  const { origin } = options.baseUrl ??
    usableUrl(listOf(document.root["servers"]), document, options.source) ?? bases[0]!;
  const made = kept.map((operation, index) => {
    const base = bases[index]!;
    const { target, ...step } = requestOf(operation, base, {
      document,
      values,
      lost,
      empty,
      files,
      untyped,
      assertStatus: options.assertStatus,
    });
    return {
      ...step,
      path: base.origin === origin ? target : `${base.origin}${target}`,
      url: `${base.origin}${target}`,
    };
  });
  const steps = made.map(({ url: _url, ...step }): FileStep => step);
  const lines = made.filter((step) => !isOpen(step)).map(({ method, url }) =>
    `${method === "GET" ? "" : `${method} `}${url}\n`
  );
  const isScenario = options.format !== "url-file";
  const title = textOf(document.resolve(document.root["info"])?.["title"])?.replace(/\p{Cc}+/gu, " ").trim();
  const file = {
    name: options.name ?? (title || "API"),
    base_url: origin,
    think_time: options.thinkTime,
    steps,
  };
  const { text: result, remarks: more } = options.format === "script"
    ? scriptText(file, { hasPlaceholders: true })
    : { text: isScenario ? scenarioText(file) : lines.join(""), remarks: [] };
  if (!isScenario && lines.length === 0) {
    throw new UsageError(
      `Cannot make a URL list of ${quoted(options.label)}: every URL has a part to fill in`,
    );
  }
  return {
    text: result,
    count: isScenario ? steps.length : lines.length,
    remarks: [
      ...remarks,
      ...serverRemarks(kept, document, options.baseUrl),
      ...(isScenario
        ? scenarioRemarks(values, files, untyped, {
          noun: options.format === "script" ? "module" : "scenario",
          isTooBig: options.format === "scenario" && isTooLarge(result),
        })
        : listRemarks(steps)),
      ...(lost.size > 0 ? [`Bodies left out, since only JSON and forms are made: ${tally(lost)}`] : []),
      ...(empty.size > 0 ? [`Bodies left out, since none of their parts is required: ${tally(empty)}`] : []),
      ...(document.lostReferences.size > 0
        ? [
          `References left out, since they lead out of the document or nowhere: ${
            listed(document.lostReferences)
          }`,
        ]
        : []),
      ...more,
    ],
  };
}

/** Where an operation's server is. @throws {UsageError} when nothing says it */
function baseUrlOf(
  servers: readonly unknown[],
  document: OpenapiDocument,
  { baseUrl, source, label }: OpenapiOptions,
): URL {
  const url = baseUrl ?? usableUrl(servers, document, source);
  if (url !== undefined) return url;
  const server = document.serverUrl(servers);
  const found = server === undefined ? "names no server" : `has the server ${quoted(server)}`;
  throw new UsageError(
    `Cannot import ${quoted(label)}: it ${found}; give an http or https URL with --base-url`,
  );
}

/** The URL of the first of some servers; a description that was fetched is relative to where it was. */
function usableUrl(
  servers: readonly unknown[],
  document: OpenapiDocument,
  source: URL | undefined,
): URL | undefined {
  const url = URL.parse(document.serverUrl(servers) ?? "/", source);
  return url !== null && /^https?:$/.test(url.protocol) && isHostName(url.hostname) ? url : undefined;
}

/** What is said of servers that --base-url stands for. */
function serverRemarks(
  kept: readonly Operation[],
  { root }: OpenapiDocument,
  baseUrl: URL | undefined,
): string[] {
  const own = kept.filter(({ servers }) => servers.length > 0 && servers !== root["servers"]).length;
  if (baseUrl === undefined || own === 0) return [];
  return [`${formatCounted(own, "operation")} with servers of their own go to --base-url, too`];
}

/** The operations to take, and what is said of the others. */
function selected(
  all: readonly Operation[],
  { methods, tags, include, exclude, label }: OpenapiOptions,
): { readonly kept: readonly Operation[]; readonly remarks: readonly string[] } {
  const paths = all.map(({ path }) => path);
  const isIn = include.length === 0 ? paths.map(() => true) : findPatterns(include, paths);
  const isOut = findPatterns(exclude, paths);
  const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
  const chosen = all.filter((operation, index) =>
    isIn[index] && !isOut[index] &&
    (tags.length === 0 || operation.tags.some((tag) => wanted.has(tag.toLowerCase())))
  );
  const kept = chosen.filter(({ method }) => methods.includes(method));
  const others = new Map<string, number>();
  for (const { method } of chosen) if (!methods.includes(method)) countOne(others, method);
  if (kept.length === 0) {
    const known = new Set(all.flatMap((operation) => operation.tags));
    const lowered = new Set([...known].map((tag) => tag.toLowerCase()));
    const strange = tags.filter((tag) => !lowered.has(tag.toLowerCase()));
    const why = others.size > 0
      ? `; there are ${tally(others)}: name them with --method`
      : strange.length > 0
      ? `; no operation has the tag ${strange.map(quoted).join(" or ")}${
        known.size > 0 ? `; there are ${listed(known)}` : ""
      }`
      : "";
    throw new UsageError(
      `Cannot import ${quoted(label)}: none of its ${formatCounted(all.length, "operation")} is chosen${why}`,
    );
  }
  return {
    kept,
    remarks: [
      `${kept.length} of ${formatCounted(all.length, "operation")} taken`,
      ...(others.size > 0 ? [`Left out: their methods were not requested (--method): ${tally(others)}`] : []),
    ],
  };
}

function scenarioRemarks(
  { needed }: OpenapiValues,
  files: ReadonlySet<string>,
  untyped: ReadonlySet<string>,
  { noun, isTooBig }: { readonly noun: string; readonly isTooBig: boolean },
): readonly string[] {
  return [
    ...(needed.size > 0 ? [`Set these environment variables for the run: ${listed(needed)}`] : []),
    ...(files.size > 0 ? [`Put these files beside the ${noun} for the run: ${listed(files)}`] : []),
    ...(untyped.size > 0
      ? [`Parts of forms sent without their content type, which only files have: ${listed(untyped)}`]
      : []),
    ...(isTooBig ? ["The scenario is larger than what a run reads: choose fewer operations"] : []),
  ];
}

/** Whether a part of a step's target is to be filled in. */
function isOpen({ path }: FileStep): boolean {
  return path.includes("${");
}

function listRemarks(steps: readonly FileStep[]): readonly string[] {
  const open = steps.filter(isOpen).length;
  const more =
    steps.filter(({ headers, body, form, multipart }) =>
      [headers, body, form, multipart].some((key) => key !== undefined)
    ).length;
  return [
    ...(open > 0 ? [`${formatCounted(open, "URL")} left out, since a part of each is to be filled in`] : []),
    ...(more > 0
      ? [`${formatCounted(more, "request")} lost headers or a body, which a list of URLs cannot hold`]
      : []),
  ];
}

function listed(names: ReadonlySet<string>): string {
  const all = [...names];
  const more = all.length > MAX_LISTED ? ` and ${all.length - MAX_LISTED} more` : "";
  return `${all.slice(0, MAX_LISTED).map(shown).join(", ")}${more}`;
}
