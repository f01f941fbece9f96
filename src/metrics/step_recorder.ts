/**
 * The counters of one step in one thread.
 *
 * @module
 */
import { FAILURE, FAILURE_KINDS } from "./failure.ts";
import type { GroupRecorder } from "./group_recorder.ts";
import { EMPTY_HISTOGRAM, Histogram } from "./histogram.ts";
import type { GroupedStats, GroupName } from "./measure_groups.ts";
import { emptyCounts, STEP_COUNTERS } from "./measures.ts";
import { takePhases } from "./phase_histograms.ts";
import { failureNameOf } from "./request_log.ts";
import { MAX_SLOWEST_STEPS, SlowestRequests } from "./slow/slowest.ts";
import { type Phase, PHASES, type StepStats } from "./snapshot.ts";
import { TimingRecorder } from "./server_timings.ts";

const NO_STEP_COUNTS = emptyCounts(STEP_COUNTERS);
/** Kinds that are counted by status, or by the rules that were broken. */
const BY_RULE: ReadonlySet<number> = new Set([FAILURE.http_status, FAILURE.check, FAILURE.extract]);

/** What the recorder reads of an exchange; times in ms of one clock, unmeasured phases −1. */
export interface RecordedExchange {
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly failure: number;
  readonly failureDetail: string;
  readonly bodyBytes: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly connects: number;
  readonly failedConnects: number;
  readonly fullHandshakes: number;
  readonly resumedHandshakes: number;
  readonly reconnected: boolean;
  readonly reuses: number;
  readonly redirects: number;
  readonly streamLimit: number;
  readonly continueMs: number;
  readonly wasRefused: boolean;
  readonly protocol: number;
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly ttfbMs: number;
  readonly transferMs: number;
  readonly address: string;
  /** When its connection was opened; −1: not known. */
  readonly openedMs: number;
  /** Empty: it was not traced. */
  readonly traceParent: string;
  /** Of the response, where it was kept. */
  readonly head: Uint8Array | null;
  readonly bytesAtEnd: number;
}

/** One step's counters. */
export class StepRecorder {
  readonly counts = emptyCounts(STEP_COUNTERS);
  readonly latency = new Histogram();
  readonly unanswered = new Histogram();
  readonly failedLatency = new Histogram();
  openWaits: Histogram | null = null;
  readonly service: Histogram | null;
  /** Like `dropped`, absent until there is one. */
  serviceUnanswered: Histogram | null = null;
  dropped: Histogram | null = null;
  readonly phases: Readonly<Record<Phase, Histogram>> | null;
  readonly statuses = new Uint32Array(1000);
  readonly failures = new Uint32Array(FAILURE_KINDS.length);
  readonly rules = new Map<string, number>();
  /** What only some steps have. */
  readonly groups: Partial<Record<GroupName, GroupRecorder<GroupName>>> = {};

  /** `null`: nobody looks at what responses say in `Server-Timing`. */
  readonly timings: TimingRecorder | null;

  /** Requests slower than this, in µs, are among the slowest so far; `Infinity`: those of this step are not kept. */
  slowFloorUs: number;
  /** The same for those that are traced. */
  tracedFloorUs: number;
  #slowest = new SlowestRequests();

  constructor(
    step: number,
    options: { readonly isOpenLoop: boolean; readonly phases: boolean; readonly serverTiming?: boolean },
  ) {
    this.slowFloorUs = this.tracedFloorUs = step < MAX_SLOWEST_STEPS ? -1 : Infinity;
    this.timings = options.serverTiming ? new TimingRecorder() : null;
    this.service = options.isOpenLoop ? new Histogram() : null;
    this.phases = options.phases
      ? Object.fromEntries(PHASES.map((phase) => [phase, new Histogram()])) as Record<Phase, Histogram>
      : null;
  }

  /** A request was among the slowest so far. */
  noteSlow(exchange: RecordedExchange, rules: readonly string[] | null): void {
    this.#slowest.note(exchange, failureNameOf(exchange, rules));
    this.slowFloorUs = this.#slowest.floorUs;
    this.tracedFloorUs = this.#slowest.tracedFloorUs;
  }

  /** Begins anew with the slowest. */
  forgetSlowest(): void {
    if (this.slowFloorUs !== Infinity) this.slowFloorUs = this.tracedFloorUs = -1;
    this.#slowest = new SlowestRequests();
  }

  /** Hands over what was seen since the last time; `zeroMs`: the run's start on the clock of the exchanges. */
  take(step: number, zeroMs: number): StepStats | null {
    const { succeeded, failed, unfinished, unfilled, exceptions } = this.counts;
    const groups = this.#takeGroups();
    const dropped = this.dropped?.count ?? 0;
    if (
      groups === null && succeeded + failed + unfinished + unfilled + exceptions + dropped === 0
    ) return null;
    const failures: Record<string, number> = Object.fromEntries(this.rules);
    this.failures.forEach((count, kind) => {
      if (count > 0 && !BY_RULE.has(kind)) {
        failures[FAILURE_KINDS[kind]!.name] = count;
      }
    });
    const statuses: Record<string, number> = {};
    this.statuses.forEach((count, status) => {
      if (count > 0) statuses[status] = count;
    });
    const slowest = this.#slowest.take(zeroMs);
    const serverTimings = this.timings?.take();
    const taken: StepStats = {
      step,
      ...this.counts,
      latency: this.latency.take(),
      unanswered: this.unanswered.take(),
      failedLatency: this.failedLatency.take(),
      ...(this.openWaits && { openWaits: this.openWaits.take() }),
      ...(this.service && {
        serviceLatency: this.service.take(),
        serviceUnanswered: this.serviceUnanswered?.take() ?? EMPTY_HISTOGRAM,
        dropped: this.dropped?.take() ?? EMPTY_HISTOGRAM,
      }),
      ...groups,
      ...(this.phases && { phases: takePhases(this.phases) }),
      statuses,
      failures,
      ...(slowest.length > 0 && { slowest }),
      ...(serverTimings && { serverTimings }),
    };
    Object.assign(this.counts, NO_STEP_COUNTS);
    this.statuses.fill(0);
    this.failures.fill(0);
    this.rules.clear();
    return taken;
  }

  #takeGroups(): GroupedStats | null {
    const recorders = Object.entries(this.groups);
    if (recorders.length === 0) return null;
    return Object.fromEntries(recorders.map(([name, group]) => [name, group.take()]));
  }
}
