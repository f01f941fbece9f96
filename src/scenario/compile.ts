/**
 * Scenarios made ready to run. Everything that can be decided before the load is: a step without placeholders becomes one
 * prepared request; the others know where each of their values comes from. Values of environment variables are put in
 * here, so that a step with no other placeholders is as fast as one without any.
 *
 * @module
 */
import type { PreparedRequest } from "../client/http_client.ts";
import { UsageError } from "../lib/errors.ts";
import { fractionFor } from "../lib/random.ts";
import { loadPatternCompiler, type PatternCompiler } from "../lib/safe_pattern.ts";
import type { Body, Flow, HeaderLine, Scenario, Step } from "../plan/scenario.ts";
import type { Share } from "../plan/share.ts";
import { type Check, compileCheck } from "./assert.ts";
import { type Row, RowCursor } from "./data_set.ts";
import { compileExtract, type Extractor } from "./extract.ts";
import {
  bindTemplate,
  type BoundTemplate,
  type Getter,
  parseTemplate,
  type Placeholder,
  placeholdersIn,
  renderTemplate,
} from "./template.ts";
import { bindFunction, Counters, envNameOf, type FunctionSources } from "./template_functions.ts";

/** Where placeholders get their values: what one user knows in one iteration. */
export interface Scope extends FunctionSources {
  readonly variables: ReadonlyMap<string, string>;
  /** The row drawn from each data set, by the set's position; `undefined` when the flow uses none of it. */
  readonly rows: readonly (Row | undefined)[];
}

/** What is wanted of the answers to a request, and whether the very same request is sent again and again. */
export interface Wants {
  readonly head: boolean;
  readonly body: boolean;
  readonly isRepeated: boolean;
}

/** Makes a step without placeholders a request. `index` is its position among all steps. */
export type Prepare = (step: Step, index: number, wants: Wants) => PreparedRequest;

/** A step as its user fills it in. */
export type FilledStep =
  | { readonly step: Step; readonly url: URL }
  | { readonly error: string };

/** A step that is ready to run. */
export interface CompiledStep {
  readonly index: number;
  readonly thinkMs: number | undefined;
  readonly checks: readonly Check[];
  /** An error status is no failure if this holds and no check is broken. */
  readonly hasStatusCheck: boolean;
  readonly extractors: readonly Extractor[];
  /** The step and its request, when they are the same every time; else `fill` gives the step. */
  readonly fixed: { readonly step: Step; readonly request: PreparedRequest } | null;
  fill(scope: Scope): FilledStep;
  prepare(step: Step, isRepeated: boolean): PreparedRequest;
}

/** A flow that is ready to run. */
export interface CompiledFlow {
  readonly steps: readonly CompiledStep[];
  /** Positions of the data sets that its steps use. */
  readonly sets: readonly number[];
}

/** What the users of one slot run. It holds the slot's place in data sets and counters. */
export interface Program {
  /** The flow of an iteration, by its number in the whole plan. */
  flowOf(iteration: number): CompiledFlow;
  readonly cursors: readonly RowCursor[];
  readonly counters: Counters;
  readonly cookies: Scenario["cookies"];
  readonly abortsOnExtractFailure: boolean;
  readonly abortsOnTemplateError: boolean;
}

/** What a scenario is compiled for. */
export interface CompileOptions {
  readonly share: Share;
  readonly seed: number;
  readonly prepare: Prepare;
}

/**
 * Compiles a scenario for one slot.
 *
 * @throws {UsageError} when a rule, pattern or placeholder in it is unusable; scenario files are checked before.
 */
