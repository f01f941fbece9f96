/**
 * What a run comes to, in one sentence: the same in every report.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import { formatCount, formatCounted, formatShare } from "../../lib/number_format.ts";
import { attemptsOf, errorsOf, isFruitless } from "../../metrics/stats.ts";
import { rulesNotJudged } from "../comparison.ts";
import { exitCodeOf, type Outcome } from "../outcome.ts";
import { overallStats } from "../run_result.ts";

/**
 * `passed`: judged, and all held. `done`: nothing to judge, and no errors. `errors`: nothing to judge, and errors.
 * `interrupted`: cut short. `regressed`: worse than a baseline allows. `failed`: everything else.
 */
export type VerdictKind = "passed" | "done" | "errors" | "interrupted" | "regressed" | "failed";

/** A verdict. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** Continues the kind's word: `2 of 3 thresholds not met`. */
  readonly text: string;
}

/** The word that a report begins with. */
export const VERDICT_WORDS: Readonly<Record<VerdictKind, string>> = {
  passed: "Passed",
  done: "Done",
  errors: "Errors",
  interrupted: "Interrupted",
  regressed: "Regressed",
  failed: "Failed",
};

/** The verdict on an outcome. */
export function verdictOf(outcome: Outcome): Verdict {
  const { thresholds, result, comparison } = outcome;
  const { counts } = overallStats(result);
  const code = exitCodeOf(outcome);
  const errors = errorsOf(counts);
  const share = formatShare(errors, attemptsOf(counts));
  const { exceptions } = counts;
  const failing = exceptions === 0
    ? `${formatCount(errors)} of ${formatCount(attemptsOf(counts))} requests failed (${share})`
    : `${formatCounted(errors - exceptions, "request")} failed, and ${
      formatCounted(exceptions, "iteration")
    } ended with an error (${share})`;
  if (code === EXIT.threshold) {
    const failed = thresholds.filter(({ passed }) => !passed).length;
    const text = result.aborted
      ? "stopped early: a threshold was not met"
      : `${formatCount(failed)} of ${formatCounted(thresholds.length, "threshold")} not met`;
    return { kind: "failed", text };
  }
  if (code === EXIT.regression) return { kind: "regressed", text: "worse than the baseline allows" };
  if (isFruitless(counts)) return { kind: "failed", text: "no request succeeded" };
  if (code !== EXIT.ok) return { kind: "failed", text: failureOf(outcome) };
  if (result.interrupted) {
    return { kind: "interrupted", text: errors > 0 ? failing : "the run was cut short" };
  }
  const unjudged = comparison === undefined ? 0 : rulesNotJudged(comparison).length;
  const rules = (comparison?.rules.length ?? 0) - unjudged;
  const notJudged = `${formatCounted(unjudged, "rule")} against the baseline not judged`;
  if (thresholds.length + rules > 0) {
    const held = [
      ...(thresholds.length > 0 ? [formatCounted(thresholds.length, "threshold")] : []),
      ...(rules > 0 ? [`${formatCounted(rules, "rule")} against the baseline`] : []),
    ];
    const remarks = [...(unjudged > 0 ? [notJudged] : []), ...(errors > 0 ? [failing] : [])];
    return { kind: "passed", text: [`${held.join(" and ")} met`, ...remarks].join("; ") };
  }
  const why = unjudged > 0 ? notJudged : "no threshold was set";
  return errors > 0
    ? { kind: "errors", text: `${failing}; ${why}` }
    : { kind: "done", text: `no errors; ${why}` };
}

function failureOf({ undelivered, distrusted, result }: Outcome): string {
  if (result.lost.length > (result.fleet?.toleratedLosses ?? 0)) return "part of the load was lost";
  if (distrusted) return "the load generator did not keep up";
  return undelivered ? "a report or export failed" : "the run is incomplete";
}
