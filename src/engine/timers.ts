/**
 * How a thread waits: with its poller, to the microsecond, where it has one; else by the platform's timers, which fire up
 * to 2 ms late.
 *
 * @module
 */
import { readClock } from "../lib/clock.ts";
import { socketsInUse } from "../client/net/choose_transport.ts";
import { threadPoller } from "../client/net/native/poller.ts";
import type { ClientSpec } from "../plan/client_spec.ts";

/** Runs things later. */
export interface Timers {
  /** How much too late a timer may fire, in ms; 0: it is exact. */
  readonly lateMs: number;
  /** Runs something after `ms`; what is given back calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** The platform's timers. */
const PLATFORM_TIMERS: Timers = {
  lateMs: 2.5,
  after(ms, run) {
    // Longer timers overflow and fire at once.
    const timer = ms < 2 ** 31 ? setTimeout(run, ms) : undefined;
    return () => clearTimeout(timer);
  },
};

/** The timers of this thread when it runs a load with such clients. */
export function timersFor(client: ClientSpec): Timers {
  const poller = socketsInUse(client) === "native" ? threadPoller() : null;
  if (poller === null) return PLATFORM_TIMERS;
  return {
    lateMs: 0,
    after(ms, run) {
      if (ms === Infinity) return () => {};
      const due = poller.at(readClock() + ms, run);
      return () => {
        due.run = null;
      };
    },
  };
}
