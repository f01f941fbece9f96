/**
 * A step of a scenario file as a step of the plan: URL resolved, headers merged, body and rules made. What is wrong goes
 * to the findings. Placeholders are checked by `check_placeholders.ts`.
 *
 * @module
 */
import { authorityProblem } from "../../lib/authority_problem.ts";
import { messageOf } from "../../lib/errors.ts";
import { LONGEST_MS, parseDuration } from "../../lib/duration.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import type { Body, CheckRule, ExtractRule, HeaderLine, HttpStep } from "../../plan/http_step.ts";
import { compileCheck } from "./assert.ts";
import { HEADER_NAME, LINE_BREAK } from "./step_form.ts";
import { compileExtract } from "./extract.ts";
import { type Findings, memberAt } from "../file/findings.ts";
import type { HttpStepFile } from "./file_schema.ts";
import type { FilePath, ScenarioText } from "../file/scenario_text.ts";
import { placeholdersIn } from "../../template/template.ts";
import type { RuleCompilers } from "./rule_compilers.ts";
import { stepPlaceholders, warnOfLiterals } from "./step_placeholders.ts";

/** A base URL, filled in, and the same with marks where its path holds values that nobody may see. */
export interface Base {
  readonly url: URL;
  readonly open: { readonly url: URL; readonly sources: readonly string[] };
}

/** Stands for the placeholder of this number while a URL is made. */
export function markOf(index: number): string {
  return `.bench-placeholder-${index}.`;
}

/** What steps are built with. */
export interface StepContext {
  readonly text: ScenarioText;
  readonly findings: Findings;
  /** What paths are relative to; `undefined` when there is none. */
  readonly base: Base | undefined;
  readonly commonHeaders: readonly HeaderLine[];
  readonly compilers: RuleCompilers;
  /** Reads a file named in the scenario. @throws {UsageError} */
  readBytes(file: string): Promise<Uint8Array>;
}

