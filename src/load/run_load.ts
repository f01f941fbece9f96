/**
 * Runs a share of any kind of load.
 *
 * @module
 */
import type { SingleLoad, UsersLoad } from "../plan/run_plan.ts";
import { Random } from "../lib/random.ts";
import { runClosedLoop } from "./closed_loop.ts";
import type { LoadContext } from "./load_model.ts";
import { runOpenLoop } from "./open_loop.ts";
import { createPacer } from "./pacer.ts";
import { periodsAbove } from "./user_stages.ts";

interface LoadDriver<Load> {
  /** Applies the share's part. */
  run(load: Load, context: LoadContext): Promise<void>;
  /** The same kind of load for a given time, from its first moment's level. */
  warmup(load: Load, durationMs: number): SingleLoad;
}

type Drivers = {
  readonly [Kind in SingleLoad["kind"]]: LoadDriver<Extract<SingleLoad, { readonly kind: Kind }>>;
};

const DRIVERS: Drivers = {
  duration: {
    run: ({ connections: users, durationMs }, context) =>
      runClosedLoop({ users, durationMs, rampUpMs: 0 }, context),
    warmup: (load, durationMs) => ({ ...load, durationMs }),
  },
  requests: {
    run: ({ connections: users, unit, amount, durationMs = Infinity }, context) =>
      runClosedLoop({
        users,
        durationMs,
        rampUpMs: 0,
        ...(unit === "iterations" && { iterations: amount }),
      }, context),
    warmup: ({ connections }, durationMs) => ({ kind: "duration", connections, durationMs }),
  },
  users: {
    run: (load, context) =>
      runClosedLoop({
        ...load,
        durationMs: load.durationMs ?? Infinity,
        ...(load.amount !== undefined && { iterations: load.amount }),
        ...(load.stages && { periodsOf: (user: number) => periodsAbove(load.stages!, user) }),
        ...(!context.pausesItself && { pauseMs: thinkTime(load, context.seed) }),
      }, context),
    warmup: ({ stages, amount: _, ...load }, durationMs) => ({
      ...load,
      ...(stages && { users: Math.max(1, stages[1]?.[1] ?? 0) }),
      rampUpMs: 0,
      durationMs,
    }),
  },
  rate: {
    run: runOpenLoop,
    warmup: ({ pacer, arrivals, maxConnections, targetRate }, durationMs) => ({
      kind: "rate",
      ...(arrivals !== undefined && { arrivals }),
      pacer: { kind: "constant", rate: createPacer(pacer).rateAt(0) },
      durationMs,
      maxConnections,
      ...(targetRate !== undefined && { targetRate }),
    }),
  },
};

function driverOf({ kind }: SingleLoad): LoadDriver<SingleLoad> {
  return DRIVERS[kind] as LoadDriver<SingleLoad>;
}

/** Applies the share's part of a load; resolves when no further iteration will start and all have ended. */
export function runLoad(load: SingleLoad, context: LoadContext): Promise<void> {
  return driverOf(load).run(load, context);
}

/** Load of the same kind to warm up with, from its first moment's level. */
export function warmupLoad(load: SingleLoad, durationMs: number): SingleLoad {
  return driverOf(load).warmup(load, durationMs);
}

/** Pauses drawn evenly from mean ± jitter, each user from a stream of its own. */
function thinkTime(load: UsersLoad, seed: number): (userNumber: number) => number {
  const streams = new Map<number, Random>();
  return (userNumber) => {
    let random = streams.get(userNumber);
    if (!random) streams.set(userNumber, random = new Random(seed, userNumber));
    return load.thinkMs * (1 + load.thinkJitter * (2 * random.fraction() - 1));
  };
}
