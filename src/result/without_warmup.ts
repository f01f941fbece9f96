/**
 * A run without its start: what `--warmup auto` leaves of it. The start ends where throughput and latency had come to rest,
 * by the rule of `warmup_length.ts`, and never after half of the run.
 *
 * @module
 */
import { warmupLength } from "../lib/statistics/warmup_length.ts";
import { formatSeconds } from "../lib/number_format.ts";
import { appendSnapshot, EMPTY_SNAPSHOT, type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import { endedOf } from "../metrics/stats.ts";
import type { Note } from "./outcome.ts";
import type { RunResult } from "./run_result.ts";
import { laterSeries } from "./series/later_series.ts";

/** Windows that a start may have; what comes later is kept together. */
export const MAX_START_WINDOWS = 300;

/** A result, and what is to be told about its start. */
export interface Trimmed {
  readonly result: RunResult;
  readonly note: Note;
}

/**
 * Leaves the start out of a result.
 * @param windows the seconds of the run in order, of which the last may hold all that came after the others
 */
export function withoutWarmup(result: RunResult, windows: readonly Snapshot[]): Trimmed {
  const whole = windows.slice(0, MAX_START_WINDOWS).filter(({ fromMs, toMs }) => toMs - fromMs >= 500);
  const lengths = [rateOf, latencyOf].map((read) => warmupLength(whole.map(read)));
  const isRestless = lengths.includes(undefined);
  const length = isRestless ? Math.floor(whole.length / 2) : Math.max(...lengths as number[]);
  if (whole.length < MIN_WINDOWS) {
    const text = "The run was too short to find its warm-up (--warmup auto): nothing was left out";
    return { result, note: { level: "warning", text } };
  }
  if (length === 0) {
    const text = "No warm-up was found (--warmup auto): the numbers cover the whole run";
    return { result, note: { level: "info", text } };
  }
  const cutMs = whole[length]!.fromMs;
  const left = windows.filter(({ fromMs }) => fromMs >= cutMs);
  const cut = windows.filter(({ fromMs }) => fromMs < cutMs);
  const seconds = formatSeconds(Math.round(cutMs / 100) * 100);
  const text = isRestless
    ? `The run had not come to rest by its half (--warmup auto): the first ${seconds} are left out, and the rest may still change`
    : `Warm-up took ${seconds} (--warmup auto): they are left out of all numbers`;
  return {
    result: {
      ...result,
      plan: { ...result.plan, warmupMs: result.plan.warmupMs + cutMs },
      startedAtMs: result.startedAtMs + cutMs,
      durationMs: result.durationMs - cutMs,
      total: earlier(left.reduce(appendSnapshot, EMPTY_SNAPSHOT), cutMs),
      timeline: result.timeline.filter(({ fromMs }) => fromMs >= cutMs - 1).map((point) => ({
        ...point,
        fromMs: Math.max(0, point.fromMs - cutMs),
        toMs: point.toMs - cutMs,
      })),
      ...(result.series && { series: laterSeries(result.series, cutMs) }),
      warmupRequests: (result.warmupRequests ?? 0) +
        cut.reduce((sum, window) => sum + endedOf(sumOfSteps(window)), 0),
    },
    note: { level: isRestless ? "warning" : "info", text },
  };
}

const MIN_WINDOWS = 6;

function rateOf(window: Snapshot): number {
  return sumOfSteps(window).succeeded / (window.toMs - window.fromMs);
}

/** The mean of a second with no response is told by none. */
function latencyOf(window: Snapshot): number {
  const { latency } = sumOfSteps(window);
  return latency.count === 0 ? 0 : latency.sum / latency.count;
}

/** A snapshot whose times count from a later start. */
function earlier(snapshot: Snapshot, cutMs: number): Snapshot {
  const moved = (ms: number) => ms === 0 ? 0 : Math.max(0, ms - cutMs);
  return {
    ...snapshot,
    fromMs: Math.max(0, snapshot.fromMs - cutMs),
    toMs: snapshot.toMs - cutMs,
    lastHeardMs: moved(snapshot.lastHeardMs),
    givenUpMs: moved(snapshot.givenUpMs),
  };
}