export async function compileScenario(scenario: Scenario, options: CompileOptions): Promise<Program> {
  const usesPatterns = scenario.flows.some(({ steps }) => steps.some(hasPattern));
  const compilePattern = usesPatterns ? await loadPatternCompiler() : noPatterns;
  let index = 0;
  const flows = scenario.flows.map((flow): CompiledFlow => ({
    sets: usedSets(flow, scenario),
    steps: flow.steps.map((step) => compileStep(step, index++, { ...options, scenario, compilePattern })),
  }));
  return {
    flowOf: picker(scenario, flows, options.seed),
    cursors: scenario.data.map((set) => new RowCursor(set, options.share)),
    counters: new Counters(options.share),
    cookies: scenario.cookies,
    abortsOnExtractFailure: scenario.onExtractFailure === "abort_iteration",
    abortsOnTemplateError: scenario.onTemplateError === "abort_iteration",
  };
}

function picker(scenario: Scenario, flows: readonly CompiledFlow[], seed: number): Program["flowOf"] {
  const [only] = flows;
  if (only === undefined) throw new UsageError("Cannot run a scenario without flows");
  if (flows.length === 1) return () => only;
  if (scenario.pick === "rotate") return (iteration) => flows[iteration % flows.length]!;
  let sum = 0;
  const upTo = scenario.flows.map(({ weight }) => sum += weight);
  return (iteration) => {
    const drawn = fractionFor(seed, iteration) * sum;
    const at = upTo.findIndex((end) => drawn < end);
    return flows[at] ?? only;
  };
}

interface StepContext extends CompileOptions {
  readonly scenario: Scenario;
  readonly compilePattern: PatternCompiler;
}

function compileStep(step: Step, index: number, context: StepContext): CompiledStep {
  const { scenario, compilePattern } = context;
  const checks = step.checks.map((rule) => compileCheck(rule, compilePattern));
  const extractors = step.extract.map((rule) => compileExtract(rule, compilePattern));
  const readers = [...checks, ...extractors];
  const wants = {
    head: scenario.cookies !== "ignore" || readers.some(({ needsHead }) => needsHead),
    body: readers.some(({ needsBody }) => needsBody),
  };
  const form = bindStep(step, scenario);
  const prepare = (filled: Step, isRepeated: boolean) =>
    context.prepare(filled, index, { ...wants, isRepeated });
  return {
    index,
    thinkMs: step.thinkMs,
    checks,
    hasStatusCheck: step.checks.some(({ kind }) => kind === "status"),
    extractors,
    fixed: form.isFixed ? fixedOf(form, prepare) : null,
    fill: (scope) => fill(form, scope),
    prepare,
  };
}

function fixedOf(form: StepForm, prepare: CompiledStep["prepare"]): CompiledStep["fixed"] {
  const filled = fill(form, NOTHING);
  if ("error" in filled) {
    throw new UsageError(`Cannot make a request of step "${form.step.name}": ${filled.error}`);
  }
  return { step: filled.step, request: prepare(filled.step, true) };
}

/** For templates without getters. */
const NOTHING = {} as Scope;

/** A step taken apart into texts to fill in. */
interface StepForm {
  readonly step: Step;
  readonly url: BoundTemplate<Scope>;
  readonly headers: readonly (readonly [name: BoundTemplate<Scope>, value: BoundTemplate<Scope>])[];
  readonly body: BoundTemplate<Scope> | null;
  readonly isFixed: boolean;
  readonly isBusted: boolean;
  readonly keepsLiteral: boolean;
}

function bindStep(step: Step, scenario: Scenario): StepForm {
  const bind = (text: string, isJson = false) =>
    bindTemplate<Scope>(
      step.isTemplate ? parseTemplate(text) : [text],
      (placeholder) => isJson ? inJson(sourceOf(placeholder, scenario)) : sourceOf(placeholder, scenario),
    );
  const url = bind(step.url);
  const headers = step.headers.map(([name, value]) => [bind(name), bind(value)] as const);
  const body = step.body?.kind === "text" ? bind(step.body.text, step.body.isJson) : null;
  const texts = [url, ...headers.flat(), ...(body ? [body] : [])];
  return {
    step,
    url,
    headers,
    body,
    isFixed: !scenario.cacheBust && texts.every(({ getters }) => getters.length === 0),
    isBusted: scenario.cacheBust,
    keepsLiteral: scenario.onTemplateError === "keep_literal",
  };
}

