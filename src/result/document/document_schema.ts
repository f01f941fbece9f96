/**
 * What a JSON result looks like in a file. Results of earlier releases, and of another program, lack much of it: all but
 * the total may be absent, and so may what reading relies on nowhere.
 *
 * @module
 */
import type { CheckStats } from "../../metrics/custom_metrics.ts";
import type { CustomMetricJson } from "./custom_json.ts";
import * as v from "valibot";
import {
  amount,
  anything,
  count,
  dictionary,
  flag,
  list,
  maybe,
  number,
  oneOf,
  pair,
  type Schema,
  shape,
  text,
} from "../../lib/shape.ts";
import { tolerant } from "../../lib/read_shape.ts";
import { type CounterKey, PLAIN_COUNTERS } from "../../metrics/measures.ts";
import type { ComparisonJson, RuleJson } from "./comparison_json.ts";
import type { GivenSetting, Note, ThresholdVerdict } from "../outcome.ts";
import { changeKindSchema } from "../run_change_schema.ts";
import type { HistogramJson } from "./histogram_json.ts";
import type {
  AbortJson,
  ChangeJson,
  ClientHealthJson,
  JsonDocument,
  StoredDocument,
} from "./json_document.ts";
import type { CertificateJson, TlsHandshakesJson } from "./certificate_json.ts";
import type { OpenLoopJson } from "./open_loop_json.ts";
import { scenarioSchema } from "./scenario_schema.ts";
import { slowestSchema } from "../server_time_json.ts";
import { serverTimingSchema } from "../server_time_json.ts";
import { grpcSchema, streamsSchema, tokensSchema } from "./stream_schema.ts";
import { untilJsonSchema } from "../verdict/until_json.ts";
import { webSocketSchema } from "./websocket_schema.ts";
import { runSeriesSchema } from "./run_series_json.ts";
import type { ReadBaseline } from "./saved_run.ts";
import { savedRunSchema } from "./saved_schema.ts";
import type { BreakdownJson, LatencyJson, PhaseJson, SeriesJson, SpanJson, StepJson } from "./stats_json.ts";
import type { TimelineJson } from "./timeline_json.ts";
import type { ThreadJson, TrustJson } from "./trust_json.ts";

const atLeastNames = maybe(list(text));
const level = oneOf("warning", "info");
const numbers = dictionary(amount);
const counts = dictionary(count);
const texts = dictionary(text);

const ascending = (pairs: HistogramJson) =>
  pairs.every(([us], i) => us < 2 ** 32 && (i === 0 || us > pairs[i - 1]![0]));

const histogram = v.pipe(
  list(pair(count, count)),
  v.check(ascending, "Expected pairs that ascend, below 2^32"),
) as unknown as Schema<HistogramJson>;

const series = shape<SeriesJson>()({
  count,
  min: amount,
  max: amount,
  mean: amount,
  stdev: maybe(amount),
  p50: amount,
  p95: maybe(amount),
  p99: maybe(amount),
  at_least: atLeastNames,
});

const step = shape<StepJson>()({
  method: maybe(text),
  url: maybe(text),
  count,
  errors: maybe(count),
  template_errors: maybe(count),
  unfinished: maybe(count),
  requests_per_sec: maybe(amount),
  min: maybe(amount),
  max: maybe(amount),
  mean: maybe(amount),
  median: maybe(amount),
  p50: maybe(amount),
  p95: maybe(amount),
  p99: maybe(amount),
  stdev: maybe(amount),
  at_least: atLeastNames,
  failed_latency: maybe(series),
  error_types: maybe(counts),
  grpc: maybe(grpcSchema),
  event_streams: maybe(streamsSchema),
  tokens: maybe(tokensSchema),
  server_timing: maybe(serverTimingSchema),
});

const span = shape<SpanJson>()({
  count,
  errors: count,
  min: maybe(amount),
  max: maybe(amount),
  mean: maybe(amount),
  p50: maybe(amount),
  p95: maybe(amount),
  p99: maybe(amount),
  stdev: maybe(amount),
  at_least: atLeastNames,
  failed_latency: maybe(series),
});

const phase = maybe(
  shape<PhaseJson>()({
    count,
    avg: maybe(amount),
    min: maybe(amount),
    max: maybe(amount),
    p50: maybe(amount),
    p95: maybe(amount),
  }),
);

