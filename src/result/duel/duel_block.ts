/**
 * What a duel is made of: short runs of either side, two of them a pair, and the numbers that are read from them.
 *
 * @module
 */
import { percentileIn } from "../../metrics/catalog.ts";
import type { Metric, Unit } from "../../metrics/catalog.ts";
import { countAtMost } from "../verdict/count_at_most.ts";
import { valueBetweenRanks } from "../../metrics/histogram.ts";
import {
  addStats,
  attemptsOf,
  errorsOf,
  samplesOf,
  samplesToResolve,
  type Stats,
} from "../../metrics/stats.ts";
import { type PartName, partStats, pathOf } from "../run_parts.ts";
import { overallStats, type RunResult } from "../run_result.ts";

/** The sides. */
export const SIDES = ["a", "b"] as const;

/** One of two. */
export type Side = (typeof SIDES)[number];

/** One short run of a side. */
export interface DuelBlock {
  readonly result: Pick<RunResult, "plan" | "total" | "durationMs">;
  /** CPU time that the server's processes used meanwhile, in seconds; absent: not measured. */
  readonly cpuSec?: number;
}

/** A run of each side, one right after the other. */
export interface DuelPair {
  readonly a: DuelBlock;
  readonly b: DuelBlock;
  /** The side that was measured first. */
  readonly first: Side;
}

/** What the sides are compared by. */
export interface DuelMeasure {
  /** As rules and tables write it. */
  readonly key: string;
  readonly unit: Unit;
  /** Which way is an improvement. */
  readonly better: Metric["better"];
  /** `ratio`: B in relation to A; `points`: B minus A, of shares in percent. */
  readonly scale: "ratio" | "points";
  /** Requests on each side without which the number says nothing. */
  readonly minSamples: number;
  /** Absent: it is no percentile of latencies. */
  readonly tail?: DuelTail;
  /** The value over some blocks of one side; `undefined` when it was not measured. */
  read(blocks: readonly DuelBlock[]): DuelValue | undefined;
}

/** A percentile of latencies: a value that a known share of requests takes longer than. */
export interface DuelTail {
  /** That share, 0 to 1. */
  readonly share: number;
  /** How many requests of some blocks took longer than so many µs, and of how many. */
  beyond(blocks: readonly DuelBlock[], us: number): { readonly count: number; readonly of: number };
}

/** A value, or a bound below which it cannot lie. */
export interface DuelValue {
  readonly value: number;
  readonly isAtLeast: boolean;
  /** Requests behind it. */
  readonly samples: number;
  /** Of a share in percent: the variance that its requests alone would give it. */
  readonly minVariance?: number;
}

/** How many values of a pair's side are to lie beyond a percentile. */
const MIN_BEYOND = 2;

/** CPU time of the server for a request. */
export const CPU_MEASURE: DuelMeasure = {
  key: "cpu",
  unit: "s",
  better: "lower",
  scale: "ratio",
  minSamples: 1,
  read: (blocks) => {
    const { counts } = pooledStats(blocks, undefined)!;
    const requests = attemptsOf(counts);
    if (requests === 0 || blocks.some(({ cpuSec }) => cpuSec === undefined)) return undefined;
    const seconds = blocks.reduce((sum, { cpuSec = 0 }) => sum + cpuSec, 0);
    return { value: seconds / requests, isAtLeast: false, samples: requests };
  },
};

/** A metric of the catalogue, of the whole run or of a part of it. */
export function measureOf(
  { metric, part }: { readonly metric: Metric; readonly part?: PartName | undefined },
): DuelMeasure {
  const percentile = percentileIn(metric.key);
  const isShare = metric.unit === "%";
  return {
    key: pathOf(metric.key, part),
    unit: metric.unit,
    better: metric.better,
    scale: isShare ? "points" : "ratio",
    minSamples: percentile === undefined ? 1 : MIN_BEYOND * samplesToResolve(Math.min(percentile, 99.99)),
    ...(percentile !== undefined && percentile < 100 && {
      tail: {
        share: 1 - percentile / 100,
        beyond: (blocks, us) => {
          const stats = pooledStats(blocks, part);
          if (stats === undefined) return { count: 0, of: 0 };
          const of = samplesOf(stats.counts);
          return { count: of - countAtMost(stats.counts.latency, us), of };
        },
      },
    }),
    read: remembered((blocks) => {
      const stats = pooledStats(blocks, part);
      const value = stats && metric.read(stats);
      if (stats === undefined || value === undefined) return undefined;
      const { counts } = stats;
      const isAtLeast = metric.isAtLeast(stats);
      const finer = percentile === undefined || isAtLeast ? undefined : between(stats, percentile);
      return {
        value: finer ?? value,
        isAtLeast,
        samples: percentile === undefined ? attemptsOf(counts) : samplesOf(counts),
        ...(isShare && { minVariance: shareVariance(stats) }),
      };
    }),
  };
}

/** Reads a single block once: every pair is asked for again after each later one. */
function remembered(read: DuelMeasure["read"]): DuelMeasure["read"] {
  const values = new WeakMap<DuelBlock, { readonly value: DuelValue | undefined }>();
  return (blocks) => {
    if (blocks.length !== 1) return read(blocks);
    const [block] = blocks;
    const seen = values.get(block!) ?? { value: read(blocks) };
    values.set(block!, seen);
    return seen.value;
  };
}

/** The percentile of answered requests between the edges of its bucket, in seconds. */
function between({ counts }: Stats, percentile: number): number | undefined {
  const rank = samplesOf(counts) * percentile / 100;
  return rank > 0 && rank <= counts.latency.count ? valueBetweenRanks(counts.latency, rank) / 1e6 : undefined;
}

/** Of the share of errors, in squared percentage points; one error more than there were, so that none is not never. */
function shareVariance({ counts }: Stats): number {
  const attempts = attemptsOf(counts) + 2;
  const share = Math.min((errorsOf(counts) + 1) / attempts, 0.5);
  return 1e4 * share * (1 - share) / attempts;
}

/** All blocks as one; `undefined` when they have no such part. */
function pooledStats(blocks: readonly DuelBlock[], part: PartName | undefined): Stats | undefined {
  if (part !== undefined) {
    return blocks.flatMap(({ result }) => partStats(result, part) ?? [])
      .reduce<Stats | undefined>((sum, stats) => sum ? addStats(sum, stats) : stats, undefined);
  }
  return statsUpTo(blocks, blocks.length);
}

/** What a block comes to, and all blocks up to it, for those who ask again: every metric, after every pair. */
const known = new WeakMap<DuelBlock, Stats>();
const knownUpTo = new WeakMap<
  DuelBlock,
  { readonly first: DuelBlock; readonly count: number; readonly stats: Stats }
>();

/** The first so many of some blocks as one. */
function statsUpTo(blocks: readonly DuelBlock[], count: number): Stats | undefined {
  let from = count;
  let sum: Stats | undefined;
  for (; from > 1; from--) {
    const seen = knownUpTo.get(blocks[from - 1]!);
    if (seen?.first !== blocks[0] || seen?.count !== from) continue;
    sum = seen.stats;
    break;
  }
  if (sum === undefined) sum = blocks[0] && statsOf(blocks[0]);
  if (sum === undefined) return undefined;
  for (let i = Math.max(from, 1); i < count; i++) {
    sum = addStats(sum, statsOf(blocks[i]!));
    knownUpTo.set(blocks[i]!, { first: blocks[0]!, count: i + 1, stats: sum });
  }
  return sum;
}

function statsOf(block: DuelBlock): Stats {
  const stats = known.get(block) ?? overallStats(block.result);
  known.set(block, stats);
  return stats;
}
