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
import { composeChecked } from "./run/compose/compose_checked.ts";
import { localThreads } from "./run/compose/local_threads.ts";
import { MODULE_FILE } from "./run/settings/module_file.ts";
import { mainOptions, type Settings } from "./run/settings/settings.ts";
import { logIn } from "./run/conduct/log_in.ts";
import { settleTls } from "./run/compose/tls_policy.ts";
import { trustNotes } from "./run/deliver/trust_notes.ts";
import { connectionOptions } from "./client/options/connection_options.ts";
import { streamOptions } from "./client/options/stream_options.ts";
import { traceOptions } from "./client/options/trace_options.ts";
import { webSocketOptions } from "./client/options/websocket_options.ts";
import { httpOptions } from "./client/options/http_options.ts";
import { transferOptions } from "./client/options/transfer_options.ts";
import { onceOf } from "./engine/run_module_once.ts";
import { RunError } from "./lib/errors.ts";
import { keepWindows } from "./run/conduct/warmup_watch.ts";
import { withoutWarmup } from "./result/without_warmup.ts";
import { runAround } from "./run/conduct/run_around.ts";
import { wantsOwnThread } from "./client/net/choose_transport.ts";
import { runLocally } from "./fleet/coordination/run_local.ts";
import { loadOptions } from "./load/load_options.ts";
import { rateOptions } from "./load/rate_options.ts";
import { usersOptions } from "./load/users_options.ts";
import type { Tick } from "./metrics/tick.ts";
import { checkRelations } from "./options/check.ts";
import { configKeys } from "./options/names.ts";
import { type ConfigSource, resolve, type Resolved } from "./options/resolve.ts";
import { type JsonDocument, toJsonDocument } from "./result/document/json_document.ts";
import type { RunResult } from "./result/run_result.ts";
export type {
  CountSeries,
  ErrorPeriod,
  PartSeries,
  RunSeries,
  SpanSeries,
  StepSeries,
} from "./result/series/run_series.ts";
export type { ChangeKind, RunChange } from "./result/run_change.ts";
export type { SlowPhases, SlowRequest } from "./metrics/slow/slowest.ts";
export type { ServerTimings, TimingStats } from "./metrics/server_timings.ts";
export type { Exemplar } from "./metrics/trace/exemplar.ts";
export type { ServerTimeJson, SlowPhasesJson, SlowRequestJson } from "./result/server_time_json.ts";
export type { ServerTimingJson } from "./result/server_timing.ts";
export type {
  CountSeriesJson,
  ErrorPeriodJson,
  PartSeriesJson,
  RunSeriesJson,
} from "./result/document/run_series_json.ts";
import { scenarioOptions } from "./scenario/scenario_options.ts";

