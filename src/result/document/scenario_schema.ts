/**
 * What the scenarios of a run look like in a file.
 *
 * @module
 */
import { amount, count, dictionary, list, maybe, oneOf, type Schema, shape, text } from "../../lib/shape.ts";
import { grpcSchema } from "./stream_schema.ts";
import type { ScenarioJson } from "./scenario_json.ts";
import type { SeriesJson } from "./stats_json.ts";

/** What one of them looks like in a file. */
export function scenarioSchema(series: Schema<SeriesJson>): Schema<ScenarioJson> {
  return shape<ScenarioJson>()({
    load: text,
    start_sec: amount,
    duration_sec: amount,
    latency_from: oneOf("due", "sent"),
    count,
    errors: count,
    requests_per_sec: amount,
    iterations: count,
    unfinished: count,
    template_errors: maybe(count),
    dropped: maybe(count),
    delayed: maybe(count),
    min: maybe(amount),
    max: maybe(amount),
    mean: maybe(amount),
    p50: maybe(amount),
    p95: maybe(amount),
    p99: maybe(amount),
    stdev: maybe(amount),
    at_least: maybe(list(text)),
    failed_latency: maybe(series),
    status_codes: dictionary(count),
    grpc: maybe(grpcSchema),
    error_types: dictionary(count),
  });
}
