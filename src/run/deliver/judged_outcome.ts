/**
 * A result judged as the settings want it: thresholds, baseline, trust.
 *
 * @module
 */
import type { ComparedRun } from "../../result/verdict/compared_run.ts";
import { judgeRun, unitNotes } from "../../result/verdict/judge_run.ts";
import { missingNotes, unjudgedNotes } from "../../result/verdict/missing_notes.ts";
import type { Note, Outcome } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { isSound } from "../../result/trust.ts";
import { compareWith } from "./baseline.ts";
import { configSnapshot } from "../settings/config_snapshot.ts";
import { commandText } from "../settings/command_text.ts";
import type { Settings } from "../settings/settings.ts";
import { settingsInWords } from "../settings/settings_in_words.ts";
import { trustNotes } from "./trust_notes.ts";

/** What a result is judged by. */
export interface Judging {
  readonly settings: Settings;
  /** Absent: there is no baseline. */
  readonly baseline: readonly ComparedRun[] | undefined;
  /** What is to be said besides. */
  readonly notes: readonly Note[];
}

/** The outcome of a run. */
export function judgedOutcome(result: RunResult, { settings, baseline, notes }: Judging): Outcome {
  const { values } = settings;
  const config = {
    ...configSnapshot(settings, result.plan),
    command: settings.command ?? commandText(settings),
  };
  const comparison = baseline && compareWith(baseline, [{ source: "this run", result, config }], {
    ...values,
    strictConfig: false,
  });
  return {
    result,
    config,
    settings: settingsInWords(settings),
    tags: Object.fromEntries(values.tag),
    thresholds: judgeRun(values.threshold, result),
    ...(comparison && { comparison }),
    ...shownBefore(baseline),
    notes: [
      ...notes,
      ...missingNotes(values.threshold, result),
      ...(comparison ? unjudgedNotes(comparison) : []),
      ...trustNotes(result),
    ],
    undelivered: false,
    distrusted: values.strictTrust && !isSound(result),
  };
}

/** What charts show beside a run; of other tools, too little is known. */
export function shownBefore(baseline: readonly ComparedRun[] | undefined): Pick<Outcome, "before"> {
  const first = baseline?.[0];
  return first === undefined || first.tool !== undefined ? {} : { before: first.result };
}

/** Remarks on the claims themselves. */
export function thresholdNotes({ values }: Settings): readonly Note[] {
  const isIdle = values.baseline !== undefined && values.failOn.length === 0;
  return [
    ...unitNotes([...values.threshold, ...values.failOn]),
    ...(isIdle
      ? [
        { level: "warning", text: "Without --fail-on the comparison with the baseline cannot fail" } as const,
      ]
      : []),
  ];
}
