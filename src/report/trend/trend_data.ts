/**
 * What the page of a history shows, as plain data.
 *
 * @module
 */
import { VERSION } from "../../lib/version.ts";
import type { RunHistory } from "../../result/history/run_history.ts";
import { amountText, changeSentences, noChangeText, startText, valueText } from "./trend_words.ts";

/** A line over all runs. */
export interface TrendChart {
  readonly label: string;
  /** `s` is told in ms. */
  readonly unit: "1/s" | "ms" | "%";
  readonly values: readonly (number | null)[];
  readonly changes: readonly { readonly at: number; readonly text: string; readonly isBetter: boolean }[];
}

/** The page's data. */
export interface TrendData {
  readonly generator: string;
  readonly title: string;
  readonly runs: readonly { readonly started: string; readonly source: string }[];
  readonly charts: readonly TrendChart[];
  readonly changes: readonly { readonly text: string; readonly tone: "good" | "bad" }[];
  /** What to say in place of changes. */
  readonly none: string;
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly remark: string;
  };
  readonly isMixed: boolean;
}

/** The data of a history's page. */
export function trendData(history: RunHistory): TrendData {
  const { runs, metrics, isMixed } = history;
  return {
    generator: `bench ${VERSION}`,
    title: isMixed ? `${runs.length} runs` : runs[0]?.target ?? "",
    runs: runs.map(({ startedAtMs, source }) => ({ started: startText(startedAtMs), source })),
    charts: metrics.map((metric) => {
      const isTime = metric.metric.unit === "s";
      return {
        label: metric.label,
        unit: isTime ? "ms" : metric.metric.unit === "%" ? "%" : "1/s",
        values: metric.values.map((value) => value === undefined ? null : isTime ? value * 1000 : value),
        changes: metric.changes.map((change) => ({
          at: change.at,
          text: amountText(metric, change),
          isBetter: change.isBetter,
        })),
      };
    }),
    changes: changeSentences(history).map(({ text, isBetter }) => ({
      text,
      tone: isBetter ? "good" : "bad",
    })),
    none: noChangeText(history),
    table: {
      columns: ["#Run", "Started (UTC)", ...metrics.map(({ label }) => `#${label}`), "File"],
      rows: runs.map((run, i) => [
        String(i + 1),
        startText(run.startedAtMs),
        ...metrics.map((metric) => valueText(metric, i)),
        run.source,
      ]),
      remark: "Percentiles are at most 0.1% too high, as in every report.",
    },
    isMixed,
  };
}
