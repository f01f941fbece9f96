/**
 * Conversations made ready to run: everything that can be decided before the load is.
 *
 * @module
 */
import { formatDuration } from "../../lib/duration.ts";
import type { DataValue, Scenario } from "../../plan/scenario.ts";
import { handshakeOf, type SocketAction, type WebSocketStep } from "../../plan/websocket_step.ts";
import type { GroupRecorder } from "../../metrics/group_recorder.ts";
import { compileCheck, describeCheck } from "../http/rules/assert.ts";
import type { CompiledCheck } from "../http/rules/check_kind.ts";
import { compileExtract, type Extractor } from "../http/rules/extract.ts";
import type { RuleCompilers } from "../http/rules/rule_compilers.ts";
import { bindStep, type StepForm } from "../http/step_form.ts";
import type { Scope } from "../../template/scope.ts";
import type { TalkWork } from "../../client/websocket/talk.ts";
import { recordFanOut } from "./fan_out.ts";
import { type FilledMessage, fillMessage } from "./fill_message.ts";

/** What is waited for, ready to be judged. */
export interface CompiledExpectation {
  readonly kind: "expect";
  readonly checks: readonly CompiledCheck[];
  readonly extractors: readonly Extractor[];
  readonly timeoutMs: number;
  /** The key of the error when no such message comes. */
  readonly key: string;
  /** What is waited for in words, with what is filled in. */
  readonly claimIn: (scope: Scope) => string;
}

/** The same of a close by the server. */
export interface CompiledClose extends Pick<CompiledExpectation, "timeoutMs" | "key" | "claimIn"> {
  readonly kind: "expect_close";
  /** The code it must give; absent: any. */
  readonly code?: number;
}

/** One thing to do. */
export type CompiledAction =
  | { readonly kind: "send"; readonly message: FilledMessage }
  | CompiledExpectation
  | { readonly kind: "hold"; readonly ms: number }
  | { readonly kind: "close"; readonly code: number }
  | CompiledClose;

/** A conversation that is ready to run. */
export interface CompiledTalk {
  readonly index: number;
  readonly step: WebSocketStep;
  /** The request that it begins with. */
  readonly form: StepForm;
  readonly actions: readonly CompiledAction[];
  /** Behind this one nobody waits for messages any more. */
  readonly lastExpected: number;
  readonly hasExtractors: boolean;
  /** The handshake, and each message that is waited for, may take so long. */
  readonly timeoutMs: number;
  readonly work: TalkWork;
}

/** What conversations are compiled for. */
export interface TalkCompileContext {
  readonly scenario: Scenario;
  readonly constants: ReadonlyMap<string, DataValue>;
  readonly compilers: RuleCompilers;
  readonly dialer: TalkWork["dialer"];
  readonly sampler: TalkWork["sampler"];
  /** How long responses are waited for. */
  readonly timeoutMs: number;
  group(step: number): GroupRecorder<"websocket">;
  /** What comes may have stamps in it. */
  readonly isStamped: boolean;
}

/**
 * Compiles a step; `index` is its position among all steps.
 *
 * @throws {UsageError} when a rule, pattern or placeholder in it is unusable; scenario files are checked before.
 */
export function compileTalk(step: WebSocketStep, index: number, context: TalkCompileContext): CompiledTalk {
  const { scenario, constants } = context;
  const timeoutMs = step.replyTimeoutMs ?? context.timeoutMs;
  const actions = (step.actions ?? []).map((action) => compileAction(action, step, context));
  const group = context.group(index);
  return {
    index,
    step,
    form: bindStep(handshakeOf(step), scenario, constants),
    actions,
    lastExpected: actions.findLastIndex(({ kind }) => kind === "expect"),
    hasExtractors: actions.some((action) => action.kind === "expect" && action.extractors.length > 0),
    timeoutMs,
    work: {
      dialer: context.dialer,
      sampler: context.sampler,
      group,
      ...(context.isStamped && { onMessage: recordFanOut(group) }),
    },
  };
}

function compileAction(
  action: SocketAction,
  step: WebSocketStep,
  context: TalkCompileContext,
): CompiledAction {
  const { scenario, constants, compilers } = context;
  const timeoutMs = "timeoutMs" in action && action.timeoutMs !== undefined
    ? action.timeoutMs
    : step.replyTimeoutMs ?? context.timeoutMs;
  switch (action.kind) {
    case "send":
      return { kind: "send", message: fillMessage(action.message, { step, scenario, constants }) };
    case "expect": {
      const checks = action.checks.map((rule) =>
        compileCheck(rule, { compilers, bindings: { ...scenario, constants } })
      );
      const wanted = wordsOf(action.checks.map(describeCheck));
      return {
        kind: "expect",
        checks,
        extractors: action.extract.map((rule) => compileExtract(rule, compilers)),
        timeoutMs,
        key: `AssertMessage: none within ${formatDuration(timeoutMs)}${wanted}`,
        claimIn: (scope) => `a message${wordsOf(checks.map((check) => check.describe(scope)))}`,
      };
    }
    case "expect_close": {
      const code = action.code === undefined ? "" : ` with ${action.code}`;
      return {
        ...action,
        timeoutMs,
        key: `AssertClose: no close${code} within ${formatDuration(timeoutMs)}`,
        claimIn: () => `closed by the server${code}`,
      };
    }
    default:
      return action;
  }
}

const MAX_CHARACTERS = 120;

/** Claims about a message. */
function wordsOf(claims: readonly string[]): string {
  if (claims.length === 0) return "";
  const all = claims.map((claim) => claim.replace(/^body /, "")).join(" and ");
  const words = `${all.startsWith("JSON") ? "where" : "that"} ${all}`;
  return ` ${words.length > MAX_CHARACTERS ? `${words.slice(0, MAX_CHARACTERS - 1)}…` : words}`;
}
