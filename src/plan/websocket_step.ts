/**
 * WebSocket connections, and what is done on them.
 *
 * @module
 */
import type { HeaderLine, HttpStep } from "./http_step.ts";
import type { StepBase } from "./step_base.ts";

/** A message to send. Its text may hold `${…}` placeholders when the step's `isTemplate` says so. */
export type SocketMessage =
  | { readonly kind: "text"; readonly text: string }
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

/** WebSocket connections, from their handshakes to their closes. They are all that a run does. */
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
  /** How long a reply is waited for. */
  readonly replyTimeoutMs: number;
  /** A larger one is a failure. */
  readonly maxMessageBytes: number;
  /** How long the server's close frame is waited for. */
  readonly closeTimeoutMs: number;
  /** What is done on connections. */
  readonly load: SocketLoad;
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
  return url.replace(/^ws(s?):/i, (_, s) => `http${s.toLowerCase()}:`);
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
