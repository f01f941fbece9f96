/**
 * The loads side by side that a plan is made of, each as a plan of its own: what runs one load runs them all.
 *
 * @module
 */
import { connectionsOf, loadFacts } from "../load_kinds.ts";
import type { RunPlan, SingleLoad } from "../run_plan.ts";
import type { Share } from "../share.ts";

/** One load with its flows. */
export interface PlanPart {
  /** Its position among the parts. */
  readonly index: number;
  /** The part as if it were all; its steps count from 0. */
  readonly plan: RunPlan & { readonly load: SingleLoad };
  /** Position of its first step among those of the whole plan. */
  readonly firstStep: number;
  /** Number of its first user among those of the whole plan. */
  readonly firstUser: number;
  /** Number of its first connection: users who share one stay together. */
  readonly firstConnection: number;
  /** How many it has at most. */
  readonly connections: number;
  /** When it starts, since the run's start. */
  readonly startMs: number;
}

/** Keeps what parts draw apart: a fraction of 2^32 that no small number is a multiple of. */
const SEED_STEP = 0x9e3779b9;

/** The parts of a plan; of a plan with a single load, that plan. */
export function planParts(plan: RunPlan): readonly PlanPart[] {
  const { load, scenario, client, seed } = plan;
  const loads = loadFacts(load).parts;
  const first = { index: 0, firstStep: 0, firstUser: 0, firstConnection: 0, startMs: 0 };
  if (loads === undefined) {
    return [{ ...first, plan: { ...plan, load: load as SingleLoad }, connections: Infinity }];
  }
  const parts: PlanPart[] = [];
  let [firstFlow, firstStep, firstConnection] = [0, 0, 0];
  const { streams = 1 } = client;
  for (const [index, part] of loads.entries()) {
    const connections = connectionsOf({ load: part.load, client });
    const flows = scenario.flows.slice(firstFlow, firstFlow + part.flows);
    parts.push({
      index,
      plan: {
        ...plan,
        load: part.load,
        scenario: { ...scenario, flows },
        seed: (seed + index * SEED_STEP) % 2 ** 32,
        // Who comes later has nothing to warm up with.
        ...(part.startMs > 0 && { warmupMs: 0 }),
      },
      firstStep,
      firstUser: firstConnection * streams,
      firstConnection,
      connections,
      startMs: part.startMs,
    });
    firstFlow += part.flows;
    firstStep += flows.reduce((sum, { steps }) => sum + steps.length, 0);
    firstConnection += connections;
  }
  return parts;
}

/** The names of the scenarios that the flows of a plan belong to, in their order; nothing for a plan with a single load. */
export function scenariosOfFlows({ load }: Pick<RunPlan, "load">): readonly string[] {
  return (loadFacts(load).parts ?? []).flatMap(({ name, flows }) => new Array<string>(flows).fill(name));
}

/**
 * A thread's share of a part: connections are dealt out through all parts, so that small ones are not all in the first thread.
 * `undefined`: the part has fewer connections than there are threads, and none for this one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const part = { firstConnection: 2, connections: 2 };
 * const shares = [0, 1, 2].map((index) => shareOfPart({ index, of: 3 }, part));
 * assertEquals(shares, [{ index: 1, of: 2 }, undefined, { index: 0, of: 2 }]);
 * ```
 */
export function shareOfPart(
  { index, of }: Share,
  { firstConnection, connections }: Pick<PlanPart, "firstConnection" | "connections">,
): Share | undefined {
  const own = (index + of - firstConnection % of) % of;
  return own < connections ? { index: own, of: Math.min(of, connections) } : undefined;
}