export type { JsonDocument, RunResult, Tick };
export { RunError, UsageError } from "./lib/errors.ts";
export type {
  AllCounters,
  CounterKey,
  NamesIn,
  RUN_COUNTERS,
  RUN_DISTRIBUTIONS,
  RunCounts,
  RunTimes,
  ShownKeyOf,
  SPAN_COUNTERS,
  SPAN_DISTRIBUTIONS,
  SPAN_KINDS,
  SpanCounts,
  SpanKind,
  SpanTimes,
  STEP_COUNTERS,
  STEP_DISTRIBUTIONS,
  StepCounts,
  StepTimes,
  THREAD_COUNTERS,
  ThreadCounts,
  ValuesIn,
} from "./metrics/measures.ts";
export type { LoggedRequest } from "./metrics/request_log.ts";
export type { HistogramData } from "./metrics/histogram.ts";
export type {
  AddressCounts,
  Detail,
  Phase,
  PHASES,
  Snapshot,
  SpanStats,
  StepStats,
  ThreadHealth,
} from "./metrics/snapshot.ts";
export type { ClientSpec, ProxySpec, ResolveRule, ShownSetting, TlsSpec } from "./plan/client_spec.ts";
export type {
  DurationLoad,
  LoadSpec,
  LogSpec,
  OnceFlows,
  RateLoad,
  RequestsLoad,
  RunPlan,
  ScenarioPart,
  ScenariosLoad,
  SingleLoad,
  UsersLoad,
  UserStages,
} from "./plan/run_plan.ts";
export type { PacerSpec } from "./plan/pacer_spec.ts";
export type { CheckRule, Comparable, Comparison, Expectation, StatusRange } from "./plan/check_rule.ts";
export type { Body, BodyPiece, ExtractRule, HeaderLine, HttpStep } from "./plan/http_step.ts";
export type {
  Block,
  ChooseBlock,
  GroupBlock,
  IfBlock,
  ParallelBlock,
  PauseSpec,
  RepeatBlock,
  Stretch,
  WhileBlock,
} from "./plan/blocks.ts";
export type { StepBase } from "./plan/step_base.ts";
export type { CodeFile, CodeModule, CodeStep } from "./plan/code_step.ts";
export type { CallMethod, ModuleCalls } from "./plan/grpc/module_calls.ts";
export type {
  Correlation,
  ExpectedClose,
  ExpectedMessage,
  SocketAction,
  SocketLoad,
  SocketMessage,
  WebSocketStep,
} from "./plan/websocket_step.ts";
export type { AuthSpec } from "./plan/auth_spec.ts";
export type { LogFields, LogFormat, ReplayStep } from "./plan/replay_step.ts";
export type {
  GroupedStats,
  GroupName,
  GroupStats,
  MEASURE_GROUPS,
  MeasureGroup,
} from "./metrics/measure_groups.ts";
export type { CustomJson, CustomMetricJson } from "./result/document/custom_json.ts";
export type {
  CounterSpec,
  DistributionSpec,
  ShownSpec,
  ShownTimesSpec,
} from "./metrics/declared/measure_specs.ts";
export type {
  STREAM_COUNTERS,
  STREAM_DISTRIBUTIONS,
  TOKEN_COUNTERS,
  TOKEN_DISTRIBUTIONS,
} from "./metrics/declared/stream_measures.ts";
export type { WEBSOCKET_COUNTERS, WEBSOCKET_DISTRIBUTIONS } from "./metrics/declared/websocket_measures.ts";
export type { CertificateJson, TlsHandshakesJson } from "./result/document/certificate_json.ts";
export type { OpenLoopJson } from "./result/document/open_loop_json.ts";
export type { ScenarioJson } from "./result/document/scenario_json.ts";
export type { FurtherJson, GrpcJson, StreamsJson, TokensJson } from "./result/document/stream_json.ts";
export type { TimesJson } from "./result/document/times_json.ts";
export type { WebSocketJson } from "./result/document/websocket_json.ts";
export type { GoodputLimits, STREAM_KINDS, StreamKind, StreamSpec, TokenSpec } from "./plan/stream_spec.ts";
export type { GrpcSpec } from "./plan/grpc/grpc_spec.ts";
export type {
  ProtoEnum,
  ProtoField,
  ProtoMessage,
  ProtoTypes,
  SCALAR_TYPES,
  ScalarType,
} from "./plan/grpc/proto_types.ts";
export type { FoundSteps } from "./metrics/found_steps.ts";
export type {
  Checks,
  CheckStats,
  CUSTOM_KINDS,
  CustomKind,
  CustomMetrics,
  CustomStats,
} from "./metrics/custom_metrics.ts";
export type { DataSet, DataValue, Flow, Scenario, Step } from "./plan/scenario.ts";
export type { SocketsUsed } from "./result/sockets_used.ts";
export type { ExpectJson } from "./result/document/expect_json.ts";
export type { ComparisonJson, RuleJson } from "./result/document/comparison_json.ts";
export type { HistogramJson } from "./result/document/histogram_json.ts";
export type {
  AbortJson,
  ChangeJson,
  ClientHealthJson,
  CountersJson,
  SCHEMA_VERSION,
} from "./result/document/json_document.ts";
export type { ConfigSnapshot, GivenSetting, Note, ThresholdVerdict } from "./result/outcome.ts";
export type { Abort, ClientHealth, FleetSummary, LostWorker, UntilVerdict } from "./result/run_result.ts";
export type { UntilJson } from "./result/verdict/until_json.ts";
export type { Unit } from "./metrics/catalog.ts";
export type { TimelinePercentile, TimelinePoint } from "./result/series/timeline_point.ts";
export type { SavedBaseline, SavedPlan, SavedRun, SavedSocketLoad } from "./result/document/saved_run.ts";
export type { PeerCertificate } from "./metrics/peer_certificate.ts";
export type { FindingKind } from "./result/trust.ts";
export type { ThreadJson, TrustJson } from "./result/document/trust_json.ts";
export type {
  BreakdownJson,
  LatencyJson,
  PhaseJson,
  SeriesJson,
  SpanJson,
  StepJson,
} from "./result/document/stats_json.ts";
export type { TimelineJson } from "./result/document/timeline_json.ts";

