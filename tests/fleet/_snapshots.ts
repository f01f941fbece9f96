/** Snapshots for tests: made up at random, and one with every field set. */
import { GRPC_COUNTERS } from "../../src/metrics/declared/grpc_measures.ts";
import { slowestOf, type SlowRequest } from "../../src/metrics/slow/slowest.ts";
import { addExemplars } from "../../src/metrics/trace/exemplar.ts";
import type { LoggedRequest } from "../../src/metrics/request_log.ts";
import fc from "fast-check";
import { Histogram, type HistogramData } from "../../src/metrics/histogram.ts";
import type { CounterSpec } from "../../src/metrics/declared/measure_specs.ts";
import {
  STREAM_COUNTERS,
  STREAM_DISTRIBUTIONS,
  TOKEN_COUNTERS,
  TOKEN_DISTRIBUTIONS,
} from "../../src/metrics/declared/stream_measures.ts";
import {
  WEBSOCKET_COUNTERS,
  WEBSOCKET_DISTRIBUTIONS,
} from "../../src/metrics/declared/websocket_measures.ts";
import {
  RUN_COUNTERS,
  RUN_DISTRIBUTIONS,
  SPAN_COUNTERS,
  SPAN_DISTRIBUTIONS,
  STEP_COUNTERS,
  STEP_DISTRIBUTIONS,
  THREAD_COUNTERS,
} from "../../src/metrics/measures.ts";
import {
  type Phase,
  PHASES,
  type Snapshot,
  spanKey,
  type SpanStats,
  type StepStats,
  type ThreadHealth,
} from "../../src/metrics/snapshot.ts";

type Full<T> = { readonly [K in keyof T]-?: T[K] };

export function histogramFrom(values: readonly number[]): HistogramData {
  const histogram = new Histogram();
  for (const us of values) histogram.record(us);
  return histogram.take();
}

const values = fc.array(
  fc.oneof(fc.nat(5000), fc.nat(2 ** 31 - 1), fc.double({ min: 0, max: 2 ** 32, noNaN: true })),
  { maxLength: 30 },
);
const histogram = values.map(histogramFrom);
const count = fc.nat();
const counts = fc.dictionary(fc.oneof(fc.constantFrom("200", "__proto__", "HTTP 503"), fc.string()), count, {
  maxKeys: 4,
});

const ms = fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const counter = ({ unit }: CounterSpec): fc.Arbitrary<number> => unit === "ms" ? ms : count;

/** One arbitrary for each name of a part of the catalogue. */
function arbitrariesFor<Specs extends object, T>(
  specs: Specs,
  arbitraryOf: (spec: CounterSpec) => fc.Arbitrary<T>,
): { [K in keyof Specs]: fc.Arbitrary<T> } {
  const entries = Object.entries(specs).map(([name, spec]) => [name, arbitraryOf(spec)]);
  return Object.fromEntries(entries) as { [K in keyof Specs]: fc.Arbitrary<T> };
}

const traceId = fc.integer({ min: 1, max: 2 ** 31 }).map((id) => id.toString(16).padStart(32, "0"));
const spanId = traceId.map((id) => id.slice(16));

const slowRequest: fc.Arbitrary<Full<SlowRequest>> = fc.record({
  atMs: fc.nat(1e6),
  waitMs: fc.nat(1e6),
  latencyMs: fc.nat(1e6),
  status: fc.nat(599),
  failure: fc.string(),
  address: fc.string(),
  isConnecting: fc.boolean(),
  connectionAgeMs: fc.nat(1e6),
  traceId,
  spanId,
  serverTiming: fc.string(),
  phases: fc.record({ dns: ms, connect: ms, tls: ms, ttfb: ms, transfer: ms }),
});

