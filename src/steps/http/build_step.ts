/**
 * A step of a scenario file as a step of the plan: URL resolved, headers merged, body and rules made. What is wrong goes
 * to the findings. Placeholders are checked by `check_placeholders.ts`.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import type { Body, CheckRule, ExtractRule, HeaderLine, HttpStep } from "../../plan/http_step.ts";
import { compileCheck } from "./assert.ts";
import type { RuleCompilers } from "./rule_compilers.ts";
import { HEADER_NAME, LINE_BREAK } from "./step_form.ts";
import { compileExtract } from "./extract.ts";
import { type Findings, memberAt } from "../file/findings.ts";
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
  const { body, isJson } = await buildBody(file, at, context);
  const thinkMs = durationMs(file.think_time, [...at, "think_time"], context.findings);
  const draft = {
    kind: "http" as const,
    name: file.name || `Step ${Number(at.at(-1)) + 1}: ${method} ${maskUrl(file.path)}`,
    method,
    url: file.path,
    headers: headersOf(file, at, { ...context, isJson }),
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

async function buildBody(
  file: HttpStepFile,
  at: FilePath,
  { text, findings, readBytes }: HttpFileContext,
): Promise<{ body?: Body; isJson: boolean }> {
  const given = (["body", "body_base64", "body_file"] as const).filter((key) =>
    (file[key] ?? undefined) !== undefined
  );
  if (given.length > 1) {
    findings.addProblem(
      [...at, given[1]!],
      `Cannot use both "${given[0]}" and "${given[1]}": expected one of them`,
    );
  }
  if (file.body_base64 !== undefined) {
    const base64 = file.body_base64.replace(/\s+/g, "");
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
      findings.addProblem([...at, "body_base64"], `Cannot read "body_base64": expected base64`);
    }
    return { body: { kind: "base64", base64 }, isJson: false };
  }
  if (file.body_file !== undefined) {
    const bytes = await attemptRead(file.body_file, [...at, "body_file"], { findings, readBytes });
    return { body: { kind: "base64", base64: bytes.toBase64() }, isJson: false };
  }
  // The checked copy lacks keys that mean something to JavaScript.
  const body = memberAt(text.value, [...at, "body"]);
  if (body === undefined || body === null) return { isJson: false };
  if (typeof body === "string") return { body: { kind: "text", text: body }, isJson: false };
  if (typeof body === "number") {
    const spelled = text.scalarText([...at, "body"]) ?? String(body);
    return { body: { kind: "text", text: spelled }, isJson: false };
  }
  const json = JSON.stringify(body, (_key, value) => {
    // It would become null.
    if (typeof value === "number" && !Number.isFinite(value)) {
      findings.addProblem([...at, "body"], `JSON has no number ${value}: write it in quotes`);
    }
    return value;
  });
  return { body: { kind: "text", text: json, isJson: true }, isJson: true };
}

async function attemptRead(
  file: string,
  at: FilePath,
  { findings, readBytes }: Pick<StepFileContext, "findings" | "readBytes">,
): Promise<Uint8Array> {
  try {
    return await readBytes(file);
  } catch (error) {
    findings.addProblem(at, messageOf(error));
    return new Uint8Array();
  }
}

function headersOf(
  file: HttpStepFile,
  at: FilePath,
  { text, commonHeaders, findings, isJson }: HttpFileContext & { readonly isJson: boolean },
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
  const hasType = merged.some(([name]) => name.toLowerCase() === "content-type");
  return isJson && !hasType ? [...merged, ["Content-Type", "application/json"]] : merged;
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
