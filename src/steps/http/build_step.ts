/**
 * A step of a scenario file as a step of the plan: URL resolved, headers merged, body and rules made. What is wrong goes
 * to the findings. Placeholders are checked by `check_placeholders.ts`.
 *
 * @module
 */
import { maskUrl } from "../../lib/mask_url.ts";
import type { CheckRule, ExtractRule, HeaderLine, HttpStep } from "../../plan/http_step.ts";
import { compileCheck } from "./rules/assert.ts";
import { buildBody } from "./build_body.ts";
import type { RuleCompilers } from "./rules/rule_compilers.ts";
import { HEADER_NAME, LINE_BREAK } from "./step_form.ts";
import { compileExtract } from "./rules/extract.ts";
import type { Findings } from "../file/findings.ts";
import type { HttpStepFile } from "./file_schema.ts";
import { durationMs } from "../file/file_time.ts";
import type { FilePath } from "../file/scenario_text.ts";
import type { StepFileContext } from "../file/step_file.ts";
import { resolvedUrl } from "./resolve_url.ts";
import { placeholdersIn } from "../../template/template.ts";
import { stepPlaceholders, warnOfLiterals } from "./step_placeholders.ts";

/** What HTTP steps are built with. */
export interface HttpFileContext extends StepFileContext {
  readonly compilers: RuleCompilers;
}

/** Builds a step; `at` is its place in the file. Names need not be unique yet. */
export async function buildHttpStep(
  file: HttpStepFile,
  at: FilePath,
  context: HttpFileContext,
): Promise<HttpStep> {
  const method = (file.method ?? "GET").toUpperCase();
  if (!HEADER_NAME.test(method)) {
    context.findings.addProblem(
      [...at, "method"],
      `Cannot use method "${file.method}": expected a word such as POST`,
    );
  }
  const { body, contentType } = await buildBody(file, at, context);
  const thinkMs = durationMs(file.think_time, [...at, "think_time"], context.findings);
  const draft = {
    kind: "http" as const,
    name: file.name || `Step ${Number(at.at(-1)) + 1}: ${method} ${maskUrl(file.path)}`,
    method,
    url: file.path,
    headers: headersOf(file, at, { ...context, contentType }),
    ...(body && { body }),
    isTemplate: true,
    ...(thinkMs !== undefined && { thinkMs }),
    extract: extractRules(file, at, context),
    checks: checkRules(file, at, context),
  };
  warnOfLiterals(draft, at, context.findings);
  const step = { ...draft, ...resolvedUrl(file.path, [...at, "path"], context) };
  return { ...step, isTemplate: stepPlaceholders(step).length > 0 };
}

function headersOf(
  file: HttpStepFile,
  at: FilePath,
  { text, commonHeaders, findings, contentType }: HttpFileContext & {
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

function extractRules(file: HttpStepFile, at: FilePath, context: HttpFileContext): readonly ExtractRule[] {
  const { findings, compilers } = context;
  return Object.entries(file.extract ?? {}).map(([name, source]): ExtractRule => {
    const [from, expression] = Object.entries(source)[0] as [ExtractRule["from"], string];
    const rule = { name, from, expression };
    const place = [...at, "extract", name];
    findings.attempt(place, () => compileExtract(rule, compilers));
    if (from === "header") checkHeaderName(expression, place, findings);
    return rule;
  });
}

function checkHeaderName(name: string, at: FilePath, findings: Findings): void {
  if (HEADER_NAME.test(name)) return;
  findings.addProblem(at, `Cannot use header name "${name}": expected letters, digits and hyphens`);
}

function checkRules(
  file: HttpStepFile,
  at: FilePath,
  { text, findings, compilers }: HttpFileContext,
): readonly CheckRule[] {
  const rules: CheckRule[] = [];
  const add = (rule: CheckRule, ...key: string[]) => {
    rules.push(rule);
    findings.attempt([...at, ...key], () => compileCheck(rule, compilers));
  };
  if (file.assert_status !== undefined) add({ kind: "status", equals: file.assert_status }, "assert_status");
  // Every body holds the empty text.
  if (file.assert_body_contains) {
    add({ kind: "body_contains", text: file.assert_body_contains }, "assert_body_contains");
  }
  if (file.assert_body_regex !== undefined) {
    add({ kind: "body_regex", pattern: file.assert_body_regex }, "assert_body_regex");
  }
  for (const [path, equals] of Object.entries(file.assert_json ?? {})) {
    add({ kind: "json", path, equals }, "assert_json", path);
  }
  for (const [name, wanted] of Object.entries(file.assert_header ?? {})) {
    checkHeaderName(name, [...at, "assert_header", name], findings);
    // As it is written: a version 1.10 is not 1.1.
    const spelled = () => text.scalarText([...at, "assert_header", name]) ?? String(wanted);
    const claim = typeof wanted === "object"
      ? { pattern: wanted.regex }
      : { equals: typeof wanted === "string" ? wanted : spelled() };
    add({ kind: "header", name, ...claim }, "assert_header", name);
  }
  const latency = [...at, "assert_max_latency"];
  const ms = durationMs(file.assert_max_latency, latency, findings);
  if (ms === 0) findings.addProblem(latency, `Cannot use "assert_max_latency" of 0: expected a time above 0`);
  else if (ms !== undefined) add({ kind: "max_latency", ms }, "assert_max_latency");
  return rules;
}
