/**
 * The public JSON result: what `--json` writes and what comparison, summary and later reports read again. Seconds,
 * bytes and counts; names and roundings are part of the interface and only ever added to.
 *
 * @module
 */
import { type CustomJson, customJson } from "./custom_json.ts";
import { connectionsOf } from "../../plan/load_kinds.ts";
import { type ExpectJson, expectJson } from "./expect_json.ts";
import { VERSION } from "../../lib/version.ts";
import { type CounterKey, PLAIN_COUNTERS } from "../../metrics/measures.ts";
import { loopLagOf, type Snapshot, type StepStats } from "../../metrics/snapshot.ts";
import type { RunChange } from "../run_change.ts";
import { type SocketsUsed, socketsUsed, tlsUsed } from "../sockets_used.ts";
import {
  bytesPerSecond,
  endedOf,
  errorsOf,
  requestsPerSecond,
  shownCount,
  successesPerSecond,
  successRatePercent,
} from "../../metrics/stats.ts";
import { type CertificateJson, certificateJson, type TlsHandshakesJson } from "./certificate_json.ts";
import { type ComparisonJson, toComparisonJson } from "./comparison_json.ts";
import { definitionsOf, firstUrl, isUrlList } from "../describe_run.ts";
import { type HistogramJson, histogramJson } from "./histogram_json.ts";
import type { ConfigSnapshot, GivenSetting, Note, Outcome, ThresholdVerdict } from "../outcome.ts";
import { overallStats, type RunResult } from "../run_result.ts";
import { type RunSeriesJson, runSeriesJson } from "./run_series_json.ts";
import {
  type ReadBaseline,
  type ReadRun,
  saveBaseline,
  type SavedBaseline,
  type SavedRun,
  saveRun,
} from "./saved_run.ts";
import {
  atLeastKeys,
  type BreakdownJson,
  breakdownJson,
  type LatencyJson,
  latencyJson,
  percentilesJson,
  type SeriesJson,
  seriesJson,
  serviceJson,
  type SpanJson,
  spansJson,
  type StepJson,
  stepsJson,
} from "./stats_json.ts";
import { openLoopFields, type OpenLoopJson } from "./open_loop_json.ts";
import { type ScenarioJson, scenariosJson } from "./scenario_json.ts";
import { type TimelineJson, timelineJson } from "./timeline_json.ts";
import { present, rounded } from "../../lib/json/present.ts";
import { type ServerTimeJson, serverTimeJson } from "../server_time_json.ts";
import { type FurtherJson, furtherJson } from "./stream_json.ts";
import { type TrustJson, trustJson } from "./trust_json.ts";
import { type UntilJson, untilJson } from "../verdict/until_json.ts";
import { type WebSocketJson, webSocketJson } from "./websocket_json.ts";

/** The version of the document's shape; files without one count as 1. Since 2 there are series. */
export const SCHEMA_VERSION = 2;

/** What the load generator itself used. */
export interface ClientHealthJson {
  /** CPU seconds of the process in its own code, all threads together. */
  readonly cpu_user_sec: number;
  /** CPU seconds that the system spent for the process. */
  readonly cpu_system_sec: number;
  /** Seconds over which CPU was counted: the starting of threads and a warm-up are in them. */
  readonly wall_sec?: number;
  /** Largest resident memory seen, looked at once a second. */
  readonly peak_memory_bytes: number;
  /** Logical CPUs of the machine. */
  readonly cores: number;
  /** Whose sockets carried the connections: the C library's (native), or the platform's. */
  readonly sockets?: SocketsUsed;
  /** Who made TLS: `OpenSSL` with its version, or the `platform`; absent without any. */
  readonly tls?: string;
  /** How late the generator's own timers fired, in seconds. */
  readonly timer_lag?: SeriesJson;
}

/** Why a run was ended before its time. */
export interface AbortJson {
  /** The threshold that was not met. */
  readonly threshold: string;
  /** Since the run's start. */
  readonly at_sec: number;
  /** What was measured by then. */
  readonly reason: string;
}

/** A change of the load, or a marked moment. */
export interface ChangeJson {
  /** Since the run's start. */
  readonly at_sec: number;
  /** What was done. */
  readonly kind: RunChange["kind"];
  /** Of several scenarios, the one that was changed; absent: the whole run was. */
  readonly scenario?: string;
  /** The new rate per second, or the new number of users. */
  readonly value?: number;
  /** What was said about it. */
  readonly note?: string;
}

/** Counters by the names under which users know them, as `src/metrics/measures.ts` declares them. */
export type CountersJson = Readonly<Record<CounterKey, number>>;

