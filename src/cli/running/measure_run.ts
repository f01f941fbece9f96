/**
 * One run of a plan: shown while it goes on, watched by all that may end it, and trimmed of its start.
 *
 * @module
 */
import { RunControl } from "../../fleet/coordination/run_control.ts";
import type { RunOptions } from "../../fleet/coordination/run_local.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { Note } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { untilNote } from "../../result/verdict/until_verdict.ts";
import { withoutWarmup } from "../../result/without_warmup.ts";
import { watchThresholds } from "../../run/conduct/abort_watch.ts";
import { watchAbsence } from "../../run/conduct/absence_watch.ts";
import type { RunWatch } from "../../run/conduct/run_autofind.ts";
import type { Runner } from "../../run/conduct/runner.ts";
import { watchPrecision } from "../../run/conduct/until_watch.ts";
import { keepWindows } from "../../run/conduct/warmup_watch.ts";
import type { WatchedRun } from "../../run/conduct/watched_on_page.ts";
import type { MainValues } from "../../run/settings/settings.ts";
import type { Interrupts } from "../signals.ts";
import { showRun } from "./show_run.ts";

/** What goes along with a run. */
interface Along extends Omit<RunOptions, "signal" | "control"> {
  /** Ends the run before its time. */
  readonly ending?: RunWatch;
  readonly interrupts: Interrupts;
  readonly runner: Runner;
  readonly page: WatchedRun;
  /** Takes what is to be said of a result. */
  readonly tell: (result: RunResult, notes: readonly Note[]) => void;
}

/** Runs a plan; what is measured by its end, however it ends, is the result. */
export async function measureRun(
  plan: RunPlan,
  values: MainValues,
  { interrupts, runner, page, tell, ending, ...options }: Along,
): Promise<RunResult> {
  const control = new RunControl(plan, {
    isFleet: values.master,
    onStop: () => interrupts.signal.aborted || interrupts.interrupt(),
  });
  const threads = runner.threadsFor(plan);
  const watched = await page.begin(plan, { threads, control });
  const precision = values.until.length > 0 ? watchPrecision(plan, values.until) : undefined;
  const untils = () => precision?.soFar() ?? [];
  const shown = await showRun(plan, values, { threads, interrupts, control, untils });
  const thresholds = values.abortOnFail && !values.autofind
    ? watchThresholds(plan, { thresholds: values.threshold, ...values.abortOnFail })
    : undefined;
  const absence = options.needsTarget ? watchAbsence(plan) : undefined;
  const start = values.warmup === "auto" ? keepWindows() : undefined;
  const watches = [thresholds, absence, ending, precision].filter((watch) => watch !== undefined);
  try {
    const whole = await runner.run(plan, {
      ...options,
      signal: AbortSignal.any([interrupts.signal, ...watches.map(({ signal }) => signal)]),
      observers: [
        ...options.observers ?? [],
        // What they find is shown.
        ...watches.map(({ observe }) => observe),
        ...shown.observers,
        ...watched,
        ...(start ? [start.observe] : []),
      ],
      control,
    });
    absence?.check();
    const trimmed = start && withoutWarmup(whole, start.windows);
    // What ended when all was known has not been cut short.
    const isWhole = [ending, precision].some((watch) => watch?.signal.aborted) &&
      !interrupts.signal.aborted && !thresholds?.aborted;
    const until = precision?.verdicts();
    const result = {
      ...(trimmed?.result ?? whole),
      interrupted: whole.interrupted && !isWhole,
      ...(thresholds?.aborted && { aborted: thresholds.aborted }),
      ...(until && { until }),
    };
    tell(result, [...(trimmed ? [trimmed.note] : []), ...(until?.map(untilNote) ?? [])]);
    return result;
  } finally {
    shown.close();
  }
}
