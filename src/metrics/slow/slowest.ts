/**
 * The slowest requests of a step, one by one: the few that a percentile only counts. Where a share of the requests is
 * traced, the slowest traced ones are kept besides, since the slowest of all are seldom among them.
 *
 * @module
 */
import { timingText } from "../../lib/net/server_timing.ts";

/** Requests kept of each step; and as many again with a trace. */
export const MAX_SLOWEST = 5;
/** Steps whose slowest requests are kept. */
export const MAX_SLOWEST_STEPS = 100;

/** What a request spent its time on, in ms; absent: not measured, or there was none of it. */
export interface SlowPhases {
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
  /** How old its connection was when it began; absent: not known. */
  readonly connectionAgeMs?: number;
  /** Of its trace context, 32 and 16 hexadecimal digits; absent: it was not traced. */
  readonly traceId?: string;
  /** The server's span has this one as its parent. */
  readonly spanId?: string;
  /** What the response said in `Server-Timing`, at most 300 characters; absent: nothing, or nobody looked. */
  readonly serverTiming?: string;
  /** Absent: nothing was measured. */
  readonly phases?: SlowPhases;
}

/** What is read of an exchange; times in ms of one clock, unmeasured ones −1. */
export interface SlowExchange {
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly address: string;
  readonly connects: number;
  readonly openedMs: number;
  /** Empty: it was not traced. */
  readonly traceParent: string;
  readonly head: Uint8Array | null;
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly ttfbMs: number;
  readonly transferMs: number;
}

/** Keeps the slowest of a step in one thread. */
export class SlowestRequests {
  /** The slowest so far, the slowest first, on the clock of the exchanges. */
  #kept: SlowRequest[] = [];
  /** Those of them that were not handed over. */
  #fresh: SlowRequest[] = [];
  /** What another one has to be slower than, in µs; and another traced one. */
  floorUs = -1;
  tracedFloorUs = -1;

  /** Takes one that is slower than the last of those kept. */
  note(exchange: SlowExchange, failure: string): void {
    const request = slowRequestOf(exchange, failure);
    this.#kept = slowestOf(this.#kept, [request]);
    this.#fresh = slowestOf(this.#fresh, [request]);
    this.floorUs = floorOf(this.#kept);
    this.tracedFloorUs = floorOf(this.#kept.filter(isTraced));
  }

  /** Hands over what has come since the last time; `zeroMs`: the run's start. */
  take(zeroMs: number): readonly SlowRequest[] {
    const fresh = this.#fresh.map((request) => ({ ...request, atMs: request.atMs - zeroMs }));
    this.#fresh = [];
    return fresh;
  }
}

/** The slowest of both, and the slowest traced ones; the slowest first. */
export function slowestOf(a: readonly SlowRequest[], b: readonly SlowRequest[]): SlowRequest[] {
  let traced = 0;
  return [...a, ...b].sort(bySlowness).filter((request, i) => {
    const isAmongTraced = isTraced(request) && traced++ < MAX_SLOWEST;
    return i < MAX_SLOWEST || isAmongTraced;
  });
}

function floorOf(kept: readonly SlowRequest[]): number {
  const last = kept[MAX_SLOWEST - 1];
  return last === undefined ? -1 : last.latencyMs * 1000;
}

function isTraced({ traceId }: SlowRequest): boolean {
  return traceId !== undefined;
}

/** The same order whoever comes first. */
function bySlowness(x: SlowRequest, y: SlowRequest): number {
  return y.latencyMs - x.latencyMs || x.atMs - y.atMs || (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1);
}

function slowRequestOf(exchange: SlowExchange, failure: string): SlowRequest {
  const { dueMs, startMs, endMs, status, address, connects, openedMs, traceParent, head } = exchange;
  const [, traceId, spanId] = traceParent.split("-");
  const serverTiming = head === null ? "" : timingText(head);
  const phases = phasesOf(exchange);
  return {
    atMs: dueMs,
    waitMs: startMs - dueMs,
    latencyMs: endMs - dueMs,
    status,
    failure,
    address,
    isConnecting: connects > 0,
    ...(openedMs >= 0 && { connectionAgeMs: Math.max(0, startMs - openedMs) }),
    ...(traceId !== undefined && spanId !== undefined && { traceId, spanId }),
    ...(serverTiming !== "" && { serverTiming }),
    ...(phases && { phases }),
  };
}

function phasesOf({ dnsMs, connectMs, tlsMs, ttfbMs, transferMs }: SlowExchange): SlowPhases | undefined {
  const measured = Object.entries({
    dns: dnsMs,
    connect: connectMs,
    tls: tlsMs,
    ttfb: ttfbMs,
    transfer: transferMs,
  }).filter(([, ms]) => ms >= 0);
  return measured.length === 0 ? undefined : Object.fromEntries(measured);
}
