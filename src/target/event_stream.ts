/**
 * Responses that stream server-sent events at a known pace.
 *
 * @module
 */
import type { TargetState } from "./target_state.ts";

/** The events of one response. */
export interface Events {
  readonly count: number;
  readonly everyMs: number;
  /** From the request to the first one; absent: `everyMs`. */
  readonly firstMs?: number;
  /** From the middle one to the next; absent: the same. */
  readonly gapMs?: number;
  event(k: number): string;
  /** Sent along with the last one; texts as they are, all else as JSON. */
  readonly last?: readonly unknown[];
  /** Lines of JSON; absent: server-sent events. */
  readonly isNdjson?: boolean;
  /** Is told how long after the request the first one was sent. */
  onFirst?: ((ms: number) => void) | undefined;
}

/** Events on a schedule from the request's arrival: a late timer does not delay the ones after it. */
export function respondWithEvents(
  state: TargetState,
  { count, everyMs, firstMs = everyMs, gapMs, event, last = [], isNdjson = false, onFirst }: Events,
): Response {
  const encoder = new TextEncoder();
  const startMs = performance.now();
  let sent = 0;
  let lastMs = 0;
  const middle = gapMs === undefined ? Infinity : count >> 1;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const dueMs = firstMs + sent * everyMs + (sent >= middle ? gapMs! - everyMs : 0);
      const waitMs = startMs + dueMs - performance.now();
      if (waitMs > 0) await state.wait(waitMs);
      const nowMs = performance.now();
      if (sent > 0) state.onHeld?.(nowMs - lastMs);
      else onFirst?.(nowMs - startMs);
      lastMs = nowMs;
      const texts = [event(sent++), ...sent === count ? last.map(textOf) : []];
      const text = texts.map((each) => isNdjson ? `${each}\n` : `data: ${each}\n\n`).join("");
      try {
        controller.enqueue(encoder.encode(text));
        if (sent === count) controller.close();
      } catch {
        // The client went away while it was waited.
      }
    },
  });
  return new Response(body, {
    headers: {
      "content-type": isNdjson ? "application/x-ndjson" : "text/event-stream",
      "cache-control": "no-cache",
    },
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
