/**
 * Signs that the load generator itself was late, each told from what it did to the load: time that its threads did not
 * run, and arrivals that it noticed late. A server cannot cause any of them.
 *
 * @module
 */
import { formatShare, formatTime } from "../lib/number_format.ts";
import { type HistogramData, lowestValueOf, rankOf, valueAtRank } from "../metrics/histogram.ts";
import type { ThreadHealth } from "../metrics/snapshot.ts";
import { samplesToResolve } from "../metrics/stats.ts";
import { overallStats, type RunResult } from "./run_result.ts";

/** Timers this late in one check of ten, in µs, weigh on every latency. Idle threads stay below 3 ms. */
const MAX_LAG_US = 20_000;
/** Of fewer checks, two hiccups of the machine would be one of ten. */
const MIN_LAG_CHECKS = 20;
/**
 * Share of the time a thread wanted to run and had no core. One other program on the same core makes it a half; threads
 * and server that share two cores come to a third.
 */
const MAX_CORE_WAIT = 0.5;
/** The same as a share of all time, below which an almost idle thread's waits are not worth a word. */
const MIN_CORE_WAIT_OF_TIME = 0.2;
/** Shorter stretches are too coarse for a share. */
const SHORTEST_JUDGED_MS = 900;
/** A thread that did not run for so long stood still; a busy one comes to its timers sooner. */
const STANDSTILL_US = 100_000;
/** Standing still for this share of a run moves its p99. */
const MAX_STILL = 1 / samplesToResolve(99);
/** One hiccup of a machine is shorter, even in a short run. */
const SHORTEST_STILL_MS = 250;
/** Nothing but a stopped process stands still for so long at once; it is told however long the run. */
const LONGEST_STILL_MS = 1000;
/** A quota that stopped the process for less says nothing. */
const SHORTEST_THROTTLED_MS = 50;
/** Share of the arrivals that may be noticed late. */
const MAX_DELAYED = 0.05;
/** Fewer late arrivals say nothing. */
const MIN_DELAYED = 10;
/** An arrival is late from here on, or from a part of the median response time on, if that is more. */
const SHORTEST_DELAY_US = 1000;
const PART_OF_RESPONSE = 0.1;

/** Why a load generator was late. */
export interface Saturation {
  /** Sentences without their full stops, at least one. */
  readonly facts: readonly string[];
  /** What kept its threads from running; `undefined`: their own work, or nobody knows. */
  readonly cause?: "quota" | "others" | "still";
}

/** Why the load generator was late; `undefined` when it was not, as far as can be told. */
export function saturationOf(result: RunResult): Saturation | undefined {
  const { threads } = result.total;
  const throttled = throttledFact(threads);
  const starved = starvedFact(threads);
  const still = standstillFact(threads);
  const facts = [throttled, starved, still, lagFact(threads), delayFact(result)]
    .filter((fact) => fact !== undefined);
  if (facts.length === 0) return undefined;
  const cause = throttled ? "quota" : starved ? "others" : still ? "still" : undefined;
  return { facts, ...(cause && { cause }) };
}

/** The time that a thread stood still, in ms: what its timers were late by where that was long. */
export function stoodStillMs({ counts, offset }: HistogramData): number {
  let us = 0;
  for (let i = counts.length - 1; i >= 0 && lowestValueOf(offset + i) >= STANDSTILL_US; i--) {
    us += counts[i]! * lowestValueOf(offset + i);
  }
  return us / 1000;
}

/** Of the time that a thread wanted to run, the share without a core; `undefined` where the system does not tell. */
export function deniedShareOf({ wallMs, cpuMs, runQueueWaitMs }: ThreadHealth): number | undefined {
  if (wallMs < SHORTEST_JUDGED_MS || cpuMs === undefined || runQueueWaitMs === undefined) return undefined;
  return cpuMs + runQueueWaitMs > 0 ? runQueueWaitMs / (cpuMs + runQueueWaitMs) : undefined;
}

function throttledFact(threads: readonly ThreadHealth[]): string | undefined {
  const ms = Math.max(
    0,
    ...threads.map(({ wallMs, throttledMs = 0 }) => throttledMs >= MAX_STILL * wallMs ? throttledMs : 0),
  );
  if (ms < SHORTEST_THROTTLED_MS) return undefined;
  return `It used up its CPU quota (cgroup), which stopped it for ${formatTime(ms)}, summed over all cores`;
}

function starvedFact(threads: readonly ThreadHealth[]): string | undefined {
  const worst = Math.max(
    0,
    ...threads.filter(({ wallMs, runQueueWaitMs = 0 }) => runQueueWaitMs >= MIN_CORE_WAIT_OF_TIME * wallMs)
      .map((thread) => deniedShareOf(thread) ?? 0),
  );
  if (worst < MAX_CORE_WAIT) return undefined;
  return `Other programs used the CPU: a load thread waited for a core ${
    Math.round(worst * 100)
  }% of the time that it had work`;
}

function standstillFact(threads: readonly ThreadHealth[]): string | undefined {
  const still = threads.map(({ wallMs, loopLag }) => {
    const totalMs = stoodStillMs(loopLag);
    const longestMs = loopLag.max / 1000;
    const isLong = longestMs >= LONGEST_STILL_MS ||
      totalMs >= Math.max(SHORTEST_STILL_MS, MAX_STILL * wallMs);
    return { totalMs: isLong ? totalMs : 0, longestMs };
  });
  const worst = still.reduce((a, b) => b.totalMs > a.totalMs ? b : a, { totalMs: 0, longestMs: 0 });
  if (worst.totalMs === 0) return undefined;
  return `It did not run for ${formatTime(worst.totalMs)} in total, ${
    formatTime(worst.longestMs)
  } at the longest`;
}

function lagFact(threads: readonly ThreadHealth[]): string | undefined {
  const worst = threads.map(({ loopLag }) => loopLag).filter(({ count }) => count >= MIN_LAG_CHECKS)
    .map((lag) => ({ us: valueAtRank(lag, rankOf(90, lag.count)), max: lag.max }))
    .reduce((a, b) => b.us > a.us ? b : a, { us: 0, max: 0 });
  if (worst.us < MAX_LAG_US) return undefined;
  return `One in ten of its timers fired ${formatTime(worst.us / 1000)} late or more, ` +
    `the worst ${formatTime(worst.max / 1000)} late`;
}

/** Arrivals that were noticed late: whether a connection was free for them does not matter. */
function delayFact(result: RunResult): string | undefined {
  const { scheduleLag } = result.total;
  const { serviceLatency } = overallStats(result).counts;
  const medianUs = serviceLatency && serviceLatency.count > 0
    ? valueAtRank(serviceLatency, rankOf(50, serviceLatency.count))
    : 0;
  const limitUs = Math.max(SHORTEST_DELAY_US, PART_OF_RESPONSE * medianUs);
  const delayed = countAbove(scheduleLag, limitUs);
  if (delayed < MIN_DELAYED || delayed < MAX_DELAYED * scheduleLag.count) return undefined;
  const p99Us = valueAtRank(scheduleLag, rankOf(99, scheduleLag.count));
  return `It got to ${formatShare(delayed, scheduleLag.count)} of the arrivals more than ` +
    `${formatTime(limitUs / 1000)} late (p99 ${formatTime(p99Us / 1000)})`;
}

/** How many values lie above one. */
function countAbove({ counts, offset }: HistogramData, us: number): number {
  let count = 0;
  for (let i = counts.length - 1; i >= 0 && lowestValueOf(offset + i) > us; i--) count += counts[i]!;
  return count;
}