const breakdown = shape<BreakdownJson>()({
  new_connections: maybe(count),
  reused_connections: maybe(count),
  dns: phase,
  connect: phase,
  tls: phase,
  ttfb: phase,
  transfer: phase,
  total: phase,
});

const window = shape<TimelineJson>()({
  t: amount,
  span: amount,
  requests: count,
  errors: count,
  template_errors: maybe(count),
  users: count,
  bytes: amount,
  mean: maybe(amount),
  p50: maybe(amount),
  p95: maybe(amount),
  p99: maybe(amount),
  bytes_sent: maybe(amount),
  in_flight: maybe(count),
  iterations: maybe(count),
  start_delay_p99: maybe(amount),
  at_least: atLeastNames,
});

const comparison = shape<ComparisonJson>()({
  schema_version: maybe(oneOf(1)),
  regressed: maybe(flag),
  exit_code: maybe(oneOf(0, 3)),
  baseline_sources: list(text),
  baseline_runs: maybe(count),
  confidence: number,
  config_warnings: list(text),
  metrics: list(
    shape<ComparisonJson["metrics"][number]>()({
      metric: text,
      unit: oneOf("s", "%", "1/s", "B", "B/s", "1") as Schema<string>,
      baseline: maybe(number),
      current: maybe(number),
      at_least: maybe(flag),
      baseline_at_least: maybe(flag),
      delta: maybe(number),
      change_percent: maybe(number),
      interval: maybe(pair(number, number)),
      verdict: oneOf("better", "worse", "same", "unknown") as Schema<string>,
      not_judged: maybe(text),
    }),
  ),
  rules: list(shape<RuleJson>()({ expression: text, passed: flag, unknown: maybe(flag), reason: text })),
});

const thread = shape<ThreadJson>()({
  thread: count,
  busy_share: maybe(amount),
  core_wait_share: maybe(amount),
  stood_still_sec: maybe(amount),
  timer_lag: maybe(series),
});

const trust = shape<TrustJson>()({
  sound: flag,
  findings: list(
    shape<TrustJson["findings"][number]>()({
      // Later releases know more kinds.
      kind: text as unknown as Schema<TrustJson["findings"][number]["kind"]>,
      level,
      text,
    }),
  ),
  samples: count,
  percentile_samples: counts,
  cpu_share: maybe(amount),
  clock_resolution_sec: maybe(amount),
  delayed: maybe(count),
  dropped: maybe(count),
  reconnects: count,
  threads: list(thread),
});

/** Properties that files may have in another form than they are written in. */
type FreelyRead = "saved" | "baseline_run" | "schema_version";

