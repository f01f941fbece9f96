/**
 * A target of known behaviour for one run: what it did is counted and timed on its own side, so that what a load
 * generator says can be held against it.
 *
 * @module
 */
import { Histogram, type HistogramData, rankOf, valueAtRank } from "../metrics/histogram.ts";
import { startCuttingTarget } from "../target/cutting_target.ts";
import { startTarget, type Target } from "../target/serve.ts";

/** What kind of target a case needs. */
export type TargetSpec =
  | { readonly kind: "route"; readonly path: string }
  /** Every `every`th answer is cut off. */
  | { readonly kind: "cut"; readonly every: number };

/** What a target did. */
export interface Seen {
  readonly requests: number;
  /** Answers cut off. */
  readonly cut: number;
  /** Time from a request's arrival to its response, in ms; `undefined` without any. */
  servedMs(percentile: number): number | undefined;
  /** Messages of WebSockets that were sent back, or gaps between events. */
  readonly held: number;
  /** How long messages were held, and how long gaps were, in ms; 100: the longest. */
  heldMs(percentile: number): number | undefined;
  /** Time from a request's arrival to the first token of its response, in ms. */
  firstTokenMs(percentile: number): number | undefined;
}

/** A running target. */
export interface KnownTarget extends AsyncDisposable {
  readonly url: string;
  /** What it has done until now. */
  seen(): Seen;
}

/** Starts a target on a free loopback port. */
export function startKnownTarget(spec: TargetSpec): KnownTarget {
  const served = new Histogram();
  const held = new Histogram();
  const firstTokens = new Histogram();
  let cut = () => 0;
  let target: Target;
  if (spec.kind === "cut") {
    const cutting = startCuttingTarget(spec.every);
    target = cutting;
    cut = () => cutting.cut;
  } else {
    target = startTarget({
      port: 0,
      hostname: "127.0.0.1",
      onAnswered: (ms) => served.record(ms * 1000),
      onHeld: (ms) => held.record(ms * 1000),
      onFirstToken: (ms) => firstTokens.record(ms * 1000),
    });
  }
  const path = spec.kind === "route" ? spec.path : "/";
  return {
    url: (path.startsWith("/ws/") ? target.url.replace(/^http/, "ws") : target.url) + path,
    seen: () => {
      const times = served.take();
      const gaps = held.take();
      const firsts = firstTokens.take();
      return {
        requests: [...target.counts.values()].reduce((sum, count) => sum + count, 0),
        cut: cut(),
        servedMs: (percentile) => percentileMs(times, percentile),
        held: gaps.count,
        heldMs: (percentile) => percentileMs(gaps, percentile),
        firstTokenMs: (percentile) => percentileMs(firsts, percentile),
      };
    },
    [Symbol.asyncDispose]: () => target.close(),
  };
}

function percentileMs(times: HistogramData, percentile: number): number | undefined {
  if (times.count === 0) return undefined;
  return percentile === 100 ? times.max / 1000 : valueAtRank(times, rankOf(percentile, times.count)) / 1000;
}
