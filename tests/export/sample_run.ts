/**
 * A small made-up run for exporters: 1,000 requests over two seconds, latencies of 1 to 1,000 ms, 10 errors.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, Histogram } from "../../src/metrics/histogram.ts";
import {
  appendSnapshot,
  EMPTY_SNAPSHOT,
  EMPTY_STEP_STATS,
  type Snapshot,
} from "../../src/metrics/snapshot.ts";
import type { Tick } from "../../src/metrics/tick.ts";
import type { ExportContext, ExportFrame } from "../../src/export/exporter.ts";
import { exportOptions, type ExportValues } from "../../src/export/export_options.ts";
import { metricRows } from "../../src/export/metric_rows.ts";

/** When the run started, in ms since 1970. */
export const START_MS = 1_700_000_000_000;

/** The second with this number, with 500 requests and 5 errors: 1 to 500 ms, then 501 to 1,000 ms. */
export function windowOf(second: number): Snapshot {
  const latency = new Histogram();
  for (let i = 1; i <= 500; i++) latency.record((second * 500 + i) * 1000);
  return {
    ...EMPTY_SNAPSHOT,
    seq: second,
    fromMs: second * 1000,
    toMs: (second + 1) * 1000,
    steps: [{ ...EMPTY_STEP_STATS, succeeded: 500, failed: 5, bodyBytes: 50_000, latency: latency.take() }],
  };
}

/** Every second as a tick. */
export function ticks(): readonly Tick[] {
  let total = EMPTY_SNAPSHOT;
  return [0, 1].map((second) => {
    const window = windowOf(second);
    total = appendSnapshot(total, window);
    return { atMs: window.toMs, window, total, threads: 1 };
  });
}

/** The whole run as it is exported at its end. */
export function finalFrame(extra: Partial<ExportFrame> = {}): ExportFrame {
  const total = ticks().at(-1)!.total;
  const stats = { counts: total.steps[0] ?? EMPTY_STEP_STATS, durationMs: 2000 };
  return {
    startMs: START_MS,
    timeMs: START_MS + 2000,
    rows: metricRows(stats, stats),
    latency: stats.counts.latency,
    labels: {},
    ...extra,
  };
}

/** A run in which nothing was answered. */
export function emptyFrame(): ExportFrame {
  const stats = { counts: EMPTY_STEP_STATS, durationMs: 1000 };
  return {
    startMs: START_MS,
    timeMs: START_MS + 1000,
    rows: metricRows(stats, stats),
    latency: EMPTY_HISTOGRAM,
    labels: {},
  };
}

/** Option values where nothing was asked for, and what a test sets. */
export function exportValues(given: Partial<ExportValues> = {}): ExportValues {
  const unset = Object.fromEntries(
    Object.entries(exportOptions).map(([property, option]) => [
      property,
      "repeat" in option ? [] : "default" in option ? option.default : undefined,
    ]),
  );
  return { ...unset, ...given } as ExportValues;
}

/** What exporters get, without anything special. */
export function exportContext(given: Partial<ExportContext> = {}): ExportContext {
  return { prefix: "bench", tags: {}, headers: [], environment: {}, ...given };
}
