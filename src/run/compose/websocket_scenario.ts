/**
 * The scenario of a run whose target is a `ws:` or `wss:` URL: connections, and the messages on them.
 *
 * @module
 */
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { utf8Text } from "../../lib/utf8_text.ts";
import type { Scenario } from "../../plan/scenario.ts";
import type { Correlation, SocketLoad, SocketMessage, WebSocketStep } from "../../plan/websocket_step.ts";
import { parseLocation } from "../../template/json_location.ts";
import { bindExpression } from "../../template/evaluate.ts";
import { placeholdersIn, referencesOf } from "../../template/template.ts";
import type { MainValues, Settings } from "../settings/settings.ts";
import type { PlanFiles } from "./request_spec.ts";
import { parseTarget, requestHeaders } from "./request_spec.ts";

/** Messages of an open loop that may wait for their replies on one connection. */
export const IN_FLIGHT = 100;

function isWebSocketUrl(target: string | undefined): boolean {
  return /^wss?:/i.test(target ?? "");
}

/** Whether a run is nothing but WebSocket connections: what a scenario file or module does is theirs to say. */
export function isWebSocketLoad({ operands, values }: Pick<Settings, "operands" | "values">): boolean {
  return values.scenario === undefined && isWebSocketUrl(operands[0]);
}

/** Options that say nothing to a WebSocket, by their property. */
const HTTP_ALONE = [
  "method",
  "body",
  "postFile",
  "followRedirects",
  "expectContinue",
  "randomParam",
  "verifyLength",
  "keepalive",
  "readBody",
  "stream",
  "api",
  "urlFile",
  "autofind",
  "latencyBreakdown",
  "check",
] as const satisfies readonly (keyof MainValues)[];

/** What says the same to a WebSocket. */
const INSTEAD: Readonly<Record<string, string>> = {
  body: "give its messages with --ws-message",
  postFile: "give its messages with --ws-message-file",
  check: "a ws step of a --scenario can be checked",
};

/** What of the settings does not fit the kind of target, a sentence each. */
export function targetProblems(settings: Settings): readonly string[] {
  const { origins, options, values } = settings;
  const names: readonly string[] = Object.keys(options);
  const nameOf = (property: string) =>
    (options as Readonly<Record<string, { readonly long: string }>>)[property]!.long;
  if (!isWebSocketLoad(settings)) {
    const used = names.filter((name) => name.startsWith("ws") && origins.has(name as never)).map(nameOf);
    if (used.length === 0) return [];
    if (values.scenario !== undefined) {
      return [`${used.join(", ")} cannot be used with a scenario: its WebSocket steps say what to send`];
    }
    return [`${used.join(", ")} ${used.length === 1 ? "is" : "are"} for ws:// and wss:// targets alone`];
  }
  const problems = HTTP_ALONE.filter((name) => origins.has(name)).map((name) =>
    `${nameOf(name)} means nothing to a WebSocket: ${INSTEAD[name] ?? "leave it out"}`
  );
  if (values.client === "fetch") problems.push("--client fetch cannot open WebSockets");
  const hasMessages = values.wsMessage.length + values.wsMessageFile.length > 0;
  if (hasMessages) return problems;
  if (values.wsExpectReply) problems.push("--ws-expect-reply needs a --ws-message to reply to");
  for (const name of ["rate", "numRequests", "wsMessageInterval"] as const) {
    if (origins.has(name)) problems.push(`${nameOf(name)} needs a --ws-message to send`);
  }
  return problems;
}

/**
 * The scenario.
 *
 * @throws {UsageError} when target, messages or correlation are unusable.
 */
export async function composeWebSocketScenario(
  { values, operands }: Settings,
  files: PlanFiles,
): Promise<Scenario> {
  const written = operands[0]!;
  const target = parseTarget(written.replace(/^ws/i, "http"));
  const url = target.url.href.replace(/^http/, "ws");
  const messages: SocketMessage[] = values.wsMessage.map((text) => ({ kind: "text", text }));
  for (const path of values.wsMessageFile) messages.push(await readMessage(path, files));
  checkMessages(values.wsMessage);
  const isTemplate = messages.some((message) =>
    message.kind === "text" && placeholdersIn(message.text).length > 0
  );
  const name = maskUrl(url);
  const headers = requestHeaders(
    { ...values, body: undefined, postFile: undefined, compressed: false },
    target,
  )
    .filter(([name, value]) => !(name === "Accept" && value === "*/*"));
  const step: WebSocketStep = {
    kind: "websocket",
    name,
    method: "GET",
    url,
    headers,
    subprotocols: values.wsSubprotocol,
    compressed: values.compressed,
    isTemplate,
    replyTimeoutMs: values.wsReplyTimeout ?? values.timeout,
    maxMessageBytes: values.wsMaxMessageSize,
    closeTimeoutMs: values.wsCloseTimeout,
    load: loadOf(values, messages),
  };
  return {
    pick: "rotate",
    flows: [{ name, weight: 1, steps: [step] }],
    data: [],
    cookies: "ignore",
    onExtractFailure: "continue",
    onTemplateError: "abort_iteration",
    cacheBust: false,
  };
}

/** Messages have functions, but no steps before them that bind variables, and no data. */
function checkMessages(texts: readonly string[]): void {
  for (const placeholder of texts.flatMap((text) => placeholdersIn(text))) {
    const { source, expression } = placeholder;
    bindExpression(expression, { data: [], source });
    const known = referencesOf(placeholder).every(({ kind, ...reference }) =>
      kind === "call" ? reference.name !== "env" : "isWord" in reference && reference.isWord
    );
    if (!known) {
      throw new UsageError(
        `--ws-message: cannot fill in "${escapeTerminal(source)}": only functions have values here`,
      );
    }
  }
}

function loadOf(values: MainValues, messages: readonly SocketMessage[]): SocketLoad {
  const { wsCorrelate, wsPingInterval } = values;
  return {
    messages,
    intervalMs: values.wsMessageInterval,
    expectsReply: values.wsExpectReply,
    ...(wsCorrelate !== undefined && { correlation: correlationOf(wsCorrelate) }),
    inFlight: values.rate === undefined ? 1 : IN_FLIGHT,
    ...(values.wsReconnect && { reconnectMs: values.wsReconnectDelay }),
    ...(wsPingInterval !== undefined && { pingMs: wsPingInterval }),
  };
}

/** A JSON path begins with `$`. */
function correlationOf(text: string): Correlation {
  if (/^\$(?:[.[]|$)/.test(text)) {
    if (parseLocation(text) === undefined) {
      throw new UsageError(`--ws-correlate: expected a JSON path to one value such as $.id, found "${text}"`);
    }
    return { kind: "json", path: text };
  }
  if (!/\((?!\?)/.test(text)) {
    throw new UsageError(
      `--ws-correlate: expected a JSON path such as $.id, or a pattern with a group, found "${text}"`,
    );
  }
  return { kind: "pattern", pattern: text };
}

async function readMessage(path: string, files: PlanFiles): Promise<SocketMessage> {
  let bytes: Uint8Array;
  try {
    bytes = await files.readFile(path);
  } catch (error) {
    throw new UsageError(
      `Cannot read --ws-message-file "${escapeTerminal(path)}": ${escapeTerminal(fileReason(error))}`,
    );
  }
  const text = utf8Text(bytes);
  return text === undefined ? { kind: "base64", base64: bytes.toBase64() } : { kind: "text", text };
}
