/**
 * How many users a load keeps busy.
 *
 * @module
 */
import type { LoadSpec } from "../plan/run_plan.ts";

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
