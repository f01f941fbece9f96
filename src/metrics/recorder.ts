/**
 * The counters of one thread. Recording is arithmetic on typed arrays; names and objects come into being once a second,
 * when a snapshot is taken.
 *
 * @module
 */
import { CustomCounts } from "./custom_metrics.ts";
import { StepFinder } from "./found_steps.ts";
import { LimitCounts, LIMITS } from "./limits.ts";
import { FAILURE, FAILURE_KINDS, FoundInstead, IS_ANSWERED, IS_SILENT } from "./failure.ts";
import { Histogram } from "./histogram.ts";
import { emptyCounts, RUN_COUNTERS } from "./measures.ts";
import { GroupRecorder } from "./group_recorder.ts";
import type { GroupName } from "./measure_groups.ts";
import { recordPhases } from "./phase_histograms.ts";
import { MAX_PROTOCOLS, protocolName } from "./protocols.ts";
import { RequestLog, type RequestLogOptions } from "./request_log.ts";
import { SpanRecorders } from "./span_recorder.ts";
import type { Detail, Snapshot } from "./snapshot.ts";
import { type RecordedExchange, StepRecorder } from "./step_recorder.ts";
import { ExemplarRecorder } from "./trace/exemplar.ts";

/** What a recorder is to keep beyond the counts. */
export interface RecorderOptions {
  /** Arrivals have due times: keep the time from sending beside the latency. */
  readonly isOpenLoop: boolean;
  readonly phases: boolean;
  readonly perAddress: boolean;
  /** Add up what responses say in `Server-Timing`; absent: no. */
  readonly serverTiming?: boolean;
  /** Keep the first of each failure with its detail (2 and above). */
  readonly verbosity: number;
  /** Keep single requests; absent: none. */
  readonly log?: RequestLogOptions;
  /** Steps of the plan: those that are found get the numbers behind them; absent: 0. */
  readonly plannedSteps?: number;
}

/** Different broken rules counted by name in one thread; the rest go to one key. */
const MAX_RULES = 1000;

const SECOND_MS = 1000;
/** A window that ends so little before a full second is that second's. */
const CLOCK_SLACK_MS = 10;

const NO_REQUESTS = { requests: [], unlogged: 0 };
const NO_RUN_COUNTS = emptyCounts(RUN_COUNTERS);

/** Counts what one thread does; {@linkcode take} hands it over as a snapshot. */
export class Recorder {
  /** The run's counters. Times in them are on the clock of the exchanges until they are handed over. */
  readonly counts = emptyCounts(RUN_COUNTERS);
  /** When the last exchange ended by itself, on the clock of the exchanges. */
  lastEndMs = 0;
  readonly startDelay = new Histogram();
  readonly scheduleLag = new Histogram();
  readonly #options: RecorderOptions;
  readonly #log: RequestLog | null;
  readonly #steps: (StepRecorder | undefined)[] = [];
  /** Passes through flows, and groups of steps. */
  readonly spans = new SpanRecorders();
  /** Limits that the thread's users have met. */
  readonly limits = new LimitCounts();
  /** What the user's code counts. */
  readonly custom = new CustomCounts();
  readonly #finder: StepFinder;
  /** Whole responses by protocol. */
  readonly protocols = new Uint32Array(MAX_PROTOCOLS);
  readonly #addresses = new Map<string, number>();
  readonly #seenTopics = new Set<string>();
  /** `null`: no transport has told of one. */
  #handshakes: { fullHandshakes: number; resumedHandshakes: number } | null = null;
  readonly foundInstead = new FoundInstead();
  readonly #exemplars = new ExemplarRecorder();
  #isHeadShown = false;
  #details: Detail[] = [];
  #inFlight = 0;
  /** A fraction at first: V8 throws compiled code away when a field that had whole numbers gets its first fraction. */
  #fromMs = 0.5;
  #seq = 0;

  constructor(options: RecorderOptions) {
    this.#fromMs = 0;
    this.#options = options;
    this.#log = options.log ? new RequestLog(options.log) : null;
    this.#finder = new StepFinder(options.plannedSteps ?? 0, () => this.limits.add(LIMITS.requestNames));
  }

  /** The number of the step that requests with a name are counted for. */
  find(name: string): number {
    return this.#finder.find(name);
  }

