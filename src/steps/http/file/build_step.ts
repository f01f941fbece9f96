/**
 * A step of a scenario file as a step of the plan: URL resolved, headers merged, body and rules made. What is wrong goes
 * to the findings. Placeholders are checked by `check_placeholders.ts`.
 *
 * @module
 */
import { maskUrl } from "../../../lib/mask_url.ts";
import type { HeaderLine, HttpStep } from "../../../plan/http_step.ts";
import type { StreamSpec } from "../../../plan/stream_spec.ts";
import { buildBody } from "./build_body.ts";
import { buildChecks } from "./check_keys.ts";
import { buildExtractions } from "./extract_keys.ts";
import type { RuleFileContext } from "./rule_context.ts";
import { HEADER_NAME, LINE_BREAK } from "../../../lib/net/header_syntax.ts";
import type { HttpStepFile } from "./file_schema.ts";
import { durationMs, pauseIn } from "../../file/file_time.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { resolvedUrl } from "./resolve_url.ts";
import { parseLocation } from "../../../template/json_location.ts";
import { placeholdersIn } from "../../../template/template.ts";
import { requestPlaceholders, warnOfLiterals } from "../step_placeholders.ts";

/** Builds a step; `at` is its place in the file. Names need not be unique yet. */
export async function buildHttpStep(
  file: HttpStepFile,
  at: FilePath,
  context: RuleFileContext,
): Promise<HttpStep> {
  const method = (file.method ?? (file.graphql === undefined ? "GET" : "POST")).toUpperCase();
  if (!HEADER_NAME.test(method)) {
    context.findings.addProblem(
      [...at, "method"],
      `Cannot use method "${file.method}": expected a word such as POST`,
    );
  }
  const { body, contentType } = await buildBody(file, at, context);
  const pause = pauseIn(file.think_time, [...at, "think_time"], context.findings);
  const timeoutMs = durationMs(file.timeout, [...at, "timeout"], context.findings);
  if (timeoutMs === 0) {
    context.findings.addProblem([...at, "timeout"], `Cannot use "timeout" of 0: expected a time above 0`);
  }
  const maxRedirects = redirectsOf(file.follow_redirects);
  const draft = {
    kind: "http" as const,
    name: file.name || `Step ${context.number ?? Number(at.at(-1)) + 1}: ${method} ${maskUrl(file.path)}`,
    method,
    url: file.path,
    headers: headersOf(file, at, { ...context, contentType }),
    ...(body && { body }),
    isTemplate: true,
    ...pause,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(maxRedirects !== undefined && { maxRedirects }),
    extract: buildExtractions(file, at, context),
    ...(file.on_fail === "stop" && { stopsOnFailure: true as const }),
    checks: await buildChecks(file, at, context),
    ...streamOf(file.stream, [...at, "stream"], context),
  };
  warnOfLiterals(draft, at, context.findings);
  const step = { ...draft, ...resolvedUrl(file.path, [...at, "path"], context) };
  return { ...step, isTemplate: requestPlaceholders(step).length > 0 };
}

function streamOf(
  given: HttpStepFile["stream"],
  at: FilePath,
  { findings }: RuleFileContext,
): { readonly stream?: StreamSpec } {
  if (given === undefined) return {};
  if (typeof given === "string") return { stream: { kind: given } };
  const { kind = "auto", tokens: path, token_count: countPath } = given;
  for (const [key, text] of [["tokens", path], ["token_count", countPath]] as const) {
    if (text === undefined || parseLocation(text) !== undefined) continue;
    findings.addProblem(
      [...at, key],
      `Cannot use "${text}": expected a JSON path to one value such as $.token`,
    );
  }
  if (path === undefined) return { stream: { kind } };
  return { stream: { kind, tokens: { path, ...(countPath !== undefined && { countPath }) } } };
}

/** As many as `--follow-redirects` alone allows. */
const DEFAULT_REDIRECTS = 10;

function redirectsOf(given: boolean | number | undefined): number | undefined {
  return typeof given === "boolean" ? given ? DEFAULT_REDIRECTS : 0 : given;
}

function headersOf(
  file: HttpStepFile,
  at: FilePath,
  { text, commonHeaders, findings, contentType }: RuleFileContext & {
    readonly contentType: string | undefined;
  },
): readonly HeaderLine[] {
  const own = Object.entries(file.headers ?? {}).flatMap(([name, given]): HeaderLine[] => {
    if (given === null) return [];
    const place = [...at, "headers", name];
    // A version 1.10 is not the number 1.1, an id 007 not 7.
    const spelled = (value: string | number | boolean, path: FilePath) =>
      typeof value === "string" ? value : text.scalarText(path) ?? String(value);
    return Array.isArray(given)
      ? given.map((value, i): HeaderLine => [name, spelled(value, [...place, i])])
      : [[name, spelled(given, place)]];
  });
  for (const [name, value] of own) {
    const place = [...at, "headers", name];
    if (placeholdersIn(name).length === 0 && !HEADER_NAME.test(name)) {
      findings.addProblem(place, `Cannot use header name "${name}": expected letters, digits and hyphens`);
    }
    if (LINE_BREAK.test(value)) {
      findings.addProblem(place, `Cannot use the value of header "${name}": it has a line break`);
    }
  }
  const names = new Set(Object.keys(file.headers ?? {}).map((name) => name.toLowerCase()));
  const merged = [...commonHeaders.filter(([name]) => !names.has(name.toLowerCase())), ...own];
  if (contentType === undefined) return merged;
  const isType = ([name]: HeaderLine) => name.toLowerCase() === "content-type";
  if (!file.multipart) return merged.some(isType) ? merged : [...merged, ["Content-Type", contentType]];
  if (own.some(isType)) {
    findings.addProblem(
      [...at, "headers"],
      "Cannot use a Content-Type beside multipart: it is made with the parts",
    );
  }
  return [...merged.filter((header) => !isType(header)), ["Content-Type", contentType]];
}
