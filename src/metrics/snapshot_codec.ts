/**
 * Snapshots as JSON: histograms packed, `Infinity` as `null`. Reading back gives the same snapshot, bucket by bucket and
 * bit by bit. What is 0 or without values may be absent: earlier programs did not count it.
 *
 * @module
 */
import * as v from "valibot";
import type { HistogramData } from "./histogram.ts";
import { isHistogram, type PackedHistogram, packHistogram, unpackHistogram } from "./packed_histogram.ts";
import {
  type Detail,
  type Phase,
  PHASES,
  type Snapshot,
  type SpanStats,
  type StepStats,
  type ThreadHealth,
} from "./snapshot.ts";
import {
  RUN_COUNTERS,
  RUN_DISTRIBUTIONS,
  type RunCounts,
  SPAN_COUNTERS,
  SPAN_DISTRIBUTIONS,
  STEP_COUNTERS,
  STEP_DISTRIBUTIONS,
  THREAD_COUNTERS,
} from "./measures.ts";
import { type CheckStats, CUSTOM_KINDS, type CustomStats } from "./custom_metrics.ts";
import type { FoundSteps } from "./found_steps.ts";
import { GROUP_NAMES, type GroupName, type GroupStats, MEASURE_GROUPS } from "./measure_groups.ts";
import type { CounterSpec } from "./declared/measure_specs.ts";
import type { SlowPhases, SlowRequest } from "./slow/slowest.ts";
import type { TimingStats } from "./server_timings.ts";
import type { Exemplar } from "./trace/exemplar.ts";
import type { LoggedRequest } from "./request_log.ts";
import {
  amount,
  count,
  dictionary,
  flag,
  list,
  maybe,
  number,
  oneOf,
  type Schema,
  shape,
  text,
} from "../lib/shape.ts";

/** A snapshot, or anything that holds some, as JSON text. Of a histogram without values, only that is said. */
export function snapshotText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (!isHistogram(part)) return part;
    return part.count === 0 ? { count: 0 } : packHistogram(part);
  });
}

function orZero(schema: Schema<number>): Schema<number> {
  return v.optional(schema, 0) as unknown as Schema<number>;
}

/** A histogram as JSON. */
const histogramSchema: Schema<HistogramData> = v.pipe(
  shape<PackedHistogram>()({
    count,
    min: orZero(amount),
    max: orZero(amount),
    sum: orZero(amount),
    sumOfSquares: orZero(amount),
    buckets: v.optional(text, "") as unknown as Schema<string>,
  }),
  v.rawTransform<PackedHistogram, HistogramData>(({ dataset: { value }, addIssue, NEVER }) => {
    const histogram = unpackHistogram(value);
    if (histogram !== undefined) return histogram;
    addIssue({ message: "Expected a histogram whose parts do not contradict each other" });
    return NEVER;
  }),
);

const phases = shape<Record<Phase, HistogramData>>()(
  Object.fromEntries(PHASES.map((phase) => [phase, histogramSchema])) as Record<Phase, Schema<HistogramData>>,
);

/** One schema for each name of a part of the catalogue; what is absent is read as if it were `nothing`. */
function schemasFor<Specs extends object, T>(
  specs: Specs,
  { of: schemaOf, nothing }: { of(spec: CounterSpec): Schema<T>; readonly nothing: unknown },
): { readonly [K in keyof Specs]: Schema<T> } {
  const entries = Object.entries(specs).map(([name, spec]) => {
    const schema = schemaOf(spec);
    return [name, spec.isOptional ? maybe(schema) : v.optional(schema, nothing)] as const;
  });
  return Object.fromEntries(entries) as { readonly [K in keyof Specs]: Schema<T> };
}

const counters = { of: ({ unit }: CounterSpec) => unit === "ms" ? amount : count, nothing: 0 };
const times = { of: () => histogramSchema, nothing: { count: 0 } };
const runCounters = schemasFor(RUN_COUNTERS, counters);

const groups = Object.fromEntries(GROUP_NAMES.map((name) => {
  const { counters: counts, distributions } = MEASURE_GROUPS[name];
  const entries = {
    ...schemasFor(counts, counters),
    ...schemasFor(distributions, times),
    codes: dictionary(count),
  };
  return [name, maybe(shape<GroupStats<GroupName>>()(entries as never))];
})) as unknown as { readonly [Name in GroupName]: Schema<GroupStats<Name>> };

