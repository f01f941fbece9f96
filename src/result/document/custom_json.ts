/**
 * What the user's code counted, as the JSON document has it.
 *
 * @module
 */
import { type Checks, type CustomStats, trendPercentile } from "../../metrics/custom_metrics.ts";
import type { RunResult } from "../run_result.ts";

/** A metric of the user's in the JSON document. */
export interface CustomMetricJson {
  /** `counter`, `gauge`, `rate` or `trend`. */
  readonly type: string;
  /** Values that were added. */
  readonly count: number;
  /** Counters: their sum. Gauges: the last value. Rates: the share that was true, from 0 to 1. Trends: the mean. */
  readonly value: number;
  /** Counters: per second. */
  readonly rate?: number;
  /** Gauges and trends. */
  readonly min?: number;
  /** Gauges and trends. */
  readonly max?: number;
  /** Trends. */
  readonly p50?: number;
  /** Trends. */
  readonly p95?: number;
  /** Trends. */
  readonly p99?: number;
}

/** What the user's code counted, in the JSON document. */
export interface CustomJson {
  /** Metrics of the user's code by name; absent without any. */
  readonly custom_metrics?: Readonly<Record<string, CustomMetricJson>>;
  /** Checks by name: how often each held and did not; absent without any. */
  readonly checks?: Checks;
}

/** What the user's code counted. */
export function customJson(
  { total: { custom, checks }, durationMs }: Pick<RunResult, "total" | "durationMs">,
): CustomJson {
  return {
    ...(custom && {
      custom_metrics: Object.fromEntries(
        Object.entries(custom).map(([name, metric]) => [name, jsonOf(metric, durationMs)]),
      ),
    }),
    ...(checks && { checks }),
  };
}

function jsonOf(metric: CustomStats, durationMs: number): CustomMetricJson {
  const { kind, count, sum, min, max, last } = metric;
  const base = { type: kind, count };
  switch (kind) {
    case "counter":
      return { ...base, value: sum, ...(durationMs > 0 && { rate: rounded(sum / durationMs * 1000) }) };
    case "gauge":
      return { ...base, value: last, min, max };
    case "rate":
      return { ...base, value: rounded(sum / count) };
    case "trend": {
      const at = (percentile: number) => rounded(trendPercentile(metric, percentile) ?? 0);
      return { ...base, value: rounded(sum / count), min, max, p50: at(50), p95: at(95), p99: at(99) };
    }
  }
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
