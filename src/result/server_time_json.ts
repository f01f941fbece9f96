/**
 * Where servers spent their time, in the JSON result: the slowest requests of each step, and what responses said of it.
 *
 * @module
 */
import { present, rounded } from "../lib/json/present.ts";
import { amount, count, flag, list, maybe, number, type Schema, shape, text } from "../lib/shape.ts";
import type { SlowPhases } from "../metrics/slow/slowest.ts";
import { namedSteps } from "./describe_run.ts";
import type { RunResult } from "./run_result.ts";
import type { StepStats } from "../metrics/snapshot.ts";
import { type ServerTimingJson, serverTimingJson } from "./server_timing.ts";

/** Where servers spent their time. */
export interface ServerTimeJson {
  /** The slowest requests of each step; absent: none were kept. */
  readonly slowest_requests?: readonly SlowRequestJson[];
  /** What responses said in `Server-Timing`, by metric; absent: nothing, or nobody looked. */
  readonly server_timing?: readonly ServerTimingJson[];
}

/** Where servers spent their time; `all`: the sum of all steps. */
export function serverTimeJson(result: RunResult, all: StepStats): ServerTimeJson {
  return present<ServerTimeJson>({
    slowest_requests: slowestJson(result),
    server_timing: serverTimingJson(all.serverTimings),
  });
}

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
  /** How old its connection was when it began; absent: not known. */
  readonly connection_age?: number;
  /** What it spent its time on; absent: not measured. */
  readonly phases?: SlowPhasesJson;
  /** What the response said in `Server-Timing`, as it came; absent: nothing, or nobody looked. */
  readonly server_timing?: string;
  /** Of its trace; absent: it was not traced. */
  readonly trace_id?: string;
  /** The server's span has this one as its parent. */
  readonly span_id?: string;
}

/** What a request spent its time on, in seconds; absent: not measured, or there was none of it. */
export interface SlowPhasesJson {
  /** Looking the name up. */
  readonly dns?: number;
  /** The TCP handshake. */
  readonly connect?: number;
  /** The TLS handshake. */
  readonly tls?: number;
  /** From sending the request to the first byte of the response. */
  readonly ttfb?: number;
  /** From the first byte of the response to the last. */
  readonly transfer?: number;
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
        connection_age: seconds(request.connectionAgeMs),
        phases: request.phases && phasesJson(request.phases),
        server_timing: request.serverTiming,
        trace_id: request.traceId,
        span_id: request.spanId,
      })
    )
  );
  return requests.length === 0 ? undefined : requests;
}

function phasesJson({ dns, connect, tls, ttfb, transfer }: SlowPhases): SlowPhasesJson {
  return present<SlowPhasesJson>({
    dns: seconds(dns),
    connect: seconds(connect),
    tls: seconds(tls),
    ttfb: seconds(ttfb),
    transfer: seconds(transfer),
  });
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : rounded(ms / 1000, 6);
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
    connection_age: maybe(amount),
    phases: maybe(
      shape<SlowPhasesJson>()({
        dns: maybe(amount),
        connect: maybe(amount),
        tls: maybe(amount),
        ttfb: maybe(amount),
        transfer: maybe(amount),
      }),
    ),
    server_timing: maybe(text),
    trace_id: maybe(text),
    span_id: maybe(text),
  }),
  100_000,
);

/** The metrics of `Server-Timing` as JSON. */
export const serverTimingSchema: Schema<readonly ServerTimingJson[]> = list(
  shape<ServerTimingJson>()({
    name: text,
    description: maybe(text),
    count,
    timed: maybe(count),
    mean: maybe(amount),
    min: maybe(amount),
    p50: maybe(amount),
    p95: maybe(amount),
    p99: maybe(amount),
    max: maybe(amount),
  }),
  1000,
);
