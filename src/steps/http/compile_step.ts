/**
 * HTTP steps made ready to run. Everything that can be decided before the load is: a step without placeholders becomes one
 * prepared request; the others know where each of their values comes from. Values of environment variables are put in
 * here, so that a step with no other placeholders is as fast as one without any.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import { UsageError } from "../../lib/errors.ts";
import type { HeaderLine, HttpStep } from "../../plan/http_step.ts";
import type { DataValue, Scenario } from "../../plan/scenario.ts";
import { checkNames } from "./check_names.ts";
import type { CheckTally, StepRecorder } from "../step_kind.ts";
import { DEFAULT_BODY_LIMIT_BYTES } from "../../lib/size_limits.ts";
import { type CallForm, compileCall } from "./grpc/call_form.ts";
import { callMaker, fillCall } from "./make_call.ts";
import { compileStream, type StreamForm } from "./stream/stream_reader.ts";
import type { Scope } from "../../template/scope.ts";
import { compileCheck } from "./rules/assert.ts";
import type { CompiledCheck } from "./rules/check_kind.ts";
import { compileExtract, type Extractor } from "./rules/extract.ts";
import { type QuickForm, quickFormOf, quickRequest, type Wants } from "./quick_request.ts";
import type { Sender } from "./sender.ts";
import type { RuleCompilers } from "./rules/rule_compilers.ts";
import {
  assemble,
  bindStep,
  draw,
  type Drawn,
  type FilledStep,
  type StepForm,
  withCookies,
} from "./step_form.ts";

/** Makes a step without placeholders a request. `index`: its position among all steps; `bytes`: its body, if not its own. */
export type Prepare = (
  step: HttpStep,
  index: number,
  wants: Wants & { readonly isRepeated: boolean; readonly bytes?: Uint8Array },
) => PreparedRequest;

/** An HTTP step that is ready to run. */
export interface CompiledHttpStep {
  readonly index: number;
  /** As it stands in the plan. */
  readonly step: HttpStep;
  readonly checks: readonly CompiledCheck[];
  /** Where each of them is counted. */
  readonly tallies: readonly CheckTally[];
  /** How the placeholders are written whose values are drawn for each request. */
  readonly sources: readonly string[];
  /** An error status is no failure if this holds and no check is broken. */
  readonly hasStatusCheck: boolean;
  readonly extractors: readonly Extractor[];
  /** There is a check or an extractor. */
  readonly readsResponse: boolean;
  /** How the events of its responses are timed; `null`: they have none. */
  readonly stream: StreamForm | null;
  /** How its calls are made; `null`: it makes plain requests. */
  readonly call: CallForm | null;
  /** The step and its request, when they are the same every time; else `fill` gives the step. */
  readonly fixed:
    | { readonly step: HttpStep; readonly bytes?: Uint8Array; readonly request: PreparedRequest }
    | null;
  fill(scope: Scope): FilledStep;
  /** The request to send now, or why there is none. */
  request(sender: Sender): PreparedRequest | { readonly error: string };
  prepare(step: HttpStep, isRepeated: boolean, bytes?: Uint8Array): PreparedRequest;
}

/** What HTTP steps are compiled for. */
export interface HttpCompileContext {
  readonly scenario: Scenario;
  /** Variables that are the same through all of the run; absent: none. */
  readonly constants?: ReadonlyMap<string, DataValue>;
  readonly compilers: RuleCompilers;
  readonly prepare: Prepare;
  /** Where streams and checks are counted. */
  readonly recorder: Pick<StepRecorder, "group" | "custom" | "foundInstead">;
  /** Ask servers to close connections after each response. */
  readonly closeConnection?: boolean;
  readonly followsRedirects?: boolean;
  /** Requests need more than their text: all of them go through `prepare`. */
  readonly needsPreparation?: boolean;
  /** Responses with the same bytes as the last one need not be read again. */
  readonly remembersResponses?: boolean;
  /** Most bytes that are kept of a body; absent: the default. */
  readonly maxBodyBytes?: number | undefined;
  /** Keep of all responses at least their heads, or all there is. */
  readonly keepResponses?: "heads" | "whole";
}

/**
 * Compiles a step; `index` is its position among all steps.
 *
 * @throws {UsageError} when a rule, pattern or placeholder in it is unusable; scenario files are checked before.
 */
