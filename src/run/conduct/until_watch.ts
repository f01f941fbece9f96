/**
 * Ends a run as soon as every metric of `--until` is known as precisely as was asked for.
 *
 * @module
 */
import { addStats } from "../../metrics/stats.ts";
import { maskUrlsIn } from "../../lib/mask_url.ts";
import type { Stats } from "../../metrics/stats.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { overallStats, type UntilVerdict } from "../../result/run_result.ts";
import { partStats } from "../../result/run_parts.ts";
import { UNTIL_CONFIDENCE, type UntilSoFar, untilSoFar } from "../../result/verdict/until_verdict.ts";
import { isMet, type Known, knownTo, neededMs, type Until } from "../../result/verdict/known_to.ts";

/** Watches one run. */
export interface UntilWatch {
  readonly signal: AbortSignal;
  readonly observe: RunObserver;
  /** Whether it ended the run. */
  readonly isReached: boolean;
  /** What is known in the end, in the order asked for. */
  verdicts(): readonly UntilVerdict[];
  /** What is known by now, in the order asked for. */
  soFar(): readonly UntilSoFar[];
}

/** As many windows are kept apart; then neighbours are put together, which also makes them less alike. */
const MAX_WINDOWS = 128;

/** A watch over a plan's run. */
export function watchPrecision(plan: RunPlan, untils: readonly Until[]): UntilWatch {
  const controller = new AbortController();
  const series = untils.map((until) => ({
    until,
    windows: new Windows(),
    known: undefined as Known | undefined,
  }));
  let atMs = 0;
  return {
    signal: controller.signal,
    get isReached() {
      return controller.signal.aborted;
    },
    observe: ({ window, atMs: now }) => {
      if (controller.signal.aborted) return;
      atMs = now;
      const run = { plan, total: window, durationMs: window.toMs - window.fromMs };
      for (const one of series) {
        const { part } = one.until.about;
        const stats = part === undefined ? overallStats(run) : partStats(run, part);
        if (stats !== undefined && one.windows.add(stats)) {
          one.known = knownTo(one.until, one.windows.all, UNTIL_CONFIDENCE);
        }
      }
      if (series.every(({ until, known }) => isMet(until, known))) controller.abort();
    },
    verdicts: () => series.map(({ until, known }) => verdictOf(until, known, atMs)),
    soFar: () =>
      series.map(({ until, known }) => {
        const verdict = verdictOf(until, known, atMs);
        const text = untilSoFar(verdict, {
          neededMs: known && neededMs(until, known, atMs),
          limitMs: loadFacts(plan.load).durationMs,
        });
        return { expression: verdict.expression, isReached: verdict.isReached, text };
      }),
  };
}

/**
 * Windows of one number of seconds, of which there are never too many. One in which a thread stood still is longer and the
 * next one shorter: each weighs by what is in it (`known_to.ts`).
 */
class Windows {
  all: Stats[] = [];
  #together = 1;
  #waiting: Stats[] = [];

  /** Returns whether there is a new one. */
  add(stats: Stats): boolean {
    this.#waiting.push(stats);
    if (this.#waiting.length < this.#together) return false;
    this.all.push(this.#waiting.reduce(addStats));
    this.#waiting = [];
    if (this.all.length === MAX_WINDOWS) {
      this.all = Array.from(
        { length: MAX_WINDOWS / 2 },
        (_, i) => addStats(this.all[2 * i]!, this.all[2 * i + 1]!),
      );
      this.#together *= 2;
    }
    return true;
  }
}

function verdictOf(until: Until, known: Known | undefined, atMs: number): UntilVerdict {
  const { expression, about: { path, metric: { unit } } } = until;
  return {
    expression: maskUrlsIn(expression),
    metric: maskUrlsIn(path),
    unit,
    isReached: isMet(until, known),
    atMs,
    ...known,
  };
}