/** Builds a step; `at` is its place in the file. Names need not be unique yet. */
export async function buildStep(file: HttpStepFile, at: FilePath, context: StepContext): Promise<HttpStep> {
  const method = (file.method ?? "GET").toUpperCase();
  if (!HEADER_NAME.test(method)) {
    context.findings.problem(
      [...at, "method"],
      `Cannot use method "${file.method}": expected a word such as POST`,
    );
  }
  const { body, isJson } = await bodyOf(file, at, context);
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

/** A duration of a file in ms. */
export function durationMs(
  value: string | number | undefined,
  at: FilePath,
  findings: Findings,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return Math.min(value * 1000, LONGEST_MS);
  try {
    return parseDuration(value);
  } catch (error) {
    findings.problem(at, `Cannot use "${value}" for "${at.at(-1)}": ${messageOf(error)}`);
    return undefined;
  }
}

/**
 * Paths, with or without a slash in front, go behind the base URL's own path; a query alone replaces its query, and an
 * absolute URL stands for itself. With placeholders in it the text is kept, to be resolved when it is filled in: a path
 * that comes out of a response is a link by RFC 3986, and absolute.
 */
function resolvedUrl(
  path: string,
  at: FilePath,
  { base: given, findings }: StepContext,
): Pick<HttpStep, "url" | "base"> {
  const base = given?.url;
  const placeholders = placeholdersIn(path);
  const isOpen = placeholders.length > 0 && path.startsWith(placeholders[0]!.source);
  // Any value will do to see what the rest of the text makes of the URL.
  const sample = placeholders.reduce((text, { source }) => text.replace(source, () => "1"), path);
  const url = onBase(sample, base);
  if (!isOpen) {
    const problem = urlProblem(path, url, base);
    if (problem !== undefined) findings.problem(at, problem);
  }
  if (placeholders.length === 0) {
    const open = onBase(path, given?.open.url);
    return { url: open === null ? path : unmarked(withoutFragment(open), given?.open.sources ?? []) };
  }
  if (base === undefined) return { url: path };
  if (/^[?#]/.test(path)) return { url: path, base: withoutFragment(base) };
  const folder = folderOf(base);
  return {
    url: ABSOLUTE_PATH.test(path) ? `${folder.href.slice(0, -1)}${path}` : path,
    base: folder.href,
  };
}

/** A path on the same host. Two slashes would begin another host's name. */
const ABSOLUTE_PATH = /^\/(?!\/)/;

function onBase(path: string, base: URL | undefined): URL | null {
  if (base === undefined || /^[?#]/.test(path)) return URL.parse(path, base);
  return URL.parse(ABSOLUTE_PATH.test(path) ? `.${path}` : path, folderOf(base));
}

/** The base URL with its whole path as the folder that paths are relative to, and without query and fragment. */
function folderOf(base: URL): URL {
  const folder = new URL(base);
  folder.search = folder.hash = "";
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

function unmarked(url: string, sources: readonly string[]): string {
  return sources.reduce((text, source, i) => text.replace(markOf(i), () => source), url);
}

function urlProblem(path: string, url: URL | null, base: URL | undefined): string | undefined {
  const found = `Cannot use path "${maskUrl(path)}"`;
  const isWhole = /^https?:\/\//i.test(path) && !path.includes("${");
  const problem = isWhole ? authorityProblem(path) : undefined;
  if (problem !== undefined) return `${found}: ${problem}`;
  if (url === null) {
    const isRelative = !/^[a-z][a-z0-9+.-]*:/i.test(path);
    return isRelative && base === undefined
      ? `${found}: it is relative, and there is neither a base_url nor a URL on the command line`
      : `${found}: expected a path or an http or https URL`;
  }
  return /^https?:$/.test(url.protocol)
    ? credentialProblem(found, url)
    : `${found}: expected an http or https URL`;
}

/** What to say about a URL with a user name or password in it. */
export function credentialProblem(found: string, url: URL): string | undefined {
  return url.username + url.password === ""
    ? undefined
    : `${found}: it holds a user name or password; expected an Authorization header instead`;
}

function withoutFragment(url: URL): string {
  return url.href.slice(0, url.href.length - url.hash.length);
}

async function bodyOf(
  file: HttpStepFile,
  at: FilePath,
  { text, findings, readBytes }: StepContext,
): Promise<{ body?: Body; isJson: boolean }> {
  const given = (["body", "body_base64", "body_file"] as const).filter((key) =>
    (file[key] ?? undefined) !== undefined
  );
  if (given.length > 1) {
    findings.problem(
      [...at, given[1]!],
      `Cannot use both "${given[0]}" and "${given[1]}": expected one of them`,
    );
  }
  if (file.body_base64 !== undefined) {
    const base64 = file.body_base64.replace(/\s+/g, "");
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
      findings.problem([...at, "body_base64"], `Cannot read "body_base64": expected base64`);
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
      findings.problem([...at, "body"], `JSON has no number ${value}: write it in quotes`);
    }
    return value;
  });
  return { body: { kind: "text", text: json, isJson: true }, isJson: true };
}

async function attemptRead(
  file: string,
  at: FilePath,
  { findings, readBytes }: Pick<StepContext, "findings" | "readBytes">,
): Promise<Uint8Array> {
  try {
    return await readBytes(file);
  } catch (error) {
    findings.problem(at, messageOf(error));
    return new Uint8Array();
  }
}

function headersOf(
  file: HttpStepFile,
  at: FilePath,
  { text, commonHeaders, findings, isJson }: StepContext & { readonly isJson: boolean },
): readonly HeaderLine[] {
  const own = Object.entries(file.headers ?? {}).flatMap(([name, given]): HeaderLine[] => {
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
      findings.problem(place, `Cannot use header name "${name}": expected letters, digits and hyphens`);
    }
    if (LINE_BREAK.test(value)) {
      findings.problem(place, `Cannot use the value of header "${name}": it has a line break`);
    }
  }
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const merged = [...commonHeaders.filter(([name]) => !names.has(name.toLowerCase())), ...own];
  const hasType = merged.some(([name]) => name.toLowerCase() === "content-type");
  return isJson && !hasType ? [...merged, ["Content-Type", "application/json"]] : merged;
}

function extractRules(file: HttpStepFile, at: FilePath, context: StepContext): readonly ExtractRule[] {
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
  findings.problem(at, `Cannot use header name "${name}": expected letters, digits and hyphens`);
}

function checkRules(
  file: HttpStepFile,
  at: FilePath,
  { text, findings, compilers }: StepContext,
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
  if (ms === 0) findings.problem(latency, `Cannot use "assert_max_latency" of 0: expected a time above 0`);
  else if (ms !== undefined) add({ kind: "max_latency", ms }, "assert_max_latency");
  return rules;
}