/** What a load test needs. All but the URL has the command's defaults. */
export interface RunOptions {
  /** Absolute `http:` or `https:` URL; may be absent where a scenario names its own. */
  readonly url?: string;
  /**
   * Options of the command by the names of its configuration file, such as `connections: 50`, `duration: "10s"` or
   * `header: ["Accept: text/html"]`. Those that say what becomes of a result (reports, verdicts, exports), and those of
   * searches and fleets, are the command's alone and are refused. With `scenario: "shop.ts"` the module's own `options`
   * count where these say nothing; those of them that are the command's alone, such as thresholds, are left out.
   */
  readonly [option: string]: unknown;
  /** Ends the load early; the result is marked as interrupted. */
  readonly signal?: AbortSignal;
  /** Called once a second with what was seen. What it throws ends the load, and `run` rejects with it. */
  readonly onTick?: (tick: Tick) => void;
}

/**
 * Runs a load test.
 *
 * @throws {UsageError} with every problem of the options, before any load is sent.
 * @throws {RunError} when a scenario's setup fails, before any load; when its teardown does, with the result as its cause.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { url, signal, onTick, ...values } = options;
  const module = await readModuleOptions(values["scenario"]);
  const resolved = resolve(mainOptions, {
    config: { name: "options", values },
    ...(module && { module }),
    alsoKnown: ["url"],
  });
  const target = url ?? module?.values["url"];
  const settings: Settings = {
    ...resolved,
    problems: [
      ...resolved.problems,
      ...checkRelations(mainOptions, resolved),
      ...commandOnlyProblems(resolved),
    ],
    operands: target === undefined ? [] : [String(target)],
    options: mainOptions,
  };
  const composed = await composeChecked(settings, { warn: () => {} });
  const { plan: settled, certificate } = await settleTls(composed, settings.values);
  const { plan } = await logIn(settled);
  const broken = new AbortController();
  const observe = (tick: Tick) => {
    if (broken.signal.aborted) return;
    try {
      onTick?.(tick);
    } catch (error) {
      broken.abort(error);
    }
  };
  const ending = AbortSignal.any(signal ? [signal, broken.signal] : [broken.signal]);
  let unclean: string | undefined;
  const around = {
    once: onceOf(plan),
    signal: ending,
    setupTimeoutMs: settings.values.setupTimeout,
    warn: (sentence: string) => unclean = sentence,
  };
  const start = settings.values.warmup === "auto" ? keepWindows() : undefined;
  const whole = await runAround(plan, around, (plan) =>
    runLocally(plan, {
      threads: localThreads(plan, settings.values),
      isBusy: wantsOwnThread(plan.client),
      observers: [observe, ...(start ? [start.observe] : [])],
      signal: ending,
      ...(certificate && { certificate }),
    }));
  const result = start ? withoutWarmup(whole, start.windows).result : whole;
  if (unclean !== undefined) throw new RunError(unclean, { cause: result });
  if (broken.signal.aborted) throw broken.signal.reason;
  return result;
}

/** Properties of the options that `run` obeys. */
const OBEYED: ReadonlySet<string> = new Set([
  ...[
    loadOptions,
    rateOptions,
    usersOptions,
    httpOptions,
    transferOptions,
    connectionOptions,
    webSocketOptions,
    streamOptions,
    traceOptions,
  ].flatMap((table) => Object.keys(table)),
  ...Object.keys(scenarioOptions).filter((property) => property !== "check"),
  "urlFile",
  "verbosity",
]);

/** What a module exports as options, as far as `run` obeys it. */
async function readModuleOptions(scenario: unknown): Promise<ConfigSource | undefined> {
  if (typeof scenario !== "string" || !MODULE_FILE.test(scenario)) return undefined;
  const { loadModuleOptions } = await import("./run/settings/module_options.ts");
  const { name, values } = await loadModuleOptions(scenario);
  const ignored = new Set(
    configKeys(mainOptions).filter(({ property }) => !OBEYED.has(property)).map(({ name }) => name),
  );
  return { name, values: Object.fromEntries(Object.entries(values).filter(([key]) => !ignored.has(key))) };
}

/** A claim that nobody judges, or a file that nobody writes, must not pass for one that was. */
function commandOnlyProblems({ values, origins }: Pick<Resolved, "values" | "origins">): readonly string[] {
  return [...origins].filter(([property]) => !OBEYED.has(property) && values[property] !== false)
    .map(([, { text }]) => `${text} is an option of the command alone: run() measures and returns`);
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
