/**
 * Reads a JSON result again. The text may come from anywhere, so each field that later code relies on is checked
 * before it counts as a document; fields nobody knows are let through unread.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { jsonMistake } from "../../lib/json_error.ts";
import { type CounterKey, SHOWN_COUNTERS } from "../../metrics/measures.ts";
import { isComparisonJson } from "../verdict/comparison.ts";
import {
  type Check,
  fields,
  isAmount,
  isAnything,
  isCount,
  isFlag,
  isObject,
  isText,
  listOf,
  mapOf,
} from "./document_checks.ts";
import { type JsonDocument, SCHEMA_VERSION, type StoredDocument } from "./json_document.ts";
import { withPresentNames } from "./old_names.ts";
import { isSavedRun } from "./saved_run.ts";

/**
 * A document from its text. `name` is what messages call the file.
 * @throws {UsageError} when the text is not JSON, is no result, has a field of the wrong type, or is of a newer schema.
 */
export function readJsonDocument(text: string, name = "results"): StoredDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { line, reason } = jsonMistake(error, text);
    throw new UsageError(`Cannot read ${name}: not JSON: ${reason} on line ${line}`);
  }
  if (!isObject(value)) throw new UsageError(`Cannot read ${name}: expected a JSON object`);
  const version = value.schema_version ?? SCHEMA_VERSION;
  if (!isCount(version) || version === 0) {
    throw new UsageError(`Cannot read ${name}: "schema_version" is no whole number of at least 1`);
  }
  if (Number(version) > SCHEMA_VERSION) {
    throw new UsageError(
      `Cannot read ${name}: its schema version is ${version}, this program knows up to ${SCHEMA_VERSION}`,
    );
  }
  if (value.total_requests === undefined) {
    throw new UsageError(`Cannot read ${name}: no "total_requests", so it is not the result of a run`);
  }
  if (value.saved !== undefined) value = { ...value, saved: withPresentNames(value.saved) };
  const problems = problemsOf(value as Record<string, unknown>, name);
  if (problems.length > 0) throw new UsageError(problems);
  return value as unknown as StoredDocument;
}

function problemsOf(value: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  return Object.entries(SHAPE)
    .filter(([key, { check }]) => value[key] !== undefined && !check(value[key]))
    .map(([key, { expected }]) => `Cannot read ${name}: "${key}" is not ${expected}`);
}

/** Sparse histogram pairs, ascending, within the range that histograms have. */
const isHistogram: Check = (value) =>
  Array.isArray(value) &&
  value.every((pair, i) =>
    Array.isArray(pair) && pair.length === 2 && isCount(pair[0]) && isCount(pair[1]) &&
    pair[0] < 2 ** 32 && (i === 0 || pair[0] > value[i - 1][0])
  );

const isSeries = fields({
  count: isCount,
  min: isAmount,
  max: isAmount,
  mean: isAmount,
  "stdev?": isAmount,
  p50: isAmount,
  "p95?": isAmount,
  "p99?": isAmount,
  "at_least?": listOf(isText),
});

const isStep = fields({
  count: isCount,
  "method?": isText,
  "url?": isText,
  "errors?": isCount,
  "template_errors?": isCount,
  "unfinished?": isCount,
  "requests_per_sec?": isAmount,
  "min?": isAmount,
  "max?": isAmount,
  "mean?": isAmount,
  "median?": isAmount,
  "p50?": isAmount,
  "p95?": isAmount,
  "p99?": isAmount,
  "stdev?": isAmount,
  "at_least?": listOf(isText),
});

const isPhase = fields({
  count: isCount,
  "avg?": isAmount,
  "min?": isAmount,
  "max?": isAmount,
  "p50?": isAmount,
  "p95?": isAmount,
});

