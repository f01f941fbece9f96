/**
 * What a run shows on the terminal while it goes on: the dashboard if asked for, else the line of progress, and what
 * `-v` asks for. Nothing where standard error is no terminal.
 *
 * @module
 */
import { formatDuration } from "../../lib/duration.ts";
import { styleFor } from "../../lib/style.ts";
import { progressGoal, ProgressLine } from "../../live/progress_line.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { RunControl } from "../../fleet/coordination/run_control.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { UntilSoFar } from "../../result/verdict/until_verdict.ts";
import { judgeRun } from "../../result/verdict/judge_run.ts";
import type { MainValues } from "../../run/settings/settings.ts";
import type { Interrupts } from "../signals.ts";
import { printError, TERMINAL } from "../terminal.ts";
import { verboseObserver } from "../../live/verbose.ts";

/** What is shown of a run. */
export interface Shown {
  readonly observers: readonly RunObserver[];
  /** Wipes it, before anything else is printed. */
  close(): void;
}

/** Starts showing a run. */
export async function showRun(
  plan: RunPlan,
  values: MainValues,
  { threads, interrupts, control, untils }: {
    readonly threads: number;
    readonly interrupts: Interrupts;
    readonly control: RunControl;
    /** How well what the run goes on for is known by now. */
    untils(): readonly UntilSoFar[];
  },
): Promise<Shown> {
  if (values.live) {
    if (canRewrite()) {
      // Loaded when it is needed: a plain run starts faster without.
      const { openLiveView } = await import("../../live/live_view.ts");
      const view = openLiveView(plan, {
        threads,
        judge: (total) => judgeRun(values.threshold, { plan, total, durationMs: total.toMs }),
        style: styleFor(TERMINAL.error.wantsColor(values.color)),
        isStopping: () => interrupts.signal.aborted,
        onStop: () => interrupts.signal.aborted || interrupts.interrupt(),
        onInterrupt: () => interrupts.interrupt(),
        control,
        untils,
      });
      // The next signal may end the process before it can give the terminal back.
      interrupts.signalled.addEventListener("abort", () => {
        view.close();
        printError("bench: the load is ending; press Ctrl-C again to quit at once\n");
      }, { once: true });
      return { observers: [view.observe], close: () => view.close() };
    }
    printError("bench: --live needs a terminal on standard error; continuing without it\n");
  }
  const line = values.progress && canRewrite()
    ? new ProgressLine({ ...progressGoal(plan), untils })
    : undefined;
  if (plan.warmupMs > 0) line?.say(`Warming up for ${formatDuration(plan.warmupMs)}`);
  const close = () => line?.clear();
  const verbose = values.verbosity > 0
    ? [verboseObserver(values.verbosity, (text) => {
      close();
      printError(text);
    })]
    : [];
  return { observers: [...(line ? [line.observe] : []), ...verbose], close };
}

/** Whether what was printed can be printed over. */
function canRewrite(): boolean {
  return Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
}
