/**
 * The metrics that leave the program, under the names that receivers know. The values are the metric catalogue's.
 *
 * @module
 */
import { type CustomStats, trendPercentile } from "../metrics/custom_metrics.ts";
import { isResolved, metricFor } from "../metrics/catalog.ts";
import { FURTHER_RATES } from "../metrics/further_rates.ts";
import { PLAIN_COUNTERS, SHOWN_COUNTERS, SHOWN_TIMES, type ShownCounter } from "../metrics/measures.ts";
import { samplesOf, type Stats } from "../metrics/stats.ts";

/** A metric as receivers know it. */
export interface ExportedMetric {
  /** Without the prefix: `latency.p95`. */
  readonly key: string;
  readonly kind: "counter" | "gauge";
  /** In UCUM's notation, as OpenTelemetry wants it. */
  readonly unit: "{request}" | "{request}/s" | "1" | "1/s" | "By/s" | "s" | "ms" | "%";
  readonly help: string;
}

/** A metric with its value in its unit. */
export interface MetricRow extends ExportedMetric {
  readonly value: number;
  /** What tells it from others of the same metric; absent: there is only this one. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Where a value comes from: counters and the duration are the whole run's, the rest is the window's. */
interface Source extends ExportedMetric {
  /** Its name in the metric catalogue. */
  readonly metric: string;
  readonly over: "run" | "window";
  /** The percentile that it is; it takes a sample that can tell it. */
  readonly percentile?: number;
}

const SOURCES: readonly Source[] = [
  {
    ...{ key: "requests.total", kind: "counter", unit: "{request}", metric: "total_requests", over: "run" },
    help: "Completed requests, errors included",
  },
  {
    ...{ key: "errors.total", kind: "counter", unit: "{request}", metric: "total_errors", over: "run" },
    help: "Requests that failed, and steps that could not be filled in",
  },
  {
    ...{ key: "dropped.total", kind: "counter", unit: "{request}", metric: "dropped", over: "run" },
    help: "Arrivals that never started",
  },
  {
    ...{ key: "delayed.total", kind: "counter", unit: "{request}", metric: "delayed", over: "run" },
    help: "Arrivals that started more than 1 ms late",
  },
  ...PLAIN_COUNTERS.filter(({ isExported }) => isExported).map(counterSource),
  {
    ...{ key: "requests_per_sec", kind: "gauge", unit: "{request}/s", metric: "rps", over: "window" },
    help: "Completed requests per second",
  },
  {
    ...{ key: "success_rps", kind: "gauge", unit: "{request}/s", metric: "success_rps", over: "window" },
    help: "Successful requests per second",
  },
  {
    ...{ key: "success_rate", kind: "gauge", unit: "%", metric: "success_rate", over: "window" },
    help: "Successful requests in percent of all",
  },
  {
    ...{
      key: "transfer_bytes_per_sec",
      kind: "gauge",
      unit: "By/s",
      metric: "transfer_rate",
      over: "window",
    },
    help: "Bytes of response bodies per second",
  },
  {
    ...{ key: "duration_sec", kind: "gauge", unit: "s", metric: "duration", over: "run" },
    help: "Seconds since the start of the run",
  },
  latency("p50", "Median latency", 50),
  latency("p95", "95th percentile of latency", 95),
  latency("p99", "99th percentile of latency", 99),
  { ...latency("mean", "Mean latency of successful requests"), metric: "avg_latency" },
  { ...latency("max", "Longest latency"), metric: "max_latency" },
];

/** What leaves the program where there is something of it: measures that only some steps have. */
const FURTHER: readonly Source[] = [
  ...SHOWN_COUNTERS.filter(({ scope, isExported }) => isExported && scope !== "step" && scope !== "run")
    .map(counterSource),
  ...FURTHER_RATES.map(({ key, unit, help }): Source => ({
    key,
    kind: "gauge",
    unit: unit === "%" ? "%" : "1/s",
    help,
    metric: key,
    over: "window",
  })),
  ...SHOWN_TIMES.flatMap(({ key, label }) =>
    [50, 95, 99].map((percentile): Source => ({
      key: `${key}.p${percentile}`,
      kind: "gauge",
      unit: "ms",
      help: `${label}: percentile ${percentile}`,
      metric: `${key}_p${percentile}`,
      over: "window",
    }))
  ),
];

function counterSource({ key, help }: ShownCounter): Source {
  return { key: `${key}.total`, kind: "counter", unit: "{request}", help, metric: key, over: "run" };
}

/** The metrics of every run, in their order. */
export const EXPORTED_METRICS: readonly ExportedMetric[] = SOURCES.map(
  ({ key, kind, unit, help }) => ({ key, kind, unit, help }),
);

/** Whether a metric is the whole run's alone, and no part's. */
export function isRunMetric(key: string): boolean {
  return key === "duration_sec" || key.startsWith("custom.") || key.startsWith("checks.");
}

/** Rows by their metric, in the order of the first ones. */
export function byMetric(rows: readonly MetricRow[]): readonly (readonly [MetricRow, ...MetricRow[]])[] {
  const metrics = new Map<string, [MetricRow, ...MetricRow[]]>();
  for (const row of rows) {
    const same = metrics.get(row.key);
    if (same === undefined) metrics.set(row.key, [row]);
    else same.push(row);
  }
  return [...metrics.values()];
}

/** Values over the run so far and over a window of it; what was not measured, or is only a lower bound, is absent. */
export function metricRows(run: Stats, window: Stats): readonly MetricRow[] {
  return [...SOURCES, ...FURTHER].flatMap(({ metric, over, percentile, ...exported }) => {
    const stats = over === "run" ? run : window;
    if (percentile !== undefined && !isResolved(percentile, samplesOf(stats.counts))) return [];
    const known = metricFor(metric);
    const value = known?.isAtLeast(stats) ? undefined : known?.read(stats);
    return value === undefined ? [] : [{ ...exported, value: exported.unit === "ms" ? value * 1000 : value }];
  }).concat(customRows(run));
}

/** What checks found, and what the user's code counts, over the run so far. */
function customRows({ custom = {}, checks = {} }: Stats): readonly MetricRow[] {
  const rows = Object.entries(custom).flatMap(([name, metric]) => {
    const key = `custom.${name.replace(/[^A-Za-z0-9_]/g, "_")}`;
    const row = (suffix: string, value: number, kind: MetricRow["kind"] = "gauge"): MetricRow => ({
      key: `${key}${suffix}`,
      kind,
      unit: "1",
      help: `The module's ${metric.kind} ${JSON.stringify(name)}`,
      value,
    });
    switch (metric.kind) {
      case "counter":
        return [row(".total", metric.sum, "counter")];
      case "gauge":
        return [row("", metric.last)];
      case "rate":
        return [row(".rate", metric.sum / metric.count)];
      case "trend":
        return [
          row(".mean", metric.sum / metric.count),
          row(".max", metric.max),
          ...percentileRows(metric, row),
        ];
    }
  });
  const judged = Object.values(checks);
  return judged.length === 0 ? rows : [
    ...rows,
    ...(["passed", "failed"] as const).map((way): MetricRow => ({
      key: `checks.${way}.total`,
      kind: "counter",
      unit: "1",
      help: `Checks that ${way === "passed" ? "held" : "did not hold"}`,
      value: judged.reduce((sum, check) => sum + check[way], 0),
    })),
  ];
}

function percentileRows(
  metric: CustomStats,
  row: (suffix: string, value: number) => MetricRow,
): readonly MetricRow[] {
  return [50, 95, 99].flatMap((p) => {
    const value = trendPercentile(metric, p);
    return value === undefined ? [] : [row(`.p${p}`, value)];
  });
}

/**
 * A metric's name for Prometheus; latencies say their unit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(prometheusName("bench", { key: "latency.p95", unit: "ms" }), "bench_latency_p95_ms");
 * assertEquals(prometheusName("my.app", { key: "errors.total", unit: "{request}" }), "my_app_errors_total");
 * ```
 */
export function prometheusName(prefix: string, { key, unit }: Pick<ExportedMetric, "key" | "unit">): string {
  return `${prefix}.${key}${unit === "ms" ? ".ms" : ""}`.replaceAll(".", "_");
}

function latency(name: string, help: string, percentile?: number): Source {
  return {
    key: `latency.${name}`,
    kind: "gauge",
    unit: "ms",
    help,
    metric: name,
    over: "window",
    ...(percentile !== undefined && { percentile }),
  };
}
