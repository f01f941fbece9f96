/**
 * The history of runs in words: for the terminal, and for the page.
 *
 * @module
 */
import { MIN_RUNS_OF_LEVEL } from "../../result/history/change_points.ts";
import { NOT_MEASURED } from "../../lib/number_format.ts";
import { formatMetricValue } from "../../metrics/catalog.ts";
import type { HistoryChange, HistoryMetric, RunHistory } from "../../result/history/run_history.ts";

/** `2026-11-20 14:05`, UTC. */
export function startText(startedAtMs: number): string {
  return new Date(startedAtMs).toISOString().slice(0, 16).replace("T", " ");
}

/** A run's value of a metric. */
export function valueText({ metric, values }: HistoryMetric, run: number): string {
  const value = values[run];
  return value === undefined ? NOT_MEASURED : formatMetricValue(value, metric.unit);
}

/** `+12.3%`; of rates in percent, `+1.20 points`. */
export function amountText({ metric }: HistoryMetric, { before, after }: HistoryChange): string {
  const sign = after > before ? "+" : "";
  if (metric.unit === "%") return `${sign}${(after - before).toFixed(2)} points`;
  return `${sign}${((after / before - 1) * 100).toFixed(1)}%`;
}

/** One sentence a change, in the order of the runs. */
export function changeSentences({ runs, metrics }: RunHistory): readonly {
  readonly text: string;
  readonly isBetter: boolean;
}[] {
  return metrics.flatMap((metric) => metric.changes.map((change) => ({ metric, change })))
    .sort((a, b) => a.change.at - b.change.at)
    .map(({ metric, change }) => {
      const run = runs[change.at]!;
      const [before, after] = [change.before, change.after].map((value) =>
        formatMetricValue(value, metric.metric.unit)
      );
      return {
        text:
          `${metric.label}: ${amountText(metric, change)} (${before} to ${after}) from run ${
            change.at + 1
          }, ` +
          `${startText(run.startedAtMs)}, ${run.source}`,
        isBetter: change.isBetter,
      };
    });
}

/** What is said where nothing has changed. */
export function noChangeText({ runs }: RunHistory): string {
  return runs.length < 2 * MIN_RUNS_OF_LEVEL
    ? `Changes are looked for in ${2 * MIN_RUNS_OF_LEVEL} runs and more.`
    : "No change that is more than noise.";
}
