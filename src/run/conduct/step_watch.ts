/**
 * Ends a step of a search as soon as it is clear how it will be judged: when three seconds in a row, each by itself, keep
 * every limit with room to spare, or break one by far. What is close is measured for the whole of the step.
 *
 * @module
 */
import { sumOfSteps } from "../../metrics/snapshot.ts";
import { errorRatePercent, exchangedOf, percentileOf, samplesOf } from "../../metrics/stats.ts";
import type { RunObserver, Tick } from "../../metrics/tick.ts";
import type { AutofindBy, AutofindLimits } from "../../result/autofind_step.ts";

/** Seconds in a row that agree, and requests in them. */
const CLEAR_WINDOWS = 3;
const MIN_SAMPLES = 20;
/** Parts of the limits. */
const FAR_BELOW = 0.5;
const FAR_ABOVE = 2;
/** Parts of the rate that was asked for. */
const MOSTLY_SERVED = 0.95;
const HARDLY_SERVED = 0.9;

/** Watches one step. */
export interface StepWatch {
  readonly signal: AbortSignal;
  readonly observe: RunObserver;
  /** When it was clear, in ms since the step's start; `undefined`: it was not. */
  readonly clearMs: number | undefined;
}

/** A watch over a step. `minMs`: users with long pauses have not done all they do before. */
export function watchStep(
  { by, load, limits, minMs }: {
    readonly by: AutofindBy;
    readonly load: number;
    readonly limits: AutofindLimits;
    readonly minMs: number;
  },
): StepWatch {
  const controller = new AbortController();
  let clearMs: number | undefined;
  let inRow: readonly Clarity[] = [];
  return {
    signal: controller.signal,
    get clearMs() {
      return clearMs;
    },
    observe: (tick) => {
      if (clearMs !== undefined) return;
      const now = clarityOf(tick, { by, load, limits });
      inRow = now.kind === inRow[0]?.kind ? [...inRow, now] : [now];
      const samples = inRow.reduce((sum, one) => sum + one.samples, 0);
      if (now.kind === "close" || inRow.length < CLEAR_WINDOWS || samples < MIN_SAMPLES) return;
      if (now.kind === "passes" && tick.atMs < minMs) return;
      clearMs = tick.atMs;
      controller.abort();
    },
  };
}

/** What one second says. */
interface Clarity {
  readonly kind: "passes" | "fails" | "close";
  readonly samples: number;
}

function clarityOf(
  { window }: Tick,
  { by, load, limits: { maxErrorRatePercent, maxP95Ms } }: {
    readonly by: AutofindBy;
    readonly load: number;
    readonly limits: AutofindLimits;
  },
): Clarity {
  const counts = sumOfSteps(window);
  const samples = samplesOf(counts);
  const errors = errorRatePercent(counts) ?? 0;
  const p95 = percentileOf(counts, 95);
  const perSecond = exchangedOf(counts) / (window.toMs - window.fromMs) * 1000;
  const isServed = (part: number) => by === "users" || perSecond >= part * load - 1;
  // In the first second arrivals may still wait for their first connections.
  const isFirst = window.fromMs < 500;
  if (p95 === undefined) return { kind: "close", samples };
  const fails = errors > FAR_ABOVE * maxErrorRatePercent + 1 || p95.ms > FAR_ABOVE * maxP95Ms ||
    (!isFirst && !isServed(HARDLY_SERVED));
  const passes = errors <= FAR_BELOW * maxErrorRatePercent && p95.ms <= FAR_BELOW * maxP95Ms &&
    !p95.isAtLeast && isServed(MOSTLY_SERVED);
  return { kind: fails ? "fails" : passes ? "passes" : "close", samples };
}
