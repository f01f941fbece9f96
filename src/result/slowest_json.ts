/**
 * The slowest requests of each step in the JSON result.
 *
 * @module
 */
import { present, rounded } from "../lib/json/present.ts";
import { amount, count, flag, list, maybe, number, type Schema, shape, text } from "../lib/shape.ts";
import { namedSteps } from "./describe_run.ts";
import type { RunResult } from "./run_result.ts";

/** One request. Times in seconds. */
export interface SlowRequestJson {
  /** The step's name. */
  readonly step: string;
  /** When it was due, or started in a closed loop; since the run's start. */
  readonly at: number;
  /** From due to the last byte; without a whole response, how long was waited for it. */
  readonly latency: number;
  /** Open loop: from due to sent. */
  readonly wait?: number;
  /** Absent without a response. */
  readonly status?: number;
  /** What was wrong with it, as in `error_types`; absent: nothing. */
  readonly error?: string;
  /** The server's. */
  readonly address?: string;
  /** It opened a connection, and the time for that is in its latency. */
  readonly new_connection: boolean;
}

/** The slowest requests, step by step; `undefined` where none were kept. */
export function slowestJson(result: RunResult): readonly SlowRequestJson[] | undefined {
  const requests = namedSteps(result).flatMap(({ name, stats }) =>
    (stats.counts.slowest ?? []).map((request) =>
      present<SlowRequestJson>({
        step: name,
        at: rounded(request.atMs / 1000, 3),
        latency: rounded(request.latencyMs / 1000, 6),
        wait: request.waitMs > 0 ? rounded(request.waitMs / 1000, 6) : undefined,
        status: request.status === 0 ? undefined : request.status,
        error: request.failure === "" ? undefined : request.failure,
        address: request.address === "" ? undefined : request.address,
        new_connection: request.isConnecting,
      })
    )
  );
  return requests.length === 0 ? undefined : requests;
}

/** The same as JSON. */
export const slowestSchema: Schema<readonly SlowRequestJson[]> = list(
  shape<SlowRequestJson>()({
    step: text,
    at: number,
    latency: amount,
    wait: maybe(amount),
    status: maybe(count),
    error: maybe(text),
    address: maybe(text),
    new_connection: flag,
  }),
  100_000,
);