/** The result of one run. */
export interface JsonDocument extends CountersJson, ExpectJson, CustomJson, FurtherJson, ServerTimeJson {
  /** Raised only when a reader of older documents would be misled. */
  readonly schema_version: typeof SCHEMA_VERSION;
  /** The program that measured, and its release. */
  readonly tool: { readonly name: string; readonly version: string };
  /** The first step's URL, credentials masked. */
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  /** The run was ended early. */
  readonly interrupted: boolean;
  /** A threshold ended the run early, and the exit code is 2. */
  readonly aborted?: AbortJson;
  /** What the run went on for, and how well it is known; absent: nothing was asked for. */
  readonly until?: readonly UntilJson[];
  /** What was done to the run while it went on; absent: nothing. */
  readonly changes?: readonly ChangeJson[];
  /** From the common start to the end of the last request; at least the planned time unless interrupted. */
  readonly duration_sec: number;
  /** Connections or users at most; with a rate this is a cap, and `connections_opened` tells how many were needed. */
  readonly connections: number;
  /** HTTP/2: requests in flight on each connection at most; absent without it. */
  readonly streams?: number;
  /** Load threads that were started, 1 or more. */
  readonly threads: number;
  /** Requests that ended, errors included. */
  readonly total_requests: number;
  /**
   * Of `total_requests`: no whole response, an error status, or a failed check or extraction; besides, `template_errors`,
   * which are not among `total_requests`.
   */
  readonly total_errors: number;
  /** Answer bodies as they travelled. */
  readonly total_bytes: number;
  /** Values that were to be extracted and were not in their response; several can be of one request. */
  readonly extract_failures: number;
  /** Redirects followed, each a request of its own to the server; absent unless they were to be followed. */
  readonly redirects_followed?: number;
  /** Requests that waited for a stream, since the server allows fewer than were asked for; only with HTTP/2. */
  readonly stream_waits?: number;
  /** How many streams it allowed at a time on a connection; absent unless requests waited. */
  readonly stream_limit?: number;
  /**
   * How often the client did not keep what a server sent, since it was beyond a limit: `cookie_bytes`, `domain_cookies`,
   * `user_cookies` (RFC 6265, 6.1), `body_bytes`, `pattern_characters`; absent when none was met.
   */
  readonly limits_met?: Readonly<Record<string, number>>;
  /** `total_requests` over `duration_sec`, two decimals. */
  readonly requests_per_sec: number;
  /** Successful requests over `duration_sec`, two decimals. */
  readonly success_rps: number;
  /** Successful requests in percent of all, steps that could not be filled in included; absent when nothing ended. */
  readonly success_rate?: number;
  /** `total_bytes` over `duration_sec`, two decimals. */
  readonly transfer_per_sec_bytes: number;
  /** Whole responses by status. */
  readonly status_codes: Readonly<Record<string, number>>;
  /** Errors by kind, error statuses as `HTTP 503`. */
  readonly error_types: Readonly<Record<string, number>>;
  /** What one response held where a check failed, by the check's key in `error_types`; masked. */
  readonly error_found?: Readonly<Record<string, string>>;
  /** Labels that the user gave the run; absent without any. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Open loop: iterations per second that were asked for, at the beginning of a ramp. */
  readonly target_rps?: number;
  /** Open loop: iterations per second at the end of a ramp; absent without one. */
  readonly ramp_target_rps?: number;
  /** Open loop: the rate curve in words; absent for a plain rate. */
  readonly traffic_profile?: string;
  /** Open loop: times that a thread waited for the next arrival to be due. */
  readonly rate_limit_waits?: number;
  /** Absent in a closed loop. */
  readonly open_loop?: OpenLoopJson;
  /** Absent without a single success. */
  readonly latency?: LatencyJson;
  /** `p50` … `p99.99`, in seconds; only those that the sample resolves. */
  readonly percentiles?: Readonly<Record<string, number>>;
  /** Keys of `percentiles`, and `median` or `max`, whose true value is what is given or more. */
  readonly percentiles_at_least: readonly string[];
  /** Responses that count as errors. */
  readonly failed_latency?: SeriesJson;
  /** Open loop: successful requests from the actual sending. */
  readonly service_latency?: SeriesJson;
  /** By step name; with a scenario or a URL list. */
  readonly step_stats?: Readonly<Record<string, StepJson>>;
  /** Several scenarios side by side, by name; absent: there was one load. */
  readonly scenario_stats?: Readonly<Record<string, ScenarioJson>>;
  /** Passes through flows by the flow's name: from the start to the end of the last step; with a scenario. */
  readonly iteration_stats?: Readonly<Record<string, SpanJson>>;
  /** Groups of steps by name; absent without any. */
  readonly group_stats?: Readonly<Record<string, SpanJson>>;
  /** Absent unless phases were timed. */
  readonly latency_breakdown?: BreakdownJson;
  /** Whole responses by protocol: `1.0`, `1.1` or `2`. */
  readonly http_versions: Readonly<Record<string, number>>;
  /** Requests by server address. */
  readonly addresses?: Readonly<Record<string, number>>;
  /** Seconds since the start, and the requests that ended in the window that began then. */
  readonly rps_timeline: readonly (readonly [sec: number, count: number])[];
  /** One entry a second, in order; the last may be shorter. */
  readonly timeline: readonly TimelineJson[];
  /** What steps, groups, statuses and errors did over time; absent: made of a file of an earlier program. */
  readonly series?: RunSeriesJson;
  /** Latency of successful requests. */
  readonly histogram: HistogramJson;
  /** How long requests without a whole response were waited for. */
  readonly unanswered_histogram?: HistogramJson;
  /** Open loop: how long arrivals that never started had waited. */
  readonly dropped_histogram?: HistogramJson;
  /** In the order given; empty without any. */
  readonly thresholds: readonly ThresholdVerdict[];
  /** Absent without a baseline. */
  readonly comparison?: ComparisonJson;
  /** Absent where nothing of the run is WebSocket. */
  readonly websocket?: WebSocketJson;
  /** What could make the numbers mislead, or explains them. */
  readonly notes: readonly Note[];
  /** The workers of a distributed run; absent when the load came from one process. */
  readonly workers?: { readonly expected: number; readonly reported: number };
  /** Load threads or nodes that stopped reporting; empty when all went well. */
  readonly lost_workers: readonly {
    /** Such as `thread 2`, counted from 1. */
    readonly worker: string;
    /** Since the run's start; 0 when it was lost before. */
    readonly at_sec: number;
    /** The error's message, as it came. */
    readonly reason: string;
  }[];
  /** Tells whether the machine that measured was itself the limit. */
  readonly client_health: ClientHealthJson;
  /** How well the load generator kept up, and what that says about the numbers. */
  readonly trust: TrustJson;
  /** Absent over plain HTTP, or when no handshake came about. */
  readonly certificate?: CertificateJson;
  /** TLS handshakes that began anew, and those that resumed a session; absent where the transport does not tell. */
  readonly tls_handshakes?: TlsHandshakesJson;
  /** Load before the measurement, in no other number. */
  readonly warmup?: { readonly duration_sec: number; readonly requests: number };
  /** Of the settings, what was given, in words; absent for a run from a program. */
  readonly settings?: readonly GivenSetting[];
  /** The settings that were used, by option name, secrets masked; empty for a run from a program. */
  readonly config: ConfigSnapshot;
  /** What the numbers mean, by term. */
  readonly definitions: Readonly<Record<string, string>>;
  /** The baseline that charts show beside the run; absent without one. */
  readonly baseline_run?: SavedBaseline;
  /** What reports are rendered from again; its shape may change with the program. */
  readonly saved: SavedRun;
}