  /** A request is about to be sent. */
  start(): void {
    const { counts } = this;
    counts.started++;
    if (++this.#inFlight > counts.maxInFlight) counts.maxInFlight = this.#inFlight;
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * A started request has ended. `rules`: keys of the checks and extractions that failed, an empty list if all held,
   * whatever the status; `null`: there are none, and an error status is a failure.
   */
  record(step: number, exchange: RecordedExchange, rules: readonly string[] | null): void {
    this.#inFlight--;
    if (exchange.failure !== FAILURE.unfinished) this.lastEndMs = exchange.endMs;
    const seen = this.#steps[step] ??= new StepRecorder(step, this.#options);
    const { counts } = seen;
    counts.bodyBytes += exchange.bodyBytes;
    counts.bytesReceived += exchange.bytesReceived;
    counts.bytesSent += exchange.bytesSent;
    const run = this.counts;
    if (exchange.connects > 0) this.#noteConnects(exchange);
    run.failedConnects += exchange.failedConnects;
    run.reused += exchange.reuses;
    if (exchange.reconnected) run.reconnects++;
    if (exchange.redirects > 0) run.redirects += exchange.redirects;
    if (exchange.continueMs >= 0) {
      run.continueWaits++;
      run.continueWaitMs += exchange.continueMs;
    }
    if (exchange.wasRefused) run.continueRefusals++;
    if (exchange.streamLimit >= 0) {
      run.streamWaits++;
      run.streamLimit = Math.max(run.streamLimit, exchange.streamLimit);
    }
    const us = (exchange.endMs - exchange.dueMs) * 1000;
    const failure = exchange.failure;
    if (failure === FAILURE.none && (rules === null ? exchange.status < 400 : rules.length === 0)) {
      counts.succeeded++;
      run.lastHeardMs = exchange.endMs;
      seen.latency.record(us);
      seen.service?.record((exchange.endMs - exchange.startMs) * 1000);
      if (exchange.traceParent !== "") this.#exemplars.note(exchange);
    } else this.#recordFailure(seen, exchange, { us, rules });
    const floorUs = seen.slowFloorUs;
    if (us > floorUs) seen.noteSlow(exchange, rules);
    if (exchange.traceParent !== "") {
      run.traced++;
      if (us > seen.tracedFloorUs && us <= floorUs) seen.noteSlow(exchange, rules);
    }
    if (exchange.status !== 0 && IS_ANSWERED[failure]) {
      if (seen.timings !== null && exchange.head !== null && seen.timings.note(exchange.head)) {
        this.limits.add(LIMITS.serverTimings);
      }
      seen.statuses[exchange.status]!++;
      this.protocols[exchange.protocol]!++;
    }
    if (seen.phases !== null) recordPhases(seen.phases, exchange);
    if (this.#log !== null) this.#log.note(step, exchange, rules);
    if (this.#options.perAddress) {
      this.#addresses.set(exchange.address, (this.#addresses.get(exchange.address) ?? 0) + 1);
    }
  }

  /** A step's request could not be filled in, and was not sent. `rule`: the key of the error. */
  countUnfilled(step: number, rule: string): void {
    const seen = this.#steps[step] ??= new StepRecorder(step, this.#options);
    seen.counts.unfilled++;
    countRule(seen.rules, rule);
    if (this.keepsDetails) this.noteDetail("template", rule);
  }

  /** An exception has ended an iteration. `rule`: its message and place. */
  countException(step: number, rule: string): void {
    const seen = this.#steps[step] ??= new StepRecorder(step, this.#options);
    seen.counts.exceptions++;
    countRule(seen.rules, rule);
    if (this.keepsDetails) this.noteDetail("exception", rule);
  }

  /** An arrival that was due will never start; `step` is the one it would have begun with. */
  drop(step: number, waitedUs: number): void {
    const seen = this.#steps[step] ??= new StepRecorder(step, this.#options);
    (seen.dropped ??= new Histogram()).record(waitedUs);
    this.counts.dropped++;
  }

  /** A connection was opened ahead of the load; its phases count, its failure shows when the load needs it. */
  opened(attempt: RecordedExchange): void {
    this.#noteConnects(attempt);
    this.counts.failedConnects += attempt.failedConnects;
    if (this.#options.phases) {
      recordPhases((this.#steps[0] ??= new StepRecorder(0, this.#options)).phases!, attempt);
    }
  }

  /** Where a step counts what only steps of its kind have. */
  group<Name extends GroupName>(step: number, name: Name): GroupRecorder<Name> {
    const { groups } = this.#steps[step] ??= new StepRecorder(step, this.#options);
    return (groups[name] ??= new GroupRecorder<GroupName>(name)) as unknown as GroupRecorder<Name>;
  }

  /** Details are wanted. */
  get keepsDetails(): boolean {
    return this.#options.verbosity >= 2;
  }

  /** A step's own counters, for kinds that count by themselves what is no exchange. */
  countsOf(step: number): Pick<StepRecorder, "counts" | "statuses" | "failures"> {
    return this.#steps[step] ??= new StepRecorder(step, this.#options);
  }

  /** Counts a response whose length was not what the server had declared. */
  countLengthError(step: number): void {
    (this.#steps[step] ??= new StepRecorder(step, this.#options)).counts.lengthErrors++;
  }

  /** Whether a head may be shown now: one a window. */
  reserveHead(): boolean {
    const isFree = !this.#isHeadShown;
    this.#isHeadShown = true;
    return isFree;
  }

  /** Keeps something for `-v`; the first of each topic, unless `always`. */
  noteDetail(topic: string, text: string, always = false): void {
    if (!always && this.#seenTopics.has(topic)) return;
    this.#seenTopics.add(topic);
    if (this.#details.length < 100) this.#details.push({ topic, text });
  }

  /**
   * Hands over what was seen since the last time; `nowMs` counts from the run's start, which is `zeroMs` on the clock of
   * the exchanges.
   */
  take(nowMs: number, zeroMs = 0): Snapshot {
    const protocols: Record<string, number> = {};
    this.protocols.forEach((count, version) => {
      if (count > 0) protocols[protocolName(version)] = count;
    });
    // A thread that stood still skips the seconds it missed: those after them would be taken for them.
    this.#seq = Math.max(this.#seq, Math.floor((nowMs + CLOCK_SLACK_MS) / SECOND_MS) - 1);
    const { requests, unlogged } = this.#log?.take() ?? NO_REQUESTS;
    const { counts } = this;
    const { found } = this.#finder;
    const exemplars = this.#exemplars.take(zeroMs);
    const snapshot: Snapshot = {
      seq: this.#seq++,
      fromMs: this.#fromMs,
      toMs: nowMs,
      ...counts,
      ...this.#handshakes,
      lastHeardMs: Math.max(0, counts.lastHeardMs - zeroMs),
      givenUpMs: Math.max(0, counts.givenUpMs - zeroMs),
      unlogged,
      startDelay: this.startDelay.take(),
      scheduleLag: this.scheduleLag.take(),
      threads: [],
      protocols,
      limits: this.limits.take(),
      addresses: Object.fromEntries(this.#addresses),
      foundInstead: this.foundInstead.take(),
      details: this.#details,
      requests,
      steps: this.#steps.flatMap((step, index) => step?.take(index, zeroMs) ?? []),
      ...(found && { found }),
      ...this.custom.take(),
      spans: this.spans.take(),
      ...(exemplars && { exemplars }),
    };
    if (this.#handshakes !== null) this.#handshakes = { fullHandshakes: 0, resumedHandshakes: 0 };
    this.#fromMs = nowMs;
    const { users, lastHeardMs, givenUpMs } = counts;
    Object.assign(counts, NO_RUN_COUNTS, { users, lastHeardMs, givenUpMs, maxInFlight: this.#inFlight });
    this.protocols.fill(0);
    this.#addresses.clear();
    this.#details = [];
    this.#isHeadShown = false;
    return snapshot;
  }

  /** Ends a warm-up: forgets all that was seen but the number of requests. */
  endWarmup(): void {
    this.counts.warmupRequests = this.take(0).started;
    this.#seq = 0;
    this.#seenTopics.clear();
    this.foundInstead.clear();
    for (const step of this.#steps) step?.forgetSlowest();
  }

  #noteConnects({ connects, fullHandshakes, resumedHandshakes }: RecordedExchange): void {
    this.counts.connects += connects;
    if (fullHandshakes + resumedHandshakes === 0) return;
    const told = this.#handshakes ??= { fullHandshakes: 0, resumedHandshakes: 0 };
    told.fullHandshakes += fullHandshakes;
    told.resumedHandshakes += resumedHandshakes;
  }

  #recordFailure(
    seen: StepRecorder,
    exchange: RecordedExchange,
    { us, rules }: { readonly us: number; readonly rules: readonly string[] | null },
  ): void {
    const kind = exchange.failure !== FAILURE.none
      ? exchange.failure
      : rules === null || rules.length === 0
      ? FAILURE.http_status
      : FAILURE.check;
    if (kind === FAILURE.unfinished) {
      seen.counts.unfinished++;
      recordUnanswered(seen, exchange, us);
      // A response that was still coming in is slow, not missing.
      if (exchange.bytesReceived <= exchange.bytesAtEnd) {
        (seen.openWaits ??= new Histogram()).record((exchange.endMs - exchange.startMs) * 1000);
      }
      this.counts.givenUpMs = exchange.endMs;
      return;
    }
    if (IS_SILENT[kind]) this.counts.givenUpMs = exchange.endMs;
    else this.counts.lastHeardMs = exchange.endMs;
    seen.counts.failed++;
    seen.failures[kind]!++;
    if (IS_ANSWERED[kind]) seen.failedLatency.record(us);
    else recordUnanswered(seen, exchange, us);
    if (kind === FAILURE.http_status) countRule(seen.rules, `HTTP ${exchange.status}`);
    if (rules !== null) { for (const rule of rules) countRule(seen.rules, rule); }
    // Why a handshake failed belongs into every report: the kind alone says nothing that one could act on.
    if (this.keepsDetails || kind === FAILURE.tls_handshake) {
      const name = FAILURE_KINDS[kind]!;
      const topic = kind === FAILURE.http_status ? `HTTP ${exchange.status}` : name.name;
      this.noteDetail(topic, exchange.failureDetail || name.text);
    }
  }
}

function recordUnanswered(seen: StepRecorder, { startMs, endMs }: RecordedExchange, us: number): void {
  seen.unanswered.record(us);
  if (seen.service !== null) {
    (seen.serviceUnanswered ??= new Histogram()).record((endMs - startMs) * 1000);
  }
}

function countRule(rules: Map<string, number>, rule: string): void {
  const key = rules.has(rule) || rules.size < MAX_RULES ? rule : "[other rules]";
  rules.set(key, (rules.get(key) ?? 0) + 1);
}
