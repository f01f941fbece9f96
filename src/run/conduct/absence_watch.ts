/**
 * Ends a run whose target is not there although the threads could not look for it before the load, since its scenario
 * names servers only when a request is made: its first second brought nothing but failed attempts to connect.
 *
 * @module
 */
import { RunError } from "../../lib/errors.ts";
import { failureText, isAbsent } from "../../metrics/failure.ts";
import { sumOfSteps } from "../../metrics/snapshot.ts";
import { endedOf } from "../../metrics/stats.ts";
import type { RunObserver, Tick } from "../../metrics/tick.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { knownUrls } from "../../plan/scenario.ts";

/** A watch over the beginning of one run. */
export interface AbsenceWatch {
  readonly signal: AbortSignal;
  readonly observe: RunObserver;
  /** @throws {RunError} when it ended the run. */
  check(): void;
}

/** Watches a plan's run. */
export function watchAbsence(plan: RunPlan): AbsenceWatch {
  const controller = new AbortController();
  let isDecided = false;
  let problem: string | undefined;
  const observe = ({ total }: Tick) => {
    if (isDecided) return;
    const counts = sumOfSteps(total);
    const kinds = Object.keys(counts.failures);
    isDecided = total.connects > 0 || endedOf(counts) > 0;
    if (!isDecided || total.connects > 0 || counts.succeeded > 0 || !kinds.every(isAbsent)) return;
    problem = kinds[0];
    controller.abort();
  };
  return {
    signal: controller.signal,
    observe,
    check: () => {
      if (problem === undefined) return;
      const host = knownUrls(plan.scenario)[0]?.host ?? "the target";
      throw new RunError(`Cannot connect to ${host}: ${failureText(problem).toLowerCase()}`);
    },
  };
}
