/**
 * Sends one post once and says what became of it. When to try again is the streamer's.
 *
 * @module
 */
import { MAX_RECEIVER_RESPONSE_BYTES } from "../lib/size_limits.ts";
import { trackPlatformWork } from "../lib/platform_work.ts";
import { nodeModule } from "../lib/node_modules.ts";
import { fetchReason } from "../lib/net/fetch_reason.ts";
import type { Datagrams, HttpPost, Post } from "./exporter.ts";

/** What became of a post. */
export type Delivery =
  | { readonly isDelivered: true }
  | {
    readonly isDelivered: false;
    /** One line, without credentials. */
    readonly reason: string;
    /** Another try may succeed. */
    readonly mayRetry: boolean;
    /** How long the receiver asked to wait. */
    readonly retryAfterMs?: number;
  };

/** Sends a post; the signal ends it early. */
export type Deliver = (post: Post, signal: AbortSignal) => Promise<Delivery>;

const DEFAULT_TIMEOUT_MS = 10_000;
/** Statuses of a passing trouble (OpenTelemetry's OTLP specification, and 500 and 408 as everyone uses them). */
const PASSING = [408, 429, 500, 502, 503, 504];

/** Sends over HTTP or UDP, within the post's time limit (10 s unless it has one). */
export const deliver: Deliver = (post, signal) =>
  post.kind === "http" ? deliverHttp(post, signal) : deliverDatagrams(post);

async function deliverHttp(post: HttpPost, signal: AbortSignal): Promise<Delivery> {
  const timeoutMs = post.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await trackPlatformWork(fetch(post.url, {
      method: post.method,
      headers: post.headers,
      body: post.body,
      redirect: "manual", // Another host must not get the credentials.
      signal: AbortSignal.any([signal, limit]),
    }));
    const answer = await readSome(response);
    if (response.ok) {
      const refusal = post.refusalIn?.(answer);
      return refusal === undefined
        ? { isDelivered: true }
        : { isDelivered: false, reason: refusal, mayRetry: false };
    }
    return {
      isDelivered: false,
      reason: `HTTP ${response.status}${excerpt(answer)}`,
      mayRetry: PASSING.includes(response.status),
      ...retryAfter(response.headers.get("retry-after")),
    };
  } catch (error) {
    const reason = limit.aborted ? `no response within ${timeoutMs / 1000} s` : fetchReason(error);
    return { isDelivered: false, reason, mayRetry: true };
  }
}

async function readSome(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length >= MAX_RECEIVER_RESPONSE_BYTES) break; // Leaving the loop cancels the rest.
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What the receiver says for itself: text, on one line, not too long. */
function excerpt(answer: Uint8Array): string {
  const text = new TextDecoder().decode(answer.subarray(0, 1000))
    .replace(/[\p{Cc}\p{Cf}\s\uFFFD]+/gu, " ").trim().slice(0, 200);
  return text === "" ? "" : `: ${text}`;
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | null): { readonly retryAfterMs?: number } {
  if (value === null) return {};
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? { retryAfterMs: ms } : {};
}

function deliverDatagrams({ host, port, texts }: Datagrams): Promise<Delivery> {
  return new Promise((resolve) => {
    const socket = nodeModule("node:dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
    let left = texts.length;
    const end = (delivery: Delivery) => {
      socket.close();
      resolve(delivery);
    };
    const refuse = (error: Error) => end({ isDelivered: false, reason: fetchReason(error), mayRetry: false });
    socket.once("error", refuse);
    if (left === 0) return end({ isDelivered: true });
    for (const text of texts) {
      socket.send(text, port, host, (error) => {
        if (error) {
          if (left > 0) refuse(error);
          left = 0;
        } else if (--left === 0) end({ isDelivered: true });
      });
    }
  });
}