export function compileHttpStep(
  step: HttpStep,
  index: number,
  context: HttpCompileContext,
): CompiledHttpStep {
  const { scenario, compilers } = context;
  const bindings = { ...scenario, ...(context.constants && { constants: context.constants }) };
  const checks = step.checks.map((rule) => compileCheck(rule, { compilers, bindings }));
  const extractors = step.extract.map((rule) => compileExtract(rule, compilers));
  const readers = [...checks, ...extractors];
  const readsBody = readers.some(({ needsBody }) => needsBody);
  const wants: Wants = {
    head: context.keepResponses !== undefined ||
      readers.some(({ needsHead }) => needsHead) ||
      (readsBody && asksForCoding(step.headers)),
    body: (context.keepResponses === "whole" || readsBody) && step.grpc === undefined,
    cookies: scenario.cookies !== "ignore" && step.grpc === undefined,
  };
  const call = step.grpc === undefined ? null : compileCall(step.grpc, {
    step: index,
    recorder: context.recorder,
    keptBytes: context.keepResponses === "whole" || readsBody
      ? context.maxBodyBytes ?? DEFAULT_BODY_LIMIT_BYTES
      : 0,
  });
  const form = bindStep(step, scenario, context.constants);
  const isFixed = form.slots.getters.length === 0;
  const prepare = (filled: HttpStep, isRepeated: boolean, bytes?: Uint8Array) =>
    context.prepare(filled, index, { ...wants, isRepeated, ...(bytes && { bytes }) });
  const quick = context.needsPreparation ? null : quickFormOf(form, {
    index,
    wants,
    closeConnection: context.closeConnection === true,
    followsRedirects: context.followsRedirects === true,
    remembersResponses: context.remembersResponses === true,
  });
  return {
    index,
    step,
    checks,
    tallies: checkNames(step, scenario).map((name) => context.recorder.custom.check(name)),
    sources: form.slots.sources,
    hasStatusCheck: step.checks.some(({ kind }) => kind === "status"),
    extractors,
    readsResponse: readers.length > 0,
    stream: step.stream === undefined
      ? null
      : compileStream(step.stream, { step: index, recorder: context.recorder, path: compilers.path }),
    call,
    fixed: isFixed ? fixedOf(form, prepare, call) : null,
    fill: (scope) => assemble(form, draw(form, scope)),
    request: call === null
      ? (sender) => requestOf({ form, quick, prepare }, sender)
      : callMaker(form, { call, prepare }),
    prepare,
  };
}

function fixedOf(
  form: StepForm,
  prepare: CompiledHttpStep["prepare"],
  call: CallForm | null,
): CompiledHttpStep["fixed"] {
  const assembled = assemble(form, NOTHING);
  const filled = call === null || "error" in assembled ? assembled : fillCall(assembled, call);
  if ("error" in filled) {
    throw new UsageError(`Cannot make a request of step "${form.step.name}": ${filled.error}`);
  }
  return { ...filled, request: prepare(filled.step, true, filled.bytes) };
}

const NOTHING: Drawn = { values: [], error: undefined };

function requestOf(
  { form, quick, prepare }: {
    readonly form: StepForm;
    readonly quick: QuickForm | null;
    readonly prepare: CompiledHttpStep["prepare"];
  },
  sender: Sender,
): ReturnType<CompiledHttpStep["request"]> {
  const drawn = draw(form, sender.scope);
  const { values, error } = drawn;
  sender.values = values;
  if (error !== undefined) return { error };
  const request = quick && quickRequest(quick, values, sender);
  if (typeof request === "string") return { error: request };
  if (request !== null) {
    sender.sent(quick!.hasCookies ? request.ownHeaders : NO_FIELDS);
    return request;
  }
  const filled = assemble(form, drawn);
  if ("error" in filled) return filled;
  sender.sent(filled.step.headers);
  return prepare(withCookies(filled.step, sender.cookiesFor(filled.url)), false, filled.bytes);
}

const NO_FIELDS: readonly HeaderLine[] = [];

/** Whether answers may come coded, so that their heads are needed to read their bodies. */
function asksForCoding(headers: readonly HeaderLine[]): boolean {
  return headers.some(([name, value]) =>
    name.toLowerCase() === "accept-encoding" && !["", "identity"].includes(value.trim().toLowerCase())
  );
}
