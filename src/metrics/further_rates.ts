/**
 * Rates and shares of what only some steps have: messages, events and tokens per second, goodput.
 *
 * @module
 */
import type { Stats } from "./stats.ts";

/** A rate or share by its name. */
export interface FurtherRate {
  readonly key: string;
  readonly unit: "1/s" | "%";
  /** `undefined` where it was not measured. */
  read(stats: Stats): number | undefined;
}

/** All of them; more is better. */
export const FURTHER_RATES: readonly FurtherRate[] = [
  perSecond("ws_sent_per_sec", ({ counts }) => counts.websocket?.sent),
  perSecond("ws_received_per_sec", ({ counts }) => counts.websocket?.received),
  perSecond("events_per_sec", ({ counts }) => counts.stream?.events),
  perSecond("tokens_per_sec", ({ counts }) => counts.tokens?.tokens),
  { key: "goodput", unit: "%", read: goodputOf },
];

/** Requests within all limits of `--goodput`, in percent of those that ended; `undefined` without limits or requests. */
export function goodputOf({ counts: { tokens } }: Pick<Stats, "counts">): number | undefined {
  const judged = tokens?.judged ?? 0;
  return judged === 0 ? undefined : tokens!.good / judged * 100;
}

function perSecond(key: string, countOf: (stats: Stats) => number | undefined): FurtherRate {
  return {
    key,
    unit: "1/s",
    read(stats) {
      const count = countOf(stats);
      return count === undefined || stats.durationMs <= 0 ? undefined : count / stats.durationMs * 1000;
    },
  };
}
