/**
 * Snapshots as JSON: histograms as their sums and a list of counts in which a number below 0 stands for that many
 * empty buckets; `Infinity` as `null`. Reading back gives the same snapshot, bucket by bucket and bit by bit.
 *
 * ```text
 * [count, min, max, sum, sumOfSquares, offset, [3, 1, -12, 7]]   3, 1, twelve zeros, 7
 * ```
 *
 * @module
 */
import * as v from "valibot";
import { EMPTY_HISTOGRAM, type HistogramData, indexOfValue } from "./histogram.ts";
import {
  type Detail,
  type Phase,
  PHASES,
  type Snapshot,
  type StepStats,
  type ThreadHealth,
} from "./snapshot.ts";
import {
  type CounterSpec,
  RUN_COUNTERS,
  RUN_DISTRIBUTIONS,
  type RunCounts,
  STEP_COUNTERS,
  STEP_DISTRIBUTIONS,
  THREAD_COUNTERS,
} from "./measures.ts";
import type { LoggedRequest } from "./request_log.ts";
import { count, dictionary, flag, list, maybe, number, type Schema, shape, text } from "../lib/shape.ts";

/** One more than the index of the largest value. */
const MAX_BUCKETS = indexOfValue(2 ** 32 - 1) + 1;

/** A snapshot, or anything that holds some, as JSON text. */
export function snapshotText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => isHistogram(part) ? packed(part) : part);
}

function isHistogram(part: unknown): part is HistogramData {
  return typeof part === "object" && part !== null && "sumOfSquares" in part && "counts" in part;
}

type Packed = readonly [number, number, number, number, number, number, readonly number[]];

function packed({ count, min, max, sum, sumOfSquares, offset, counts }: HistogramData): Packed {
  const runs: number[] = [];
  let zeros = 0;
  for (let i = 0; i < counts.length; i++) {
    const n = counts[i]!;
    if (n === 0) zeros++;
    else {
      if (zeros > 0) runs.push(-zeros);
      zeros = 0;
      runs.push(n);
    }
  }
  return [count, min, max, sum, sumOfSquares, offset, runs];
}

const signed = v.pipe(v.number(), v.safeInteger());
const sum = v.pipe(v.number(), v.finite(), v.minValue(0));

const packedSchema = v.strictTuple([
  count,
  sum,
  sum,
  sum,
  sum,
  v.pipe(count, v.maxValue(MAX_BUCKETS - 1)),
  v.pipe(v.array(signed), v.maxLength(MAX_BUCKETS)),
]);

const histogram = v.pipe(
  packedSchema,
  v.check(isConsistent, "Histogram whose parts contradict each other"),
  v.transform((parts) => unpacked(parts)),
) as unknown as Schema<HistogramData>;

/** Whether extremes, counts and their positions belong together; checked before anything is allocated for them. */
function isConsistent([total, min, max, , , offset, runs]: v.InferOutput<typeof packedSchema>): boolean {
  let length = 0;
  let seen = 0;
  for (const run of runs) {
    length += run < 0 ? -run : 1;
    seen += run < 0 ? 0 : run;
    if (run === 0 || length > MAX_BUCKETS) return false;
  }
  if (total === 0) return runs.length === 0;
  return seen === total && min <= max && max < 2 ** 32 && indexOfValue(min) === offset &&
    indexOfValue(max) === offset + length - 1 && (runs[0] ?? 0) > 0;
}

function unpacked([total, min, max, sum, sumOfSquares, offset, runs]: Packed): HistogramData {
  if (total === 0) return EMPTY_HISTOGRAM;
  const counts = new Float64Array(indexOfValue(max) - offset + 1);
  let at = 0;
  for (const run of runs) {
    if (run < 0) at -= run;
    else counts[at++] = run;
  }
  return { count: total, min, max, sum, sumOfSquares, offset, counts };
}

const phases = shape<Record<Phase, HistogramData>>()(
  Object.fromEntries(PHASES.map((phase) => [phase, histogram])) as Record<Phase, Schema<HistogramData>>,
);

/** One schema for each name of a part of the catalogue. */
function schemasFor<Specs extends object, T>(
  specs: Specs,
  schemaOf: (spec: CounterSpec) => Schema<T>,
): { readonly [K in keyof Specs]: Schema<T> } {
  const entries = Object.entries(specs).map(([name, spec]) =>
    [name, spec.isOptional ? maybe(schemaOf(spec)) : schemaOf(spec)] as const
  );
  return Object.fromEntries(entries) as { readonly [K in keyof Specs]: Schema<T> };
}

const counter = ({ unit }: CounterSpec) => unit === "ms" ? number : count;
const runCounters = schemasFor(RUN_COUNTERS, counter);

const stepStats = shape<StepStats>()({
  step: count,
  ...schemasFor(STEP_COUNTERS, counter),
  ...schemasFor(STEP_DISTRIBUTIONS, () => histogram),
  run: maybe(shape<RunCounts>()(runCounters)),
  phases: maybe(phases as Schema<Readonly<Record<Phase, HistogramData>>>),
  statuses: dictionary(count),
  failures: dictionary(count),
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
  loopLag: histogram,
  ...schemasFor(THREAD_COUNTERS, counter),
});

/** A time that is `Infinity` in a snapshot of nothing. */
const timeOrNever = v.pipe(v.nullable(number), v.transform((ms) => ms ?? Infinity)) as unknown as Schema<
  number
>;

/** What {@linkcode snapshotText} made of a snapshot, parsed as JSON. */
export const snapshotSchema: Schema<Snapshot> = shape<Snapshot>()({
  seq: count,
  fromMs: timeOrNever,
  toMs: number,
  ...runCounters,
  ...schemasFor(RUN_DISTRIBUTIONS, () => histogram),
  threads: list(threadHealth, 100_000),
  protocols: dictionary(count),
  limits: dictionary(count),
  addresses: dictionary(count),
  details: list(detail, 1000),
  requests: list(loggedRequest, 1_000_000),
  steps: list(stepStats, 100_000),
});
