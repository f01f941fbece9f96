/**
 * How many users a load keeps busy.
 *
 * @module
 */
import type { LoadSpec, RunPlan } from "../plan/run_plan.ts";

/** Users, or in an open loop connections, that a load has at the most. */
export function usersOf(load: LoadSpec): number {
  switch (load.kind) {
    case "duration":
    case "requests":
      return load.connections;
    case "users":
      return load.users;
    case "rate":
      return load.maxConnections;
  }
}

/** Connections that a plan's users need at the most: one each, or with HTTP/2 one for so many. */
export function connectionsOf({ load, client }: Pick<RunPlan, "load" | "client">): number {
  return Math.ceil(usersOf(load) / (client.streams ?? 1));
}
