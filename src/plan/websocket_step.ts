/**
 * WebSocket connections, and what is done on them.
 *
 * @module
 */
import type { CheckRule } from "./check_rule.ts";
import type { ExtractRule, HeaderLine, HttpStep } from "./http_step.ts";
import type { StepBase } from "./step_base.ts";

/**
 * A message to send. Its text may hold `${…}` placeholders when the step's `isTemplate` says so; one that `isJson` was made
 * of a JSON value, as a body is.
 */
export type SocketMessage =
  | { readonly kind: "text"; readonly text: string; readonly isJson?: true }
  | { readonly kind: "base64"; readonly base64: string };

/** Finds the reply to a message by what both hold. */
export type Correlation =
  | { readonly kind: "json"; readonly path: string }
  | { readonly kind: "pattern"; readonly pattern: string };

/** A run that is nothing but connections of one kind: a connection a user, messages of its own. */
export interface SocketLoad {
  /** Sent in turn; none: connections are opened and held. */
  readonly messages: readonly SocketMessage[];
  /** From the sending of a message to that of the next on the same connection, in ms; 0: at once. */
  readonly intervalMs: number;
  /** A message is followed by its reply, which is timed. */
  readonly expectsReply: boolean;
  /** Absent: replies come in the order of the messages. */
  readonly correlation?: Correlation;
  /** Messages that may wait for their replies on one connection; more than 1 in an open loop alone. */
  readonly inFlight: number;
  /** The pause before a connection that has ended is opened again, in ms; absent: it is not. */
  readonly reconnectMs?: number;
  /** The time between two pings; absent: none are sent. */
  readonly pingMs?: number;
}

/** One thing of a conversation. They are done in order. */
export type SocketAction =
  | { readonly kind: "send"; readonly message: SocketMessage }
  | ExpectedMessage
  | { readonly kind: "hold"; readonly ms: number }
  | { readonly kind: "close"; readonly code: number }
  | ExpectedClose;

/** Waits for a message that all checks hold for, and takes values out of it; others are passed over. */
export interface ExpectedMessage {
  /** Tells the kinds of action apart. */
  readonly kind: "expect";
  /** None: any message will do. */
  readonly checks: readonly CheckRule[];
  /** Applied to that message. */
  readonly extract: readonly ExtractRule[];
  /** How long it is waited for; absent: as long as for all of the step. */
  readonly timeoutMs?: number;
}

/** Waits for the server to close the connection. */
export interface ExpectedClose {
  /** Tells the kinds of action apart. */
  readonly kind: "expect_close";
  /** The code it must give; absent: any. */
  readonly code?: number;
  /** How long it is waited for; absent: as long as for all of the step. */
  readonly timeoutMs?: number;
}

/** The largest message that is accepted, and how long a close frame is waited for, where nobody says. */
export const DEFAULT_MAX_MESSAGE_BYTES = 4_194_304, DEFAULT_CLOSE_TIMEOUT_MS = 5000;

/** WebSocket connections, from their handshakes to their closes: all that a run does, or one at a time in a flow. */
export interface WebSocketStep extends StepBase {
  /** Tells the kinds of step apart. */
  readonly kind: "websocket";
  /** The handshake's. */
  readonly method: "GET";
  /** Absolute URL, `ws:` or `wss:`, without user info or fragment. */
  readonly url: string;
  /** What a URL with placeholders is relative to, once it is filled in. */
  readonly base?: string;
  /** Of the handshake, sent in this order; values may be secrets. */
  readonly headers: readonly HeaderLine[];
  /** Offered, best first. */
  readonly subprotocols: readonly string[];
  /** Offer to compress messages. */
  readonly compressed: boolean;
  /** URL, headers and messages may hold placeholders. */
  readonly isTemplate: boolean;
  /** How long a reply is waited for; absent: as long as for responses. */
  readonly replyTimeoutMs?: number;
  /** A larger one is a failure. */
  readonly maxMessageBytes: number;
  /** How long the server's close frame is waited for. */
  readonly closeTimeoutMs: number;
  /** What is done on connections, where they are all that the run does. */
  readonly load?: SocketLoad;
  /** What is done on the connection of one iteration, else. */
  readonly actions?: readonly SocketAction[];
  /** A failure of the step ends the iteration; absent: only a value that was not found does. */
  readonly stopsOnFailure?: true;
}

/**
 * The `http:` URL, or `https:`, that a connection is asked for at.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(httpUrlOf("wss://example.org/chat"), "https://example.org/chat");
 * ```
 */
export function httpUrlOf(url: string): string {
  return url.replace(/^(?:ws|grpc)(s?):/i, (_, s) => `http${s.toLowerCase()}:`);
}

/**
 * The same the other way round; a path stays as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(socketUrlOf("https://example.org/chat"), "wss://example.org/chat");
 * ```
 */
export function socketUrlOf(url: string): string {
  return url.replace(/^http(s?):/i, (_, s) => `ws${s.toLowerCase()}:`);
}

/** The request that a connection begins with, as a step. */
export function handshakeOf(step: WebSocketStep): HttpStep {
  const { name, method, url, base, headers, isTemplate } = step;
  return {
    kind: "http",
    name,
    method,
    url: httpUrlOf(url),
    ...(base !== undefined && { base: httpUrlOf(base) }),
    headers,
    isTemplate,
    extract: [],
    checks: [],
  };
}
