/**
 * The scenarios of a run with several, as JSON.
 *
 * @module
 */
import { present, rounded } from "../../lib/json/present.ts";
import { requestsPerSecond } from "../../metrics/stats.ts";
import type { RunResult } from "../run_result.ts";
import { namedScenarios } from "../scenario_parts.ts";
import { type GrpcJson, grpcJson } from "./stream_json.ts";
import { type SpanJson, spanJson } from "./stats_json.ts";

/** One of several scenarios: its own numbers, over its own time. Times in seconds, absent where nothing was measured. */
export interface ScenarioJson extends SpanJson {
  /** Its load in words. */
  readonly load: string;
  /** When it started, since the run's start. */
  readonly start_sec: number;
  /** Its own time, which rates are over. */
  readonly duration_sec: number;
  /** `due`: latency counts from when a request was due; `sent`: from when it was sent. */
  readonly latency_from: "due" | "sent";
  /** Ended requests per second. */
  readonly requests_per_sec: number;
  /** Passes that ended. */
  readonly iterations: number;
  /** Cut off by the end. */
  readonly unfinished: number;
  /** Steps that could not be filled in; absent: none. */
  readonly template_errors?: number;
  /** Open loop: arrivals that never started. */
  readonly dropped?: number;
  /** Open loop: arrivals that started more than 1 ms late. */
  readonly delayed?: number;
  /** Whole responses by status. */
  readonly status_codes: Readonly<Record<string, number>>;
  /** gRPC calls by status; absent: none were made. */
  readonly grpc?: GrpcJson;
  /** Errors by kind. */
  readonly error_types: Readonly<Record<string, number>>;
}

/** The scenarios of a run with several, by name; `undefined` of any other run. */
export function scenariosJson(result: RunResult): Readonly<Record<string, ScenarioJson>> | undefined {
  const scenarios = namedScenarios(result);
  if (scenarios.length === 0) return undefined;
  return Object.fromEntries(scenarios.map(({ name, load, startMs, isOpenLoop, stats }) => {
    const { counts, durationMs } = stats;
    return [
      name,
      present<ScenarioJson>({
        load,
        start_sec: rounded(startMs / 1000, 3),
        duration_sec: rounded(durationMs / 1000, 6),
        latency_from: isOpenLoop ? "due" : "sent",
        requests_per_sec: rounded(requestsPerSecond(stats) ?? 0, 2),
        iterations: counts.run?.iterations ?? 0,
        unfinished: counts.unfinished,
        template_errors: counts.unfilled > 0 ? counts.unfilled : undefined,
        dropped: isOpenLoop ? counts.dropped?.count ?? 0 : undefined,
        delayed: isOpenLoop ? counts.run?.delayed ?? 0 : undefined,
        status_codes: counts.statuses,
        grpc: grpcJson(counts),
        error_types: counts.failures,
        ...spanJson(stats),
      }),
    ];
  }));
}
