/**
 * Runs a share of any kind of load.
 *
 * @module
 */
import type { LoadSpec, UsersLoad } from "../plan/run_plan.ts";
import { Random } from "../lib/random.ts";
import { runClosedLoop } from "./closed_loop.ts";
import type { LoadContext } from "./load_model.ts";
import { runOpenLoop } from "./open_loop.ts";

/** Applies the share's part of a load; resolves when no further iteration will start and all have ended. */
export function runLoad(load: LoadSpec, context: LoadContext): Promise<void> {
  switch (load.kind) {
    case "duration":
      return runClosedLoop({ users: load.connections, durationMs: load.durationMs, rampUpMs: 0 }, context);
    case "requests":
      return runClosedLoop({
        users: load.connections,
        durationMs: Infinity,
        rampUpMs: 0,
        ...(load.unit === "iterations" && { iterations: load.amount }),
      }, context);
    case "users":
      return runClosedLoop({
        ...load,
        ...(!context.pausesItself && { pauseMs: thinkTime(load, context.seed) }),
      }, context);
    case "rate":
      return runOpenLoop(load, context);
  }
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
