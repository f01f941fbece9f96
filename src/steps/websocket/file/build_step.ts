/**
 * A WebSocket step of a scenario file as a step of the plan. What is wrong goes to the findings; placeholders are checked
 * by `check_placeholders.ts`.
 *
 * @module
 */
import { maskUrl } from "../../../lib/mask_url.ts";
import {
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_MAX_MESSAGE_BYTES,
  httpUrlOf,
  type SocketAction,
  type SocketMessage,
  socketUrlOf,
  type WebSocketStep,
} from "../../../plan/websocket_step.ts";
import { literalLookalikes } from "../../../template/template.ts";
import { durationMs, pauseIn } from "../../file/file_time.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { base64Body, valueBody } from "../../http/file/build_body.ts";
import { buildChecks } from "../../http/file/check_keys.ts";
import { buildExtractions } from "../../http/file/extract_keys.ts";
import { mergedHeaders } from "../../http/file/merged_headers.ts";
import { resolvedUrl } from "../../http/file/resolve_url.ts";
import type { RuleFileContext } from "../../http/file/rule_context.ts";
import { stepPlaceholders } from "../../http/step_placeholders.ts";
import { talkSteps } from "../talk_steps.ts";
import type { ActionFile, WebSocketStepFile } from "./file_schema.ts";

/** Builds a step; `at` is its place in the file. Names need not be unique yet. */
export async function buildWebSocketStep(
  file: WebSocketStepFile,
  at: FilePath,
  context: RuleFileContext,
): Promise<WebSocketStep> {
  const { findings } = context;
  const timeoutMs = positive(file.timeout, [...at, "timeout"], context);
  const actions: SocketAction[] = [];
  for (const [i, action] of (file.actions ?? []).entries()) {
    const built = await buildAction(action, [...at, "actions", i], context);
    if (built !== undefined) actions.push(built);
  }
  const closing = actions.findIndex(({ kind }) => kind === "close" || kind === "expect_close");
  if (closing >= 0 && closing < actions.length - 1) {
    findings.addProblem(
      [...at, "actions", closing + 1],
      "Nothing can follow a close: expected it as the last action",
    );
  }
  for (
    const text of [file.ws, ...Object.values(file.headers ?? {}).flat()].filter((one) =>
      typeof one === "string"
    )
  ) {
    warnOfLookalikes(text, at, context);
  }
  const resolved = resolvedUrl(httpUrlOf(file.ws), [...at, "ws"], context, "a ws or wss URL");
  const step: WebSocketStep = {
    kind: "websocket",
    name: file.name || `Step ${context.number ?? Number(at.at(-1)) + 1}: WS ${maskUrl(file.ws)}`,
    method: "GET",
    url: socketUrlOf(resolved.url),
    ...(resolved.base !== undefined && { base: socketUrlOf(resolved.base) }),
    headers: mergedHeaders(file.headers, at, context),
    subprotocols: file.subprotocols ?? [],
    compressed: file.compressed ?? false,
    isTemplate: true,
    ...pauseIn(file.think_time, [...at, "think_time"], findings),
    ...(timeoutMs !== undefined && { replyTimeoutMs: timeoutMs }),
    maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
    closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
    actions,
    ...(file.on_fail === "stop" && { stopsOnFailure: true as const }),
  };
  return { ...step, isTemplate: talkSteps(step).flatMap(stepPlaceholders).length > 0 };
}

const KINDS = ["send", "send_base64", "hold", "close", "expect_close"] as const;
const EXPECTED = ["expect", "expect_regex", "expect_json"] as const;

async function buildAction(
  file: ActionFile,
  at: FilePath,
  context: RuleFileContext,
): Promise<SocketAction | undefined> {
  const { findings } = context;
  const kinds = [
    ...KINDS.filter((key) => file[key] !== undefined),
    ...EXPECTED.filter((key) => file[key] !== undefined).slice(0, 1),
  ];
  const [kind, other] = kinds;
  if (kind === undefined || other !== undefined) {
    findings.addProblem(
      at,
      other === undefined
        ? `Expected one of ${[...KINDS, ...EXPECTED].slice(0, -1).join(", ")} and expect_json`
        : `Cannot use both "${kind}" and "${other}": expected an action each`,
    );
    return undefined;
  }
  const isExpectation = EXPECTED.some((key) => key === kind);
  if (file.extract !== undefined && !isExpectation) {
    findings.addProblem([...at, "extract"], `Cannot extract from "${kind}": expected it beside expect`);
  }
  if (file.timeout !== undefined && !isExpectation && kind !== "expect_close") {
    findings.addProblem([...at, "timeout"], `Cannot use a timeout with "${kind}", which waits for nothing`);
  }
  const timeoutMs = positive(file.timeout, [...at, "timeout"], context);
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  switch (kind) {
    case "send":
      return { kind: "send", message: messageOf([...at, "send"], context) };
    case "send_base64": {
      const { body } = base64Body(file.send_base64!, [...at, "send_base64"], context);
      return body?.kind === "base64" ? { kind: "send", message: body } : undefined;
    }
    case "hold":
      return { kind: "hold", ms: durationMs(file.hold, [...at, "hold"], findings) ?? 0 };
    case "close":
      return { kind: "close", code: file.close! };
    case "expect_close":
      return {
        kind: "expect_close",
        ...(typeof file.expect_close === "number" && { code: file.expect_close }),
        ...timeout,
      };
    default:
      return await buildExpectation(file, at, { ...context, timeout });
  }
}

async function buildExpectation(
  file: ActionFile,
  at: FilePath,
  context: RuleFileContext & { readonly timeout: { readonly timeoutMs?: number } },
): Promise<SocketAction> {
  const checks = await buildChecks(
    {
      assert_body_contains: file.expect === "*" ? undefined : file.expect,
      assert_body_regex: file.expect_regex,
      assert_json: file.expect_json,
    },
    at,
    context,
  );
  const extract = buildExtractions(file, at, context);
  for (const { name, from, expression } of extract) {
    if (from === "json" || from === "regex" || (from === "response" && expression === "body")) continue;
    context.findings.addProblem(
      [...at, "extract", name],
      `Cannot extract ${
        from === "response" ? `the ${expression}` : `a ${from}`
      } from a message: expected json, regex or response: body`,
    );
  }
  return { kind: "expect", checks, extract, ...context.timeout };
}

function messageOf(at: FilePath, context: RuleFileContext): SocketMessage {
  const { body } = valueBody(at, context);
  const message: SocketMessage = body?.kind === "text" ? body : { kind: "text", text: "" };
  if (message.kind === "text") warnOfLookalikes(message.text, at, context, message.isJson);
  return message;
}

function warnOfLookalikes(text: string, at: FilePath, { findings }: RuleFileContext, isJson?: true): void {
  for (const { source, mistake } of literalLookalikes(text, isJson)) {
    if (mistake !== undefined) findings.addProblem(at, `Cannot read "${source}": ${mistake}`);
    else findings.addWarning(at, `"${source}" is not a placeholder and is sent as is`);
  }
}

function positive(
  value: string | number | undefined,
  at: FilePath,
  { findings }: RuleFileContext,
): number | undefined {
  const ms = durationMs(value, at, findings);
  if (ms === 0) findings.addProblem(at, `Cannot use "timeout" of 0: expected a time above 0`);
  return ms;
}
