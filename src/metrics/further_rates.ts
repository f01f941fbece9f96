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
  /** What it is, in a few words. */
  readonly help: string;
  /** `undefined` where it was not measured. */
  read(stats: Stats): number | undefined;
}

/** All of them; more is better. */
export const FURTHER_RATES: readonly FurtherRate[] = [
  perSecond("ws_sent_per_sec", "Messages sent per second", ({ counts }) => counts.websocket?.sent),
  perSecond(
    "ws_received_per_sec",
    "Messages received per second",
    ({ counts }) => counts.websocket?.received,
  ),
  perSecond("events_per_sec", "Events received per second", ({ counts }) => counts.stream?.events),
  perSecond("tokens_per_sec", "Output tokens per second", ({ counts }) => counts.tokens?.tokens),
  { key: "goodput", unit: "%", help: "Requests within all limits of --goodput, in percent", read: goodputOf },
];

/** Requests within all limits of `--goodput`, in percent of those that ended; `undefined` without limits or requests. */
export function goodputOf({ counts: { tokens } }: Pick<Stats, "counts">): number | undefined {
  const judged = tokens?.judged ?? 0;
  return judged === 0 ? undefined : tokens!.good / judged * 100;
}

function perSecond(
  key: string,
  help: string,
  countOf: (stats: Stats) => number | undefined,
): FurtherRate {
  return {
    key,
    unit: "1/s",
    help,
    read(stats) {
      const count = countOf(stats);
      return count === undefined || stats.durationMs <= 0 ? undefined : count / stats.durationMs * 1000;
    },
  };
}
