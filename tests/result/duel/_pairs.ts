/** Pairs of a duel that were never fought: requests with latencies drawn at random. */
import { Histogram } from "../../../src/metrics/histogram.ts";
import { EMPTY_SNAPSHOT } from "../../../src/metrics/snapshot.ts";
import type { DuelBlock, DuelPair } from "../../../src/result/duel/duel_block.ts";
import type { Noise } from "../../_support/noise.ts";
import { stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const PLAN = planFor("http://a.test/", { kind: "duration", connections: 10, durationMs: 500 });

/** A server, as one side has it. */
export interface Fighter {
  readonly meanMs: number;
  /** Of 1. */
  readonly errorShare?: number;
}

/**
 * A pair whose two blocks share how busy the machine is. `requests`: of each block.
 * @param second how much slower the side is that comes second
 * @param spoilt the share of blocks that are three times slower
 */
export function pairOf(
  noise: Noise,
  { a, b, requests = 400, second = 1.02, spoilt = 0 }: {
    readonly a: Fighter;
    readonly b: Fighter;
    readonly requests?: number;
    readonly second?: number;
    readonly spoilt?: number;
  },
): DuelPair {
  const busy = Math.exp(0.1 * noise.gauss());
  const first = noise.fraction() < 0.5 ? "a" : "b";
  const block = ({ meanMs, errorShare = 0 }: Fighter, side: "a" | "b"): DuelBlock => {
    const spoils = spoilt > 0 && noise.fraction() < spoilt ? 3 : 1;
    const slow = busy * spoils * (side === first ? 1 : second) * Math.exp(0.01 * noise.gauss());
    const histogram = new Histogram();
    let sumMs = 0;
    for (let i = 0; i < requests; i++) {
      const ms = meanMs * slow * (0.5 + 0.5 * noise.exponential());
      sumMs += ms;
      histogram.record(ms * 1000);
    }
    const failed = Math.round(requests * errorShare);
    const step = stepOf({ latency: histogram.take(), succeeded: requests - failed, failed });
    return {
      result: { plan: PLAN, total: { ...EMPTY_SNAPSHOT, steps: [step] }, durationMs: sumMs / 10 },
      cpuSec: requests * 1e-4 * slow,
    };
  };
  return { a: block(a, "a"), b: block(b, "b"), first };
}