const step: fc.Arbitrary<Full<StepStats>> = fc.record({
  step: fc.nat(100),
  ...arbitrariesFor(STEP_COUNTERS, counter),
  ...arbitrariesFor(STEP_DISTRIBUTIONS, () => histogram),
  stream: fc.record({
    ...arbitrariesFor(STREAM_COUNTERS, counter),
    ...arbitrariesFor(STREAM_DISTRIBUTIONS, () => histogram),
    codes: counts,
  }),
  grpc: fc.record({
    ...arbitrariesFor(GRPC_COUNTERS, counter),
    codes: counts,
  }),
  tokens: fc.record({
    ...arbitrariesFor(TOKEN_COUNTERS, counter),
    ...arbitrariesFor(TOKEN_DISTRIBUTIONS, () => histogram),
    codes: counts,
  }),
  websocket: fc.record({
    ...arbitrariesFor(WEBSOCKET_COUNTERS, counter),
    ...arbitrariesFor(WEBSOCKET_DISTRIBUTIONS, () => histogram),
    codes: counts,
  }),
  run: fc.record(arbitrariesFor(RUN_COUNTERS, counter)),
  phases: fc.record(
    Object.fromEntries(PHASES.map((phase) => [phase, histogram])) as Record<
      Phase,
      fc.Arbitrary<HistogramData>
    >,
  ),
  statuses: counts,
  failures: counts,
  slowest: fc.array(slowRequest, { maxLength: 5 }).map((requests) => slowestOf(requests, [])),
  serverTimings: fc.dictionary(
    fc.oneof(fc.constantFrom("db", "cache;HIT", "__proto__", ""), fc.string()),
    fc.record({ count: fc.integer({ min: 1, max: 1e6 }), times: histogram }),
    { maxKeys: 3 },
  ),
});

const span: fc.Arbitrary<Full<SpanStats>> = fc.record({
  kind: fc.constantFrom("iteration" as const, "group" as const),
  name: fc.oneof(fc.constantFrom("buy", "__proto__"), fc.string()),
  ...arbitrariesFor(SPAN_COUNTERS, counter),
  ...arbitrariesFor(SPAN_DISTRIBUTIONS, () => histogram),
});

const thread: fc.Arbitrary<Full<ThreadHealth>> = fc.record({
  thread: fc.nat(100),
  loopLag: histogram,
  ...arbitrariesFor(THREAD_COUNTERS, counter),
});

const loggedRequest: fc.Arbitrary<Full<LoggedRequest>> = fc.record({
  step: fc.nat(100),
  atMs: ms,
  waitMs: ms,
  latencyMs: ms,
  status: fc.nat(999),
  failure: fc.string(),
  bodyBytes: count,
  isConnecting: fc.boolean(),
});

/** Any snapshot; the `Full` makes a forgotten field an error. */
export const anySnapshot: fc.Arbitrary<Full<Snapshot>> = fc.record({
  seq: fc.nat(100_000),
  fromMs: fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constant(Infinity)),
  toMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  ...arbitrariesFor(RUN_COUNTERS, counter),
  ...arbitrariesFor(RUN_DISTRIBUTIONS, () => histogram),
  threads: fc.uniqueArray(thread, { maxLength: 3, selector: (health) => health.thread }),
  protocols: counts,
  limits: counts,
  addresses: counts,
  foundInstead: fc.constantFrom({}, { "AssertJson: a == 1": "2" }),
  details: fc.array(fc.record({ topic: fc.string(), text: fc.string() }), { maxLength: 3 }),
  requests: fc.array(loggedRequest, { maxLength: 3 }),
  steps: fc.uniqueArray(step, { maxLength: 3, selector: (stats) => stats.step }),
  found: fc.constant({ from: 200, names: ["GET /", "log in"] }),
  custom: fc.dictionary(
    fc.string(),
    fc.record({
      kind: fc.constant("trend" as const),
      count,
      sum: count,
      min: count,
      max: count,
      last: count,
      values: histogram,
    }),
    { maxKeys: 3 },
  ),
  checks: fc.dictionary(fc.string(), fc.record({ passed: count, failed: count }), { maxKeys: 3 }),
  spans: fc.uniqueArray(span, { maxLength: 3, selector: spanKey }),
  scenarios: fc.uniqueArray(step, { maxLength: 3, selector: ({ step }) => step }),
  exemplars: fc.array(fc.record({ atMs: ms, latencyMs: fc.nat(1e6), traceId, spanId }), { maxLength: 3 })
    .map((exemplars) => addExemplars(exemplars, [])),
});

/** A snapshot with the counts of its histograms as pairs of bucket and count, for comparison. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === "counts" ? pairsOf(part as ArrayLike<number>) : plain(part),
    ]),
  );
}

function pairsOf(counts: ArrayLike<number>): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [[counts.length, 0]];
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) pairs.push([i, counts[i]!]);
  return pairs;
}

/** The same with numbers of 12 digits: sums depend on the order in which snapshots arrive, in their last digits. */
export function nearlyPlain(value: unknown): unknown {
  const rounded = (_: string, part: unknown) =>
    typeof part === "number" ? Number(part.toPrecision(12)) : part;
  return JSON.parse(JSON.stringify(plain(value), rounded));
}
