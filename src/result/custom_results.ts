/**
 * What the user's code counted, as reports and thresholds read it: metrics with names of its own, and checks.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import { formatCount, formatRate, formatShare } from "../lib/number_format.ts";
import type { Metric, Unit } from "../metrics/catalog.ts";
import { type CustomStats, trendPercentile } from "../metrics/custom_metrics.ts";
import type { Stats } from "../metrics/stats.ts";
import type { RunResult } from "./run_result.ts";

/** Fields of a custom metric that thresholds name. */
const FIELD = /^(?:count|rate|value|min|max|avg|mean|median|p\d{1,2}(?:\.\d{1,3})?)$/;

/** The name under which thresholds find all checks together. */
export const ALL_CHECKS = "checks";

/** Whether a word names a field. */
export function isCustomField(word: string): boolean {
  return FIELD.test(word);
}

/** One field of a metric of the user's, or of a check of that name, as thresholds read metrics. */
export function customMetric(name: string, field: string, isPercent: boolean): Metric {
  return {
    key: `${name} ${field}`,
    unit: isPercent ? "%" : unitOf(field),
    better: "higher",
    read: (stats) => {
      const value = readField(stats, name, field);
      return value === undefined ? undefined : isPercent ? value * 100 : value;
    },
    isAtLeast: () => false,
  };
}

/** Numbers with decimals have the look of rates. */
function unitOf(field: string): Unit {
  return field === "count" ? "1" : "1/s";
}

function readField(
  { custom = {}, checks = {}, durationMs }: Stats,
  name: string,
  field: string,
): number | undefined {
  const metric = Object.hasOwn(custom, name) ? custom[name] : undefined;
  if (metric !== undefined) return fieldOf(metric, field, durationMs);
  const judged = name === ALL_CHECKS
    ? Object.values(checks)
    : Object.hasOwn(checks, name)
    ? [checks[name]!]
    : [];
  const passed = judged.reduce((sum, check) => sum + check.passed, 0);
  const all = judged.reduce((sum, check) => sum + check.passed + check.failed, 0);
  if (all === 0) return undefined;
  return field === "count" ? all : field === "rate" ? passed / all : undefined;
}

/** A field of a metric; `undefined` where its kind has none of that name. */
function fieldOf(metric: CustomStats, field: string, durationMs: number): number | undefined {
  const { kind, count, sum, min, max, last } = metric;
  switch (field) {
    case "count":
      return kind === "counter" ? sum : count;
    case "rate":
      return kind === "rate"
        ? sum / count
        : kind === "counter" && durationMs > 0
        ? sum / durationMs * 1000
        : undefined;
    case "value":
      return kind === "gauge" ? last : undefined;
    case "min":
      return kind === "gauge" || kind === "trend" ? min : undefined;
    case "max":
      return kind === "gauge" || kind === "trend" ? max : undefined;
    case "avg":
    case "mean":
      return kind === "trend" ? sum / count : undefined;
    default:
      return trendPercentile(metric, field === "median" ? 50 : Number(field.slice(1)));
  }
}

/** A metric or check in words. */
export interface CustomLine {
  /** As the code names it; not escaped. */
  readonly name: string;
  readonly text: string;
  readonly isBad?: true;
}

/** All checks, those that failed first. */
export function checkLines({ total: { checks = {} } }: Pick<RunResult, "total">): readonly CustomLine[] {
  return Object.entries(checks).toSorted(([, a], [, b]) => Number(b.failed > 0) - Number(a.failed > 0))
    .map(([name, { passed, failed }]) => {
      const all = passed + failed;
      return failed === 0 ? { name, text: `${formatCount(all)} passed` } : {
        name,
        text: `${formatCount(failed)} of ${formatCount(all)} failed (${formatShare(failed, all)})`,
        isBad: true,
      };
    });
}

/** All metrics of the user's, by name. */
export function metricLines(
  { total: { custom = {} }, durationMs }: Pick<RunResult, "total" | "durationMs">,
): readonly CustomLine[] {
  return Object.entries(custom).map(([name, metric]) => ({ name, text: textOf(metric, durationMs) }));
}

function textOf(metric: CustomStats, durationMs: number): string {
  const { kind, count, sum, min, max, last } = metric;
  const number = (value: number) => Number.isInteger(value) ? formatCount(value) : formatRate(value);
  switch (kind) {
    case "counter":
      return `${number(sum)}${durationMs > 0 ? `  (${formatRate(sum / durationMs * 1000)} per second)` : ""}`;
    case "gauge":
      return `${number(last)}  (from ${number(min)} to ${number(max)})`;
    case "rate":
      return `${formatShare(sum, count)}  (${formatCount(sum)} of ${formatCount(count)})`;
    case "trend": {
      const at = (percentile: number) => number(trendPercentile(metric, percentile) ?? 0);
      return `mean ${number(sum / count)}  p50 ${at(50)}  p95 ${at(95)}  max ${number(max)}  (${
        formatCount(count)
      } values)`;
    }
  }
}

/** Lines of a terminal's table. */
export function paddedLines(
  lines: readonly CustomLine[],
  paintBad: (text: string) => string,
): readonly string[] {
  const names = lines.map(({ name }) => escapeTerminal(name));
  const width = Math.min(Math.max(0, ...names.map(({ length }) => length)), 40);
  return lines.map(({ text, isBad }, i) => `  ${names[i]!.padEnd(width)}  ${isBad ? paintBad(text) : text}`);
}
