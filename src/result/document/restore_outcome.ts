/**
 * A judged run from its JSON result, as reports read it: the same reports can be made of it.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { comparisonOfJson } from "./comparison_json.ts";
import type { StoredDocument } from "./json_document.ts";
import { readPywrkr } from "../foreign/json_files.ts";
import type { Outcome } from "../outcome.ts";
import type { RunResult } from "../run_result.ts";
import type { TimelinePercentile, TimelinePoint } from "../series/timeline_point.ts";
import { type ReadBaseline, restoreRun } from "./saved_run.ts";
import { seriesOfJson } from "./run_series_json.ts";
import type { TimelineJson } from "./timeline_json.ts";

/**
 * The outcome that a document was made of. `name` is what messages call the file.
 * @throws {UsageError} when the document holds too little, because another program wrote it.
 */
export function restoreOutcome(document: StoredDocument, name: string): Outcome {
  const { saved, timeline = [], series, config = {}, tags = {}, thresholds = [], notes = [] } = document;
  const { settings, baseline_run: before } = document;
  if (saved === undefined) {
    throw new UsageError(
      readPywrkr(document) !== undefined
        ? `Cannot use ${name}: pywrkr wrote it, and it holds neither histograms nor a line for each second, which bench ` +
          "needs to render runs; bench compare and --baseline read it"
        : `Cannot use ${name}: it has no "saved" part, which bench writes with --json`,
    );
  }
  const steps = saved.plan.flows.reduce((sum, flow) => sum + flow.steps.length, 0);
  const result = restoredRun({ saved, timeline, ...(series && { series }) });
  if (result.total.steps.some(({ step }) => step >= steps)) {
    throw new UsageError(`Cannot render ${name} again: it counts requests of steps that it does not name`);
  }
  return {
    result,
    config,
    ...(settings && { settings }),
    tags,
    thresholds,
    ...(document.comparison && { comparison: comparisonOfJson(document.comparison) }),
    ...(before && { before: restoredRun(before) }),
    notes,
    undelivered: false,
    distrusted: config.strict_trust === true && document.trust?.sound === false,
  };
}

function restoredRun(
  { saved, timeline, series }: ReadBaseline,
): RunResult {
  const restored = restoreRun(saved, timeline.map(timelinePoint));
  return series === undefined ? restored : { ...restored, series: seriesOfJson(series) };
}

/** Times that were whole µs become exactly what they were. */
function timelinePoint(
  { t, span, requests, errors, users, bytes, template_errors, at_least: bounds, ...more }: TimelineJson,
): TimelinePoint {
  const ms = Object.entries({
    meanMs: more.mean,
    p50Ms: more.p50,
    p95Ms: more.p95,
    p99Ms: more.p99,
    startDelayP99Ms: more.start_delay_p99,
  });
  return {
    fromMs: Math.round(t * 1000),
    toMs: Math.round((t + span) * 1000),
    requests,
    errors,
    ...(template_errors !== undefined && { unfilled: template_errors }),
    users,
    bodyBytes: bytes,
    ...Object.fromEntries(
      ms.flatMap(([key, sec]) => sec === undefined ? [] : [[key, Math.round(sec * 1e6) / 1000]]),
    ),
    ...(more.bytes_sent !== undefined && { bytesSent: more.bytes_sent }),
    ...(more.in_flight !== undefined && { inFlight: more.in_flight }),
    ...(more.iterations !== undefined && { iterations: more.iterations }),
    ...(bounds && { atLeast: bounds as TimelinePercentile[] }),
  };
}