/** A document as read from a file: one total is certain, older files lack the rest. */
export type StoredDocument =
  & Partial<Omit<JsonDocument, "saved" | "baseline_run" | "schema_version">>
  & Pick<JsonDocument, "total_requests">
  & { readonly saved?: ReadRun; readonly baseline_run?: ReadBaseline }
  & { readonly schema_version?: 1 | typeof SCHEMA_VERSION };

/** An outcome as the public document. */
export function toJsonDocument(outcome: Outcome): JsonDocument {
  const { result } = outcome;
  const { plan, total } = result;
  const stats = overallStats(result);
  const { counts } = stats;
  const successRate = successRatePercent(counts);
  const hasSteps = plan.scenario.name !== undefined || isUrlList(plan);
  return present<JsonDocument>({
    schema_version: SCHEMA_VERSION,
    tool: { name: "bench", version: VERSION },
    url: firstUrl(plan),
    started_at: new Date(result.startedAtMs).toISOString(),
    interrupted: result.interrupted,
    aborted: result.aborted && {
      threshold: result.aborted.expression,
      at_sec: rounded(result.aborted.atMs / 1000, 3),
      reason: result.aborted.reason,
    },
    until: result.until?.map(untilJson),
    changes: result.changes?.map(({ atMs, ...change }) =>
      present<ChangeJson>({ at_sec: rounded(atMs / 1000, 3), ...change })
    ),
    duration_sec: rounded(result.durationMs / 1000, 3),
    connections: connectionsOf(plan),
    streams: plan.client.http2 ? plan.client.streams ?? 1 : undefined,
    threads: result.threads,
    total_requests: endedOf(counts),
    total_errors: errorsOf(counts),
    total_bytes: counts.bodyBytes,
    ...countersJson(counts),
    extract_failures: extractFailures(counts.failures),
    redirects_followed: plan.client.maxRedirects > 0 ? total.redirects : undefined,
    stream_waits: plan.client.http2 ? total.streamWaits : undefined,
    stream_limit: total.streamWaits > 0 ? total.streamLimit : undefined,
    limits_met: unlessEmpty(total.limits),
    ...expectJson(result),
    requests_per_sec: rounded(requestsPerSecond(stats) ?? 0, 2),
    success_rps: rounded(successesPerSecond(stats) ?? 0, 2),
    success_rate: successRate === undefined ? undefined : rounded(successRate, 4),
    transfer_per_sec_bytes: rounded(bytesPerSecond(stats) ?? 0, 2),
    status_codes: counts.statuses,
    error_types: counts.failures,
    error_found: unlessEmpty(total.foundInstead),
    tags: unlessEmpty(outcome.tags),
    ...openLoopFields(result),
    latency: latencyJson(counts),
    percentiles: percentilesJson(counts),
    percentiles_at_least: atLeastKeys(counts),
    failed_latency: seriesJson(counts.failedLatency),
    service_latency: serviceJson(counts),
    step_stats: hasSteps ? stepsJson(result) : undefined,
    scenario_stats: scenariosJson(result),
    ...serverTimeJson(result, counts),
    iteration_stats: spansJson(result, "iteration"),
    group_stats: spansJson(result, "group"),
    ...customJson(result),
    latency_breakdown: breakdownJson(total, counts),
    http_versions: total.protocols,
    addresses: unlessEmpty(total.addresses),
    rps_timeline: result.timeline.map((point) => [rounded(point.fromMs / 1000, 3), point.requests]),
    timeline: result.timeline.map(timelineJson),
    series: runSeriesJson(result),
    histogram: histogramJson(counts.latency),
    unanswered_histogram: counts.unanswered.count > 0 ? histogramJson(counts.unanswered) : undefined,
    dropped_histogram: counts.dropped?.count ? histogramJson(counts.dropped) : undefined,
    thresholds: outcome.thresholds,
    comparison: outcome.comparison && toComparisonJson(outcome.comparison),
    ...furtherJson(stats),
    websocket: webSocketJson(result),
    notes: outcome.notes,
    ...(result.fleet && { workers: { expected: result.fleet.nodes, reported: result.fleet.reported } }),
    lost_workers: result.lost.map(({ thread, atMs, reason }) => ({
      worker: thread,
      at_sec: rounded(atMs / 1000, 3),
      reason,
    })),
    client_health: healthJson(result, total),
    trust: trustJson(result),
    certificate: result.certificate && certificateJson(result.certificate),
    tls_handshakes: tlsUsed(result)?.handshakes,
    warmup: plan.warmupMs > 0
      ? { duration_sec: rounded(plan.warmupMs / 1000, 3), requests: result.warmupRequests ?? 0 }
      : undefined,
    settings: outcome.settings,
    config: outcome.config,
    definitions: Object.fromEntries(definitionsOf(result).map(({ key, text }) => [key, text])),
    baseline_run: outcome.before && saveBaseline(outcome.before),
    saved: saveRun(result),
  });
}

function countersJson(counts: StepStats): CountersJson {
  return Object.fromEntries(
    PLAIN_COUNTERS.map((shown) => [shown.key, shownCount(shown, counts) ?? 0]),
  ) as CountersJson;
}

function extractFailures(failures: Readonly<Record<string, number>>): number {
  return Object.entries(failures)
    .reduce((sum, [key, count]) => key.startsWith("ExtractFailure: ") ? sum + count : sum, 0);
}

function healthJson(result: RunResult, total: Snapshot): ClientHealthJson {
  const { health } = result;
  return present<ClientHealthJson>({
    cpu_user_sec: rounded(health.cpuUserSec, 3),
    cpu_system_sec: rounded(health.cpuSystemSec, 3),
    wall_sec: health.wallSec === undefined ? undefined : rounded(health.wallSec, 3),
    peak_memory_bytes: rounded(health.peakMemoryBytes, 0),
    cores: health.cores,
    sockets: socketsUsed(result),
    tls: tlsUsed(result)?.library,
    timer_lag: seriesJson(loopLagOf(total)),
  });
}

function unlessEmpty<T extends object>(record: T): T | undefined {
  return Object.keys(record).length > 0 ? record : undefined;
}