const document = shape<Omit<JsonDocument, FreelyRead> & Pick<StoredDocument, FreelyRead>>()({
  schema_version: maybe(oneOf(1, 2)),
  tool: maybe(shape<JsonDocument["tool"]>()({ name: text, version: text })),
  url: maybe(text),
  started_at: maybe(text),
  interrupted: maybe(flag),
  aborted: maybe(shape<AbortJson>()({ threshold: text, at_sec: amount, reason: text })),
  until: maybe(list(untilJsonSchema)),
  changes: maybe(list(
    shape<ChangeJson>()({
      at_sec: number,
      kind: changeKindSchema,
      scenario: maybe(text),
      value: maybe(amount),
      note: maybe(text),
    }),
  )),
  duration_sec: maybe(amount),
  connections: maybe(count),
  streams: maybe(count),
  threads: maybe(count),
  total_requests: count,
  total_errors: maybe(count),
  ...Object.fromEntries(PLAIN_COUNTERS.map(({ key }) => [key, maybe(count)])) as Record<
    CounterKey,
    Schema<number>
  >,
  total_bytes: maybe(amount),
  extract_failures: maybe(count),
  redirects_followed: maybe(count),
  stream_waits: maybe(count),
  stream_limit: maybe(count),
  limits_met: maybe(counts),
  expect_waits: maybe(count),
  expect_wait_mean_ms: maybe(amount),
  expect_refusals: maybe(count),
  requests_per_sec: maybe(amount),
  success_rps: maybe(amount),
  success_rate: maybe(amount),
  transfer_per_sec_bytes: maybe(amount),
  status_codes: maybe(counts),
  error_types: maybe(counts),
  error_found: maybe(texts),
  tags: maybe(texts),
  target_rps: maybe(amount),
  ramp_target_rps: maybe(amount),
  traffic_profile: maybe(text),
  rate_limit_waits: maybe(count),
  open_loop: maybe(
    shape<OpenLoopJson>()({
      delayed: maybe(count),
      dropped: maybe(count),
      most_in_flight: count,
      start_delay: maybe(series),
    }),
  ),
  latency: maybe(
    shape<LatencyJson>()({
      min: maybe(amount),
      max: maybe(amount),
      mean: maybe(amount),
      median: maybe(amount),
      stdev: maybe(amount),
    }),
  ),
  percentiles: maybe(numbers),
  percentiles_at_least: maybe(list(text)),
  failed_latency: maybe(series),
  service_latency: maybe(series),
  step_stats: maybe(dictionary(step)),
  scenario_stats: maybe(dictionary(scenarioSchema(series))),
  slowest_requests: maybe(slowestSchema),
  server_timing: maybe(serverTimingSchema),
  iteration_stats: maybe(dictionary(span)),
  group_stats: maybe(dictionary(span)),
  custom_metrics: maybe(dictionary(
    shape<CustomMetricJson>()({
      type: text,
      count,
      value: number,
      rate: maybe(number),
      min: maybe(number),
      max: maybe(number),
      p50: maybe(number),
      p95: maybe(number),
      p99: maybe(number),
    }),
  )),
  checks: maybe(dictionary(shape<CheckStats>()({ passed: count, failed: count }))),
  latency_breakdown: maybe(breakdown),
  http_versions: maybe(counts),
  addresses: maybe(counts),
  rps_timeline: maybe(list(pair(amount, amount))),
  timeline: maybe(list(window)),
  series: maybe(runSeriesSchema),
  histogram: maybe(histogram),
  unanswered_histogram: maybe(histogram),
  dropped_histogram: maybe(histogram),
  thresholds: maybe(list(
    shape<ThresholdVerdict>()({ expression: text, actual: maybe(text), passed: flag }),
  )),
  comparison: maybe(comparison),
  grpc: maybe(grpcSchema),
  event_streams: maybe(streamsSchema),
  tokens: maybe(tokensSchema),
  websocket: maybe(webSocketSchema),
  notes: maybe(list(shape<Note>()({ level, text }))),
  workers: maybe(
    shape<NonNullable<JsonDocument["workers"]>>()({ expected: count, reported: count }),
  ),
  lost_workers: maybe(list(
    shape<JsonDocument["lost_workers"][number]>()({ worker: text, at_sec: amount, reason: text }),
  )),
  client_health: maybe(
    shape<ClientHealthJson>()({
      cpu_user_sec: amount,
      cpu_system_sec: amount,
      wall_sec: maybe(amount),
      peak_memory_bytes: amount,
      sockets: maybe(oneOf("native", "platform", "native and platform")),
      tls: maybe(text),
      cores: count,
      timer_lag: maybe(series),
    }),
  ),
  trust: maybe(trust),
  tls_handshakes: maybe(shape<TlsHandshakesJson>()({ full: count, resumed: count })),
  certificate: maybe(
    shape<CertificateJson>()({
      trusted: flag,
      reason: maybe(text),
      subject: maybe(text),
      issuer: maybe(text),
      valid_to: maybe(text),
      protocol: maybe(text),
      cipher: maybe(text),
    }),
  ),
  warmup: maybe(
    shape<NonNullable<JsonDocument["warmup"]>>()({ duration_sec: amount, requests: count }),
  ),
  settings: maybe(list(shape<GivenSetting>()({ name: text, value: text, from: maybe(text) }), 10_000)),
  config: maybe(dictionary(anything)),
  definitions: maybe(texts),
  baseline_run: maybe(
    shape<ReadBaseline>()({ timeline: list(window), series: maybe(runSeriesSchema), saved: savedRunSchema }),
  ),
  saved: maybe(savedRunSchema),
});

/** A result in a file. What a later release has added is let through unread. */
export const documentSchema: Schema<StoredDocument> = tolerant<StoredDocument>(document);
