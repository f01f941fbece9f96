/**
 * When a connection has done its part: after so many requests, or when it is so old.
 *
 * @module
 */
import type { ClientSpec } from "../../plan/client_spec.ts";

/** What limits the use of a connection. */
export type WearLimits = Pick<ClientSpec, "maxRequestsPerConnection" | "connectionLifetimeMs">;

/** Whether connections are given up while they could still be used. */
export function hasWearLimits({ maxRequestsPerConnection, connectionLifetimeMs }: WearLimits): boolean {
  return maxRequestsPerConnection !== undefined || connectionLifetimeMs !== undefined;
}

/** What watches a new connection; `null` where none is given up early. */
export function wearOf(limits: WearLimits): ConnectionWear | null {
  return hasWearLimits(limits) ? new ConnectionWear(limits) : null;
}

/** The wear of one connection. */
export class ConnectionWear {
  readonly #endMs: number;
  #left: number;

  constructor({ maxRequestsPerConnection = Infinity, connectionLifetimeMs = Infinity }: WearLimits) {
    this.#left = maxRequestsPerConnection;
    this.#endMs = performance.now() + connectionLifetimeMs;
  }

  /** Counts a request; `true`: the connection is not to be used for another. */
  isLastUse(): boolean {
    return --this.#left <= 0 || performance.now() >= this.#endMs;
  }
}
