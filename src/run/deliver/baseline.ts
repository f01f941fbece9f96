/**
 * The baseline of a comparison: files of earlier runs, found, read and held against a run.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { compareRuns, settingDifferences } from "../../result/verdict/compare.ts";
import type { ComparedRun } from "../../result/verdict/compared_run.ts";
import type { Comparison } from "../../result/comparison.ts";
import type { FailRule } from "../../result/verdict/fail_rule.ts";
import type { ConfigSnapshot } from "../../result/outcome.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { configSnapshot } from "../settings/config_snapshot.ts";
import { findFiles } from "./find_files.ts";
import { tryOutput } from "./output_files.ts";
import { readForeignRun, readOutcome } from "./result_files.ts";
import type { Settings } from "../settings/settings.ts";

/** How to compare. */
export interface CompareValues {
  readonly failOn: readonly FailRule[];
  readonly strictConfig: boolean;
  readonly confidence: number;
  readonly runNoise: number;
}

/**
 * The runs in a file, or in all files that match a pattern, in order of their names.
 * @throws {UsageError} when there is none, or one of them cannot be read.
 */
export async function readRuns(pattern: string): Promise<readonly ComparedRun[]> {
  const paths = await findFiles([pattern]);
  const runs: ComparedRun[] = [];
  for (const path of paths) {
    runs.push(await readForeignRun(path) ?? await readOwnRun(path));
  }
  return runs;
}

async function readOwnRun(path: string): Promise<ComparedRun> {
  const { result, config } = await readOutcome(path);
  return { source: path, result, config };
}

/**
 * Compares runs with a baseline.
 * @throws {UsageError} when their settings differ and must not.
 */
export function compareWith(
  baseline: readonly ComparedRun[],
  current: readonly ComparedRun[],
  { failOn, strictConfig, confidence, runNoise }: CompareValues,
): Comparison {
  if (strictConfig) { for (const run of current) refuseDifferences(baseline, run.config); }
  return compareRuns(baseline, current, { rules: failOn, confidence, runNoisePercent: runNoise });
}

/** @throws {UsageError} naming every setting that differs. */
export function refuseDifferences(baseline: readonly ComparedRun[], config: ConfigSnapshot): void {
  const differences = [...new Set(baseline.flatMap((run) => settingDifferences(run.config, config)))];
  if (differences.length > 0) {
    throw new UsageError(
      differences.map((text) => `Cannot compare with the baseline (--strict-config): ${text}`),
    );
  }
}

/**
 * The runs that the main command compares with, before any load is sent; `undefined`: none.
 * @throws {UsageError} when they cannot be read, must not differ and do, or the new baseline could not be written.
 */
export async function readBaseline(
  settings: Settings,
  plan: RunPlan,
): Promise<readonly ComparedRun[] | undefined> {
  const { baseline: pattern, saveBaseline: path, strictConfig, urlMode, urlFile, autofind } = settings.values;
  if (path !== undefined) await tryOutput(path, "--save-baseline");
  if (pattern === undefined && path === undefined) return undefined;
  if (autofind || (urlMode === "sequential" && urlFile !== undefined)) {
    throw new UsageError(
      "--baseline and --save-baseline need a single run, not a search or --url-mode sequential",
    );
  }
  const runs = pattern === undefined ? undefined : await readRuns(pattern);
  if (runs && strictConfig) refuseDifferences(runs, configSnapshot(settings, plan));
  return runs;
}
