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
import { HEADER_NAME } from "../../../lib/net/header_syntax.ts";
import type { HttpStepFile } from "./file_schema.ts";
import { mergedHeaders } from "./merged_headers.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { buildOptions } from "./option_keys.ts";
import { resolvedUrl } from "./resolve_url.ts";
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
  context: RuleFileContext & { readonly contentType: string | undefined },
): readonly HeaderLine[] {
  const { contentType, findings } = context;
  const merged = mergedHeaders(file.headers, at, context);
  if (contentType === undefined) return merged;
  const isType = ([name]: HeaderLine) => name.toLowerCase() === "content-type";
  if (!file.multipart) return merged.some(isType) ? merged : [...merged, ["Content-Type", contentType]];
  if (Object.keys(file.headers ?? {}).some((name) => isType([name, ""]))) {
    findings.addProblem(
      [...at, "headers"],
      "Cannot use a Content-Type beside multipart: it is made with the parts",
    );
  }
  return [...merged.filter((header) => !isType(header)), ["Content-Type", contentType]];
}
