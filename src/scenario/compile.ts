/**
 * Scenarios made ready to run. Everything that can be decided before the load is: a step without placeholders becomes one
 * prepared request; the others know where each of their values comes from. Values of environment variables are put in
 * here, so that a step with no other placeholders is as fast as one without any.
 *
 * @module
 */
import type { PreparedRequest } from "../client/exchange/http_client.ts";
import { UsageError } from "../lib/errors.ts";
import { fractionFor } from "../lib/random.ts";
import type { HeaderLine } from "../plan/http_step.ts";
import type { Flow, Scenario, Step } from "../plan/scenario.ts";
import { rotation, type Share } from "../plan/share.ts";
import { type Check, compileCheck } from "../steps/http/assert.ts";
import { loadRuleCompilers, type RuleCompilers } from "../steps/http/rule_compilers.ts";
import { stepPlaceholders } from "../steps/http/step_placeholders.ts";
import { RowCursor } from "./data_set.ts";
import { compileExtract, type Extractor } from "../steps/http/extract.ts";
import {
  type BodyTextBuffer,
  type QuickForm,
  quickFormOf,
  quickRequest,
  type Wants,
} from "../steps/http/quick_request.ts";
import {
  assemble,
  bindStep,
  draw,
  type Drawn,
  type FilledStep,
  type Scope,
  type StepForm,
  urlOf,
  withCookies,
} from "../steps/http/step_form.ts";
import type { Placeholder } from "../template/template.ts";
import { Counters } from "../template/template_functions.ts";

/** Makes a step without placeholders a request. `index` is its position among all steps. */
export type Prepare = (
  step: Step,
  index: number,
  wants: Wants & { readonly isRepeated: boolean },
) => PreparedRequest;

/** What a step's request takes from the user who sends it. */
export interface Sender {
  readonly scope: Scope;
  readonly buffer: BodyTextBuffer;
  /** Fields of the last request, without the cookies that servers had set. */
  ownHeaders: readonly HeaderLine[];
  /** The value of the `Cookie` field for a URL, or `""`. */
  cookiesFor(url: URL): string;
}

/** A step that is ready to run. */
export interface CompiledStep {
  readonly index: number;
  readonly thinkMs: number | undefined;
  readonly checks: readonly Check[];
  /** An error status is no failure if this holds and no check is broken. */
  readonly hasStatusCheck: boolean;
  readonly extractors: readonly Extractor[];
  /** There is a check or an extractor. */
  readonly readsResponse: boolean;
  /** The step and its request, when they are the same every time; else `fill` gives the step. */
  readonly fixed: { readonly step: Step; readonly request: PreparedRequest } | null;
  fill(scope: Scope): FilledStep;
  /** The request to send now, or why there is none. */
  request(sender: Sender): PreparedRequest | { readonly error: string };
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
  /** Iterations of the whole plan; absent: not known. */
  readonly iterations?: number;
  readonly seed: number;
  readonly prepare: Prepare;
  /** Ask servers to close connections after each answer. */
  readonly closeConnection?: boolean;
  readonly followsRedirects?: boolean;
  /** Requests need more than their text: all of them go through `prepare`. */
  readonly needsPreparation?: boolean;
  /** Keep of all answers at least their heads, or all there is. */
  readonly keepResponses?: "heads" | "whole";
}

/**
 * Compiles a scenario for one slot.
 *
 * @throws {UsageError} when a rule, pattern or placeholder in it is unusable; scenario files are checked before.
 */
export async function compileScenario(scenario: Scenario, options: CompileOptions): Promise<Program> {
  const compilers = await loadRuleCompilers(scenario.flows.flatMap(({ steps }) => steps));
  let index = 0;
  const flows = scenario.flows.map((flow): CompiledFlow => ({
    sets: usedSets(flow, scenario),
    steps: flow.steps.map((step) => compileStep(step, index++, { ...options, scenario, compilers })),
  }));
  return {
    flowOf: picker(scenario, flows, options),
    cursors: scenario.data.map((set) => new RowCursor(set, options.share)),
    counters: new Counters(options.share),
    cookies: scenario.cookies,
    abortsOnExtractFailure: scenario.onExtractFailure === "abort_iteration",
    abortsOnTemplateError: scenario.onTemplateError === "abort_iteration",
  };
}