/** So many hexadecimal digits in lower case, as ids of traces are written. */
function hexadecimal(digits: number): Schema<string> {
  return v.pipe(text, v.regex(new RegExp(`^[\\da-f]{${digits}}$`), `Expected ${digits} hexadecimal digits`));
}

const slowRequest = shape<SlowRequest>()({
  atMs: number,
  waitMs: number,
  latencyMs: amount,
  status: count,
  failure: text,
  address: text,
  isConnecting: flag,
  connectionAgeMs: maybe(amount),
  traceId: maybe(hexadecimal(32)),
  spanId: maybe(hexadecimal(16)),
  serverTiming: maybe(text),
  phases: maybe(
    shape<SlowPhases>()({
      dns: maybe(amount),
      connect: maybe(amount),
      tls: maybe(amount),
      ttfb: maybe(amount),
      transfer: maybe(amount),
    }),
  ),
});

const exemplar = shape<Exemplar>()({
  atMs: number,
  latencyMs: amount,
  traceId: hexadecimal(32),
  spanId: hexadecimal(16),
});

const stepStats = shape<StepStats>()({
  step: count,
  ...schemasFor(STEP_COUNTERS, counters),
  ...schemasFor(STEP_DISTRIBUTIONS, times),
  ...groups,
  run: maybe(shape<RunCounts>()(runCounters)),
  phases: maybe(phases as Schema<Readonly<Record<Phase, HistogramData>>>),
  statuses: dictionary(count),
  failures: dictionary(count),
  slowest: maybe(list(slowRequest, 100)),
  serverTimings: maybe(dictionary(shape<TimingStats>()({ count, times: histogramSchema }), 1000)),
});

const spanStats = shape<SpanStats>()({
  kind: oneOf("iteration", "group"),
  name: text,
  ...schemasFor(SPAN_COUNTERS, counters),
  ...schemasFor(SPAN_DISTRIBUTIONS, times),
});

const detail = shape<Detail>()({ topic: text, text });

const loggedRequest = shape<LoggedRequest>()({
  step: count,
  atMs: number,
  waitMs: number,
  latencyMs: number,
  status: count,
  failure: text,
  bodyBytes: count,
  isConnecting: flag,
});

const threadHealth = shape<ThreadHealth>()({
  thread: count,
  loopLag: histogramSchema,
  ...schemasFor(THREAD_COUNTERS, counters),
});

const customStats = shape<CustomStats>()({
  kind: oneOf(...CUSTOM_KINDS),
  count,
  sum: number,
  min: number,
  max: number,
  last: number,
  values: maybe(histogramSchema),
  negatives: maybe(histogramSchema),
});

/** A time that is `Infinity` in a snapshot of nothing. */
const timeOrNever = v.pipe(v.nullable(number), v.transform((ms) => ms ?? Infinity)) as unknown as Schema<
  number
>;

const totalEntries = {
  seq: v.optional(count, 0) as unknown as Schema<number>,
  fromMs: timeOrNever,
  toMs: number,
  ...runCounters,
  ...schemasFor(RUN_DISTRIBUTIONS, times),
  threads: list(threadHealth, 100_000),
  protocols: dictionary(count),
  limits: v.optional(dictionary(count), {}) as unknown as Schema<Snapshot["limits"]>,
  addresses: dictionary(count),
  foundInstead: v.optional(dictionary(text), {}) as unknown as Schema<Snapshot["foundInstead"]>,
  steps: list(stepStats, 100_000),
  found: maybe(shape<FoundSteps>()({ from: count, names: list(text, 1000) })),
  custom: maybe(dictionary(customStats, 10_000)),
  checks: maybe(dictionary(shape<CheckStats>()({ passed: count, failed: count }), 10_000)),
  spans: v.optional(list(spanStats, 100_000), []) as unknown as Schema<Snapshot["spans"]>,
  scenarios: maybe(list(stepStats, 100_000)),
  exemplars: maybe(list(exemplar, 1000)),
};

/** A whole run in counts, without what single requests left behind. */
export type Total = Omit<Snapshot, "details" | "requests">;

/** A total as JSON. */
export const totalSchema: Schema<Total> = shape<Total>()(totalEntries);

/** What {@linkcode snapshotText} made of a snapshot, parsed as JSON. */
export const snapshotSchema: Schema<Snapshot> = shape<Snapshot>()({
  ...totalEntries,
  details: list(detail, 1000),
  requests: list(loggedRequest, 1_000_000),
});
