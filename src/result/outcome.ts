/**
 * Everything the reports show about a run: its result, the verdicts on it and what is worth saying beside the numbers.
 *
 * @module
 */
import { EXIT } from "../lib/errors.ts";
import { isFruitless } from "../metrics/stats.ts";
import { type Comparison, isRegressed } from "./comparison.ts";
import { overallStats, type RunResult } from "./run_result.ts";

/** A threshold, judged. */
export interface ThresholdVerdict {
  /** As the user wrote it. */
  readonly expression: string;
  /** The measured value, written with its unit; absent: not measured. */
  readonly actual?: string;
  /** `false` also when the value was not measured. */
  readonly passed: boolean;
}

/** A sentence that every report shows. */
export interface Note {
  /** `warning`: numbers may mislead. `info`: worth knowing. */
  readonly level: "warning" | "info";
  /** Whole sentences on one line, not escaped for any format. */
  readonly text: string;
}

/** What the reports show of the settings, secrets masked; keys are option names. */
export type ConfigSnapshot = Readonly<Record<string, unknown>>;

/** A setting that somebody gave, in words. */
export interface GivenSetting {
  /** `Think time`. */
  readonly name: string;
  /** With its unit; secrets masked. */
  readonly value: string;
  /** How it was given: `-c`, `BENCH_RATE`, `bench.yaml: rate`. Absent: as a word without a flag. */
  readonly from?: string;
}

/** A run, judged. */
export interface Outcome {
  readonly result: RunResult;
  readonly config: ConfigSnapshot;
  /** Of the settings, what was given, in the order given; absent: unknown. */
  readonly settings?: readonly GivenSetting[];
  readonly tags: Readonly<Record<string, string>>;
  readonly thresholds: readonly ThresholdVerdict[];
  readonly notes: readonly Note[];
  /** Absent without a baseline. */
  readonly comparison?: Comparison;
  /** The first baseline, as far as it was measured second by second: what charts show beside the run. */
  readonly before?: RunResult;
  /** Something could not be delivered: a report not written, an export refused, a thread lost. */
  readonly undelivered: boolean;
  /** The numbers are in doubt, and the user asked for a failure then; absent: no. */
  readonly distrusted?: boolean;
}

/** The exit code that an outcome deserves. */
export function exitCodeOf(outcome: Outcome): number {
  if (outcome.result.aborted || outcome.thresholds.some((verdict) => !verdict.passed)) return EXIT.threshold;
  if (outcome.comparison && isRegressed(outcome.comparison)) return EXIT.regression;
  const isEmpty = isFruitless(overallStats(outcome.result).counts);
  const { lost, fleet } = outcome.result;
  const isIncomplete = lost.length > (fleet?.toleratedLosses ?? 0);
  const isFailure = isEmpty || outcome.undelivered || outcome.distrusted || isIncomplete;
  return isFailure ? EXIT.failed : EXIT.ok;
}
