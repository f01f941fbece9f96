/**
 * What a duel is made of: short runs of either side, two of them a pair, and the numbers that are read from them.
 *
 * @module
 */
import type { Metric, Unit } from "../../metrics/catalog.ts";
import { valueBetweenRanks } from "../../metrics/histogram.ts";
import { addStepStats } from "../../metrics/snapshot.ts";
import { attemptsOf, errorsOf, samplesOf, samplesToResolve, type Stats } from "../../metrics/stats.ts";
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
  /** The value over some blocks of one side; `undefined` when it was not measured. */
  read(blocks: readonly DuelBlock[]): DuelValue | undefined;
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

/** How many values are to lie beyond a percentile. */
const MIN_BEYOND = 5;

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
    read: (blocks) => {
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
    },
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

/** The number in the name of a latency percentile. */
function percentileIn(key: string): number | undefined {
  const text = /^p([\d.]+)$/.exec(key)?.[1];
  return text === undefined ? key === "median_latency" ? 50 : undefined : Number(text);
}

/** What blocks come to, for those who ask for it more than once: every metric, after every pair. */
const known = new WeakMap<object, Stats>();

/** All blocks as one; `undefined` when they have no such part. */
function pooledStats(blocks: readonly DuelBlock[], part: PartName | undefined): Stats | undefined {
  if (part !== undefined) return sumOf(blocks.flatMap(({ result }) => partStats(result, part) ?? []));
  const key = blocks.length === 1 ? blocks[0]! : blocks;
  const stats = known.get(key) ??
    (blocks.length === 1
      ? overallStats(blocks[0]!.result)
      : sumOf(blocks.map((block) => pooledStats([block], part)!)));
  if (stats !== undefined) known.set(key, stats);
  return stats;
}

function sumOf(all: readonly Stats[]): Stats | undefined {
  return all.length === 0 ? undefined : all.reduce((a, b) => ({
    counts: addStepStats(a.counts, b.counts),
    durationMs: a.durationMs + b.durationMs,
  }));
}