/** What each field must be, and how messages say it. A field left out here is a type error. */
const SHAPE: { readonly [K in keyof Required<JsonDocument>]: { check: Check; expected: string } } = {
  schema_version: { check: isCount, expected: "a whole number" },
  tool: { check: fields({ name: isText, version: isText }), expected: "a name and a version" },
  url: { check: isText, expected: "text" },
  started_at: { check: isText, expected: "text" },
  interrupted: { check: isFlag, expected: "true or false" },
  aborted: {
    check: fields({ threshold: isText, at_sec: isAmount, reason: isText }),
    expected: "an object of a threshold, a time and a reason",
  },
  duration_sec: { check: isAmount, expected: "a number of at least 0" },
  connections: { check: isCount, expected: "a whole number" },
  streams: { check: isCount, expected: "a whole number" },
  threads: { check: isCount, expected: "a whole number" },
  total_requests: { check: isCount, expected: "a whole number" },
  total_errors: { check: isCount, expected: "a whole number" },
  ...Object.fromEntries(
    SHOWN_COUNTERS.map(({ key }) => [key, { check: isCount, expected: "a whole number" }]),
  ) as Record<CounterKey, { check: Check; expected: string }>,
  total_bytes: { check: isAmount, expected: "a number of at least 0" },
  extract_failures: { check: isCount, expected: "a whole number" },
  redirects_followed: { check: isCount, expected: "a whole number" },
  stream_waits: { check: isCount, expected: "a whole number" },
  stream_limit: { check: isCount, expected: "a whole number" },
  limits_met: { check: mapOf(isCount), expected: "an object of counts" },
  expect_waits: { check: isCount, expected: "a whole number" },
  expect_wait_mean_ms: { check: isAmount, expected: "a number from 0" },
  expect_refusals: { check: isCount, expected: "a whole number" },
  requests_per_sec: { check: isAmount, expected: "a number of at least 0" },
  success_rps: { check: isAmount, expected: "a number of at least 0" },
  success_rate: { check: isAmount, expected: "a number of at least 0" },
  transfer_per_sec_bytes: { check: isAmount, expected: "a number of at least 0" },
  status_codes: { check: mapOf(isCount), expected: "an object of counts" },
  error_types: { check: mapOf(isCount), expected: "an object of counts" },
  tags: { check: mapOf(isText), expected: "an object of texts" },
  target_rps: { check: isAmount, expected: "a number of at least 0" },
  ramp_target_rps: { check: isAmount, expected: "a number of at least 0" },
  traffic_profile: { check: isText, expected: "text" },
  rate_limit_waits: { check: isCount, expected: "a whole number" },
  open_loop: {
    check: fields({
      "delayed?": isCount,
      "dropped?": isCount,
      most_in_flight: isCount,
      "start_delay?": isSeries,
    }),
    expected: "an object of counts",
  },
  latency: { check: mapOf(isAmount), expected: "an object of numbers" },
  percentiles: { check: mapOf(isAmount), expected: "an object of numbers" },
  percentiles_at_least: { check: listOf(isText), expected: "a list of names" },
  failed_latency: { check: isSeries, expected: "an object of numbers" },
  service_latency: { check: isSeries, expected: "an object of numbers" },
  step_stats: { check: mapOf(isStep), expected: "an object of steps" },
  latency_breakdown: {
    check: fields({
      "new_connections?": isCount,
      "reused_connections?": isCount,
      "dns?": isPhase,
      "connect?": isPhase,
      "tls?": isPhase,
      "ttfb?": isPhase,
      "transfer?": isPhase,
      "total?": isPhase,
    }),
    expected: "an object of phases",
  },
  http_versions: { check: mapOf(isCount), expected: "an object of counts" },
  addresses: { check: mapOf(isCount), expected: "an object of counts" },
  rps_timeline: {
    check: listOf((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isAmount)),
    expected: "a list of pairs",
  },
  timeline: {
    check: listOf(fields({
      t: isAmount,
      span: isAmount,
      requests: isCount,
      errors: isCount,
      "template_errors?": isCount,
      users: isCount,
      bytes: isAmount,
      "mean?": isAmount,
      "p50?": isAmount,
      "p95?": isAmount,
      "p99?": isAmount,
      "at_least?": listOf(isText),
    })),
    expected: "a list of windows",
  },
  histogram: { check: isHistogram, expected: "a list of ascending pairs" },
  dropped_histogram: { check: isHistogram, expected: "a list of ascending pairs" },
  unanswered_histogram: { check: isHistogram, expected: "a list of ascending pairs" },
  thresholds: {
    check: listOf(fields({ expression: isText, "actual?": isText, passed: isFlag })),
    expected: "a list of verdicts",
  },
  comparison: { check: isComparisonJson, expected: "a comparison" },
  notes: {
    check: listOf(fields({ level: (level) => level === "warning" || level === "info", text: isText })),
    expected: "a list of notes",
  },
  workers: {
    check: fields({ expected: isCount, reported: isCount }),
    expected: "an object of counts",
  },
  lost_workers: {
    check: listOf(fields({ worker: isText, at_sec: isAmount, reason: isText })),
    expected: "a list of workers",
  },
  client_health: {
    check: fields({
      cpu_user_sec: isAmount,
      cpu_system_sec: isAmount,
      "wall_sec?": isAmount,
      peak_memory_bytes: isAmount,
      cores: isCount,
      "timer_lag?": isSeries,
    }),
    expected: "an object of numbers",
  },
  trust: {
    check: fields({
      sound: isFlag,
      findings: listOf(fields({
        kind: isText,
        level: (level) => level === "warning" || level === "info",
        text: isText,
      })),
      samples: isCount,
      percentile_samples: mapOf(isCount),
      "cpu_share?": isAmount,
      "clock_resolution_sec?": isAmount,
      "delayed?": isCount,
      "dropped?": isCount,
      reconnects: isCount,
      threads: listOf(fields({
        thread: isCount,
        "busy_share?": isAmount,
        "core_wait_share?": isAmount,
        "stood_still_sec?": isAmount,
        "timer_lag?": isSeries,
      })),
    }),
    expected: "an object with findings and figures",
  },
  certificate: {
    check: fields({
      trusted: isFlag,
      "reason?": isText,
      "subject?": isText,
      "issuer?": isText,
      "valid_to?": isText,
      "protocol?": isText,
      "cipher?": isText,
    }),
    expected: "an object of texts",
  },
  warmup: { check: fields({ duration_sec: isAmount, requests: isCount }), expected: "an object of numbers" },
  config: { check: mapOf(isAnything), expected: "an object" },
  definitions: { check: mapOf(isText), expected: "an object of texts" },
  saved: { check: isSavedRun, expected: "a run that this release can read" },
};