/** Where a placeholder's value comes from; a text when it is known already. */
function sourceOf(placeholder: Placeholder, scenario: Scenario): Getter<Scope> | string {
  switch (placeholder.kind) {
    case "variable":
      return ({ variables }) => variables.get(placeholder.name);
    case "field": {
      const set = scenario.data.findIndex(({ name }) => name === placeholder.set);
      const field = scenario.data[set]?.fields.indexOf(placeholder.field) ?? -1;
      return ({ rows }) => field < 0 ? undefined : rows[set]?.[field];
    }
    case "call": {
      if (placeholder.name === "env") return scenario.env?.[envNameOf(placeholder.args)] ?? (() => undefined);
      return bindFunction(placeholder.name, placeholder.args);
    }
  }
}

/** The same source, written as the inside of a JSON string. */
function inJson(source: Getter<Scope> | string): Getter<Scope> | string {
  if (typeof source === "string") return escapeJson(source);
  return (scope) => {
    const value = source(scope);
    return value === undefined ? undefined : escapeJson(value);
  };
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function fill(form: StepForm, scope: Scope): FilledStep {
  const { step } = form;
  const missing: string[] = [];
  const render = (bound: BoundTemplate<Scope>) => renderTemplate(bound, scope, missing);
  const text = render(form.url);
  const headers = form.headers.map(([name, value]): HeaderLine => [render(name), render(value)]);
  const body: Body | undefined = form.body ? { kind: "text", text: render(form.body) } : step.body;
  if (missing.length > 0 && !form.keepsLiteral) {
    return { error: `no value for ${[...new Set(missing)].join(", ")}` };
  }
  const url = URL.parse(form.isBusted ? busted(text, scope) : text, step.base);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return { error: "the URL is not an http or https URL" };
  }
  // A value with a line break would add header fields of its own, or end the head.
  if (headers.some(isUnsendable)) return { error: "a header field has a line break or a name that is none" };
  return { step: { ...step, url: url.href, headers, ...(body && { body }) }, url };
}

function isUnsendable([name, value]: HeaderLine): boolean {
  return !HEADER_NAME.test(name) || UNSENDABLE.test(value);
}

/** RFC 9110, section 5.6.2: a token. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Characters that no header value may hold (RFC 9110, section 5.5). */
export const UNSENDABLE = /[\r\n\0]/;

function busted(url: string, { random }: Scope): string {
  const digits = [1, 2, 3, 4].map(() => random.uint32().toString(16).padStart(8, "0")).join("");
  const [plain = ""] = url.split("#");
  return `${plain}${plain.includes("?") ? "&" : "?"}_cb=${digits}`;
}

/** Positions of the data sets that a flow's texts name. */
function usedSets(flow: Flow, scenario: Scenario): readonly number[] {
  const used = new Set(flow.steps.flatMap((step) => stepPlaceholders(step)).flatMap(setOf));
  return scenario.data.flatMap(({ name }, i) => used.has(name) ? [i] : []);
}

function setOf(placeholder: Placeholder): readonly string[] {
  return placeholder.kind === "field" ? [placeholder.set] : [];
}

/** All placeholders of a step, in the order URL, headers, body. */
export function stepPlaceholders(step: Step): readonly Placeholder[] {
  if (!step.isTemplate) return [];
  const texts = [step.url, ...step.headers.flat(), ...(step.body?.kind === "text" ? [step.body.text] : [])];
  return texts.flatMap(placeholdersIn);
}

function hasPattern(step: Step): boolean {
  return step.extract.some(({ from }) => from === "regex") ||
    step.checks.some((rule) =>
      rule.kind === "body_regex" || (rule.kind === "header" && rule.pattern !== undefined)
    );
}

function noPatterns(source: string): never {
  throw new TypeError(`The pattern engine is not loaded, but there is a pattern: ${source}`);
}
