/**
 * The run second by second in the JSON result.
 *
 * @module
 */
import { present, rounded } from "../../lib/json/present.ts";
import type { TimelinePoint } from "../series/timeline_point.ts";

/** One window of the run. Times in seconds since its start; percentiles absent when nothing ended. */
export interface TimelineJson {
  /** Start of the window. */
  readonly t: number;
  /** Length of the window. */
  readonly span: number;
  /** Requests that ended in the window, errors included. */
  readonly requests: number;
  /** Of `requests`, the failed ones; besides, `template_errors`. */
  readonly errors: number;
  /** Steps that could not be filled in and were not sent: among `errors`, not in `requests`. Absent: none. */
  readonly template_errors?: number;
  /** Users (closed loop) or connections in use (open loop) at the end of the window. */
  readonly users: number;
  /** Answer bodies as they travelled. */
  readonly bytes: number;
  /** Over successful requests alone. */
  readonly mean?: number;
  /** Unanswered requests rank last, which can make it a lower bound. */
  readonly p50?: number;
  /** Ranked as `p50`; below 20 samples it is the largest. */
  readonly p95?: number;
  /** Ranked as `p50`; below 100 samples it is the largest. */
  readonly p99?: number;
  /** Bytes written for requests. */
  readonly bytes_sent?: number;
  /** Requests in flight at most. */
  readonly in_flight?: number;
  /** Passes through a flow that ended; absent: none. */
  readonly iterations?: number;
  /** Open loop: p99 from due to sent. */
  readonly start_delay_p99?: number;
  /** Names of the percentiles above that are lower bounds. */
  readonly at_least?: readonly string[];
}

/** One window. */
export function timelineJson(point: TimelinePoint): TimelineJson {
  return present<TimelineJson>({
    t: rounded(point.fromMs / 1000, 3),
    span: rounded((point.toMs - point.fromMs) / 1000, 3),
    requests: point.requests,
    errors: point.errors,
    template_errors: point.unfilled,
    users: point.users,
    bytes: point.bodyBytes,
    mean: sec(point.meanMs),
    p50: sec(point.p50Ms),
    p95: sec(point.p95Ms),
    p99: sec(point.p99Ms),
    bytes_sent: point.bytesSent,
    in_flight: point.inFlight,
    iterations: point.iterations,
    start_delay_p99: sec(point.startDelayP99Ms),
    at_least: point.atLeast,
  });
}

function sec(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : rounded(ms / 1000, 6);
}