function picker(
  scenario: Scenario,
  flows: readonly CompiledFlow[],
  { seed, share, iterations }: Pick<CompileOptions, "seed" | "share" | "iterations">,
): Program["flowOf"] {
  const [only] = flows;
  if (only === undefined) throw new UsageError("Cannot run a scenario without flows");
  if (flows.length === 1) return () => only;
  if (scenario.pick === "rotate") {
    const turnOf = rotation(flows.length, share, iterations);
    return (iteration) => flows[turnOf(iteration)]!;
  }
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
  readonly compilers: RuleCompilers;
}

function compileStep(step: Step, index: number, context: StepContext): CompiledStep {
  const { scenario, compilers } = context;
  const checks = step.checks.map((rule) => compileCheck(rule, compilers));
  const extractors = step.extract.map((rule) => compileExtract(rule, compilers));
  const readers = [...checks, ...extractors];
  const readsBody = readers.some(({ needsBody }) => needsBody);
  const wants: Wants = {
    head: context.keepResponses !== undefined || readers.some(({ needsHead }) => needsHead) ||
      (readsBody && asksForCoding(step.headers)),
    body: context.keepResponses === "whole" || readsBody,
    cookies: scenario.cookies !== "ignore",
  };
  const form = bindStep(step, scenario);
  const isFixed = form.slots.getters.length === 0;
  const prepare = (filled: Step, isRepeated: boolean) =>
    context.prepare(filled, index, { ...wants, isRepeated });
  const quick = context.needsPreparation ? null : quickFormOf(form, {
    index,
    wants,
    closeConnection: context.closeConnection === true,
    followsRedirects: context.followsRedirects === true,
  });
  return {
    index,
    thinkMs: step.thinkMs,
    checks,
    hasStatusCheck: step.checks.some(({ kind }) => kind === "status"),
    extractors,
    readsResponse: readers.length > 0,
    fixed: isFixed ? fixedOf(form, prepare) : null,
    fill: (scope) => assemble(form, draw(form, scope)),
    request: (sender) => requestOf({ form, quick, prepare }, sender),
    prepare,
  };
}

function fixedOf(form: StepForm, prepare: CompiledStep["prepare"]): CompiledStep["fixed"] {
  const filled = assemble(form, NOTHING);
  if ("error" in filled) {
    throw new UsageError(`Cannot make a request of step "${form.step.name}": ${filled.error}`);
  }
  return { step: filled.step, request: prepare(filled.step, true) };
}

const NOTHING: Drawn = { values: [], error: undefined };

function requestOf(
  { form, quick, prepare }: {
    readonly form: StepForm;
    readonly quick: QuickForm | null;
    readonly prepare: CompiledStep["prepare"];
  },
  sender: Sender,
): ReturnType<CompiledStep["request"]> {
  const drawn = draw(form, sender.scope);
  const { values, error } = drawn;
  const url = error === undefined ? urlOf(form, values) : error;
  if (typeof url === "string") return { error: url };
  const cookies = sender.cookiesFor(url);
  const request = quick && quickRequest(quick, { values, url, cookies, buffer: sender.buffer });
  if (request !== null) {
    sender.ownHeaders = cookies === "" ? request.headers : request.headers.slice(0, -1);
    return request;
  }
  const filled = assemble(form, drawn);
  if ("error" in filled) return filled;
  sender.ownHeaders = filled.step.headers;
  return prepare(withCookies(filled.step, cookies), false);
}

/** Whether answers may come coded, so that their heads are needed to read their bodies. */
function asksForCoding(headers: readonly HeaderLine[]): boolean {
  return headers.some(([name, value]) =>
    name.toLowerCase() === "accept-encoding" && !["", "identity"].includes(value.trim().toLowerCase())
  );
}

/** Positions of the data sets that a flow's texts name. */
function usedSets(flow: Flow, scenario: Scenario): readonly number[] {
  const used = new Set(flow.steps.flatMap((step) => stepPlaceholders(step)).flatMap(setOf));
  return scenario.data.flatMap(({ name }, i) => used.has(name) ? [i] : []);
}

function setOf(placeholder: Placeholder): readonly string[] {
  return placeholder.kind === "field" ? [placeholder.set] : [];
}
