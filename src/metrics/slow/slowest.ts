/**
 * The slowest requests of a step, one by one: the few that a percentile only counts.
 *
 * @module
 */

/** Requests kept of each step. */
export const MAX_SLOWEST = 5;
/** Steps whose slowest requests are kept. */
export const MAX_SLOWEST_STEPS = 100;

/** One request. Times in ms. */
export interface SlowRequest {
  /** When it was due, or started in a closed loop; since the run's start. */
  readonly atMs: number;
  /** From due to sent; 0 in a closed loop. */
  readonly waitMs: number;
  /** From due to the last byte; without a whole response, how long was waited for it. */
  readonly latencyMs: number;
  /** 0 without a response. */
  readonly status: number;
  /** Name of the failure, error status or broken check; empty for a success. */
  readonly failure: string;
  /** The server's address; empty where it is not known. */
  readonly address: string;
  /** It opened a connection. */
  readonly isConnecting: boolean;
}

/** What is read of an exchange; times in ms of one clock. */
export interface SlowExchange {
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly address: string;
  readonly connects: number;
}

/** Keeps the slowest of a step in one thread. */
export class SlowestRequests {
  /** The slowest so far, the slowest first, on the clock of the exchanges. */
  #kept: SlowRequest[] = [];
  /** Those of them that were not handed over. */
  #fresh: SlowRequest[] = [];

  /** Takes one that is slower than the last of those kept; gives what another one has to be slower than, in µs. */
  note(exchange: SlowExchange, failure: string): number {
    const { dueMs, startMs, endMs, status, address, connects } = exchange;
    const request = {
      atMs: dueMs,
      waitMs: startMs - dueMs,
      latencyMs: endMs - dueMs,
      status,
      failure,
      address,
      isConnecting: connects > 0,
    };
    this.#kept = slowestOf(this.#kept, [request]);
    this.#fresh = slowestOf(this.#fresh, [request]);
    return this.#kept.length < MAX_SLOWEST ? -1 : this.#kept.at(-1)!.latencyMs * 1000;
  }

  /** Hands over what has come since the last time; `zeroMs`: the run's start. */
  take(zeroMs: number): readonly SlowRequest[] {
    const fresh = this.#fresh.map((request) => ({ ...request, atMs: request.atMs - zeroMs }));
    this.#fresh = [];
    return fresh;
  }
}

/** The slowest of both, the slowest first. */
export function slowestOf(a: readonly SlowRequest[], b: readonly SlowRequest[]): SlowRequest[] {
  return [...a, ...b].sort(bySlowness).slice(0, MAX_SLOWEST);
}

/** The same order whoever comes first. */
function bySlowness(x: SlowRequest, y: SlowRequest): number {
  return y.latencyMs - x.latencyMs || x.atMs - y.atMs || (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1);
}
