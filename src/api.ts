/**
 * Load tests from a program: the same engine as the command, without printing, signal handlers or exit.
 *
 * ```ts ignore
 * import { run, summarize } from "@x/bench/api";
 *
 * const result = await run({ url: "http://localhost:8080/", connections: 50, duration: "10s" });
 * const { percentiles } = summarize(result);
 * ```
 *
 * @module
 */
import { composePlan } from "./cli/compose_plan.ts";
import { LOCAL_SOURCES } from "./cli/plan_sources.ts";
import { mainOptions, type Settings } from "./cli/settings.ts";
import { settleTls } from "./cli/tls_policy.ts";
import { trustNotes } from "./cli/trust_notes.ts";
import { runLocally } from "./fleet/run_local.ts";
import { connectionsOf } from "./load/users_of.ts";
import { threadCount } from "./load/load_options.ts";
import type { RunObserver, Tick } from "./metrics/tick.ts";
import { checkRelations } from "./options/check.ts";
import { resolve } from "./options/resolve.ts";
import { type JsonDocument, toJsonDocument } from "./result/json_document.ts";
import type { RunResult } from "./result/run_result.ts";

export type { JsonDocument, RunResult, Tick };
export { RunError, UsageError } from "./lib/errors.ts";
export type { LoggedRequest } from "./metrics/request_log.ts";
export type { HistogramData } from "./metrics/histogram.ts";
export type {
  AddressCounts,
  Detail,
  Phase,
  PHASES,
  SlotHealth,
  Snapshot,
  StepStats,
} from "./metrics/snapshot.ts";
export type {
  ClientSpec,
  DurationLoad,
  LoadSpec,
  LogSpec,
  PacerSpec,
  ProxySpec,
  RateLoad,
  RequestsLoad,
  ResolveRule,
  RunPlan,
  TlsSpec,
  UsersLoad,
} from "./plan/run_plan.ts";
export type {
  Body,
  CheckRule,
  DataSet,
  ExtractRule,
  Flow,
  HeaderLine,
  Scenario,
  Step,
} from "./plan/scenario.ts";
export type { ComparisonJson } from "./result/comparison.ts";
export type { HistogramJson } from "./result/histogram_json.ts";
export type {
  AbortJson,
  CertificateJson,
  ClientHealthJson,
  OpenLoopJson,
  SCHEMA_VERSION,
} from "./result/json_document.ts";
export type { ConfigSnapshot, Note, ThresholdVerdict } from "./result/outcome.ts";
export type { Abort, ClientHealth, FleetSummary, LostSlot, TimelinePoint } from "./result/run_result.ts";
export type { SavedPlan, SavedRun } from "./result/saved_run.ts";
export type { PeerCertificate } from "./metrics/peer_certificate.ts";
export type { FindingKind } from "./result/trust.ts";
export type { ThreadJson, TrustJson } from "./result/trust_json.ts";
export type {
  BreakdownJson,
  LatencyJson,
  PhaseJson,
  SeriesJson,
  StepJson,
  TimelineJson,
} from "./result/stats_json.ts";

/** What a load test needs. All but the URL has the command's defaults. */
export interface RunOptions {
  /** Absolute `http:` or `https:` URL. */
  readonly url: string;
  /**
   * Options of the command by the names of its configuration file, such as `connections: 50`, `duration: "10s"` or
   * `header: ["Accept: text/html"]`.
   */
  readonly [option: string]: unknown;
  /** Ends the load early; the result is marked as interrupted. */
  readonly signal?: AbortSignal;
  /** Called once a second with what was seen. */
  readonly onTick?: (tick: Tick) => void;
}

/**
 * Runs a load test.
 *
 * @throws {UsageError} with every problem of the options, before any load is sent.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { url, signal, onTick, ...values } = options;
  const resolved = resolve(mainOptions, { config: { name: "options", values } });
  const settings: Settings = {
    ...resolved,
    problems: [...resolved.problems, ...checkRelations(mainOptions, resolved)],
    operands: [url],
    options: mainOptions,
  };
  const composed = await composePlan(settings, LOCAL_SOURCES);
  const { plan, certificate } = await settleTls(composed, settings.values);
  const observers: RunObserver[] = onTick ? [onTick] : [];
  const threads = threadCount(settings.values.threads, {
    cores: navigator.hardwareConcurrency,
    users: connectionsOf(plan),
  });
  return await runLocally(plan, {
    threads,
    observers,
    ...(signal && { signal }),
    ...(certificate && { certificate }),
  });
}

/** A result as the document that `--json` writes. */
export function summarize(result: RunResult): JsonDocument {
  return toJsonDocument({
    result,
    config: {},
    tags: {},
    thresholds: [],
    notes: trustNotes(result),
    undelivered: false,
  });
}
