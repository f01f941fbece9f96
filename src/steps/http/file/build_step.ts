/**
 * A step of a scenario file as a step of the plan: URL resolved, headers merged, body and rules made. What is wrong goes
 * to the findings. Placeholders are checked by `check_placeholders.ts`.
 *
 * @module
 */
import { maskUrl } from "../../../lib/mask_url.ts";
import type { HeaderLine, HttpStep } from "../../../plan/http_step.ts";
import { buildBody } from "./build_body.ts";
import { buildChecks } from "./check_keys.ts";
import { buildExtractions } from "./extract_keys.ts";
import type { RuleFileContext } from "./rule_context.ts";
import { HEADER_NAME, LINE_BREAK } from "../../../lib/net/header_syntax.ts";
import type { HttpStepFile } from "./file_schema.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { buildOptions } from "./option_keys.ts";
import { resolvedUrl } from "./resolve_url.ts";
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
  const draft = {
    ...buildOptions(file, at, context),
    kind: "http" as const,
    name: file.name || `Step ${context.number ?? Number(at.at(-1)) + 1}: ${method} ${maskUrl(file.path)}`,
    method,
    url: file.path,
    headers: headersOf(file, at, { ...context, contentType }),
    ...(body && { body }),
    isTemplate: true,
    extract: buildExtractions(file, at, context),
    checks: await buildChecks(file, at, context),
  };
  warnOfLiterals(draft, at, context.findings);
  const step = { ...draft, ...resolvedUrl(file.path, [...at, "path"], context) };
  return { ...step, isTemplate: requestPlaceholders(step).length > 0 };
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
