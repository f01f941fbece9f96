/**
 * A duel: short runs of two plans in pairs, the order in each pair drawn, until enough is known or the time is up.
 *
 * ```text
 * A B   A B   B A   A B   B A   B A   …       each letter: a warm-up that is left out, then a measured block
 * ```
 *
 * @module
 */
import { Random } from "../lib/random.ts";
import { lastingFor } from "../plan/load_kinds.ts";
import type { LoadSpec, RunPlan } from "../plan/run_plan.ts";
import type { DuelBlock, DuelPair, Side } from "../result/duel/duel_block.ts";

/** What a duel does next. */
export interface DuelTurn {
  readonly side: Side;
  readonly plan: RunPlan;
}

/** How a duel goes on. */
export interface DuelCourse {
  readonly blockMs: number;
  readonly blockWarmupMs: number;
  readonly seed: number;
  /** Whether another pair is to be measured after these. */
  goesOn(pairs: readonly DuelPair[]): boolean;
}

/** Orders of a duel come from a stream that no user draws from. */
const ORDER_STREAM = 2 ** 35;

/**
 * Yields runs and takes what they measured; returns the pairs. What is handed `undefined` for a turn ends at once: half a
 * pair is none. Both runs of a pair have the same seed, so that they make the same random choices.
 */
export function* duel(
  plans: Readonly<Record<Side, RunPlan>>,
  { blockMs, blockWarmupMs, seed, goesOn }: DuelCourse,
): Generator<DuelTurn, readonly DuelPair[], DuelBlock | undefined> {
  const random = new Random(seed, ORDER_STREAM);
  const pairs: DuelPair[] = [];
  while (goesOn(pairs)) {
    const first = random.fraction() < 0.5 ? "a" : "b";
    const blocks: Partial<Record<Side, DuelBlock>> = {};
    for (const side of first === "a" ? ["a", "b"] as const : ["b", "a"] as const) {
      const plan = blockPlan(plans[side], { blockMs, warmupMs: blockWarmupMs, seed: seed + pairs.length });
      const block = yield { side, plan };
      if (block === undefined) return pairs;
      blocks[side] = block;
    }
    pairs.push({ a: blocks.a!, b: blocks.b!, first });
  }
  return pairs;
}

/** A plan for so long. */
export function blockPlan(
  plan: RunPlan,
  { blockMs, warmupMs, seed }: {
    readonly blockMs: number;
    readonly warmupMs: number;
    readonly seed: number;
  },
): RunPlan {
  return { ...plan, load: lastingFor(plan.load, blockMs), warmupMs, seed: seed % 2 ** 32 };
}

/** What about each kind of load cannot be cut into blocks that are alike; `undefined`: it can. */
const UNFIT: {
  readonly [Kind in LoadSpec["kind"]]: (
    load: Extract<LoadSpec, { readonly kind: Kind }>,
  ) => string | undefined;
} = {
  duration: () => undefined,
  users: ({ stages, rampUpMs }) => stages === undefined && rampUpMs === 0 ? undefined : "a load that grows",
  rate: ({ pacer, amount, arrivals }) =>
    pacer.kind === "constant" && amount === undefined && arrivals !== "recorded"
      ? undefined
      : "a rate that changes or a number of requests",
  scenarios: () => "several loads",
  requests: () => "a number of requests",
};

/** Why a plan's load cannot be cut into blocks; `undefined`: it can. */
export function unfitForBlocks({ load }: RunPlan): string | undefined {
  return (UNFIT[load.kind] as (load: LoadSpec) => string | undefined)(load);
}
