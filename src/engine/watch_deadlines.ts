/**
 * Ends exchanges that take too long.
 *
 * @module
 */
import type { HttpClient } from "../client/exchange/http_client.ts";
import { readClock } from "../lib/clock.ts";
import { FAILURE } from "../metrics/failure.ts";
import type { Histogram } from "../metrics/histogram.ts";
import type { EndingUser } from "../steps/ending_user.ts";
import type { Timers } from "./timers.ts";

/**
 * One timer a thread ends late exchanges; how late it fires itself tells how busy the thread is, or how long it was
 * stopped. It comes at uneven times: what stops a thread does so at even ones, and could miss an even timer for ever.
 */
export function watchDeadlines(
  clients: readonly HttpClient[],
  { timers, timeoutMs }: { readonly timers: Timers; readonly timeoutMs: number },
  { loopLag, furtherClients = [], users = [] }: {
    readonly loopLag?: Histogram;
    readonly furtherClients?: readonly HttpClient[];
    readonly users?: readonly EndingUser[];
  } = {},
): { stop(): void } {
  const meanMs = Math.min(100, Math.max(5, timeoutMs / 20));
  let callOff = () => {};
  const schedule = () => {
    const waitMs = Math.ceil(meanMs * (0.5 + Math.random()));
    const dueMs = readClock() + waitMs;
    callOff = timers.after(waitMs, () => {
      const now = readClock();
      loopLag?.record((now - dueMs) * 1000);
      for (const client of clients) {
        if (client !== undefined && client.deadlineMs <= now) client.abort(FAILURE.timeout);
      }
      for (const client of furtherClients) if (client.deadlineMs <= now) client.abort(FAILURE.timeout);
      for (const user of users) if (user.deadlineMs !== undefined && user.deadlineMs <= now) user.expire?.();
      schedule();
    });
  };
  schedule();
  return { stop: () => callOff() };
}
