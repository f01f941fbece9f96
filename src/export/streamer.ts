/**
 * Brings the ticks of a run to receivers: cuts intervals, queues frames, retries, and counts what was lost. The run
 * never waits: a slow receiver fills its own queue of eight frames, and what does not fit is dropped and counted, but for
 * the closing frames of runs.
 *
 * @module
 */
import { pause } from "../lib/clock.ts";
import { statsOfAll } from "../metrics/stats.ts";
import { appendSnapshot, EMPTY_SNAPSHOT, type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import type { RunObserver, Tick } from "../metrics/tick.ts";
import { type Deliver, deliver } from "./deliver.ts";
import type { Encoder, ExportFrame, Post } from "./exporter.ts";
import { metricRows } from "./metric_rows.ts";
import { type ExportedPart, partRows, type PartsOf } from "./part_rows.ts";

/** Frames that wait for one receiver at most. */
const QUEUE_LENGTH = 8;
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Ticks come a hair early or late; an interval is over when it is over but for this. */
const SLACK_MS = 100;

/** One receiver. */
export interface Receiver {
  readonly name: string;
  readonly encode: Encoder;
}

/** Time, in ms since 1970, and waiting. */
export interface WallClock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** How a streamer works. */
export interface StreamerOptions {
  readonly receivers: readonly Receiver[];
  /** Export this often during a run; absent: only at the end. */
  readonly intervalMs?: number;
  /** Absent: over the network. */
  readonly deliver?: Deliver;
  readonly clock?: WallClock;
}

/** What became of the frames for one receiver. */
export interface ExportTally {
  readonly receiver: string;
  readonly sent: number;
  /** Refused, or not delivered by the last attempt. */
  readonly failed: number;
  /** No place in the queue. */
  readonly dropped: number;
  /** Still waiting when time was up. */
  readonly undelivered: number;
  /** Why the last of the lost ones was lost. */
  readonly lastReason?: string;
}

/** The end of a run, for the closing frame. */
export interface RunEnd {
  readonly total: Snapshot;
  readonly durationMs: number;
}

/** Exports runs to receivers. */
export interface Streamer {
  /**
   * Watches one run. `labels` tell it from other runs of the same program, such as the steps of a search. The run that
   * was observed before is over with that, and its closing frame is sent. `partsOf`: what has metrics of its own.
   */
  observe(labels?: Readonly<Record<string, string>>, partsOf?: PartsOf): RunObserver;
  /** Sends the closing frame of the last observed run, waits for the queues within limits, and counts. */
  finish(end: RunEnd): Promise<readonly ExportTally[]>;
}

/** What is known of the run that is being watched. */
interface Watched {
  readonly labels: Readonly<Record<string, string>>;
  readonly partsOf: PartsOf;
  startMs: number | undefined;
  window: Snapshot;
  /** What the run came to so far; absent before its first tick. */
  end?: RunEnd;
}

/** Starts to export; nothing is sent before the first interval is over or the run ends. */
export function createStreamer(options: StreamerOptions): Streamer {
  const { intervalMs, clock = WALL_CLOCK } = options;
  const abort = new AbortController();
  const queues = options.receivers.map((receiver) =>
    new Queue(receiver, { deliver: options.deliver ?? deliver, clock, signal: abort.signal })
  );
  let watched: Watched = { labels: {}, partsOf: NO_PARTS, startMs: undefined, window: EMPTY_SNAPSHOT };
  const closingFrame = ({ total, durationMs }: RunEnd): ExportFrame => {
    const timeMs = clock.now();
    const counts = sumOfSteps(total);
    const stats = statsOfAll(total, durationMs);
    const { exemplars } = intervalMs === undefined ? total : watched.window;
    return {
      ...(intervalMs !== undefined && { scope: "final" }),
      startMs: watched.startMs ?? timeMs - durationMs,
      timeMs,
      rows: [...metricRows(stats, stats), ...closingRows(watched.partsOf(total, durationMs))],
      latency: counts.latency,
      ...(exemplars && { exemplars }),
      labels: watched.labels,
    };
  };
  return {
    observe(labels = {}, partsOf = NO_PARTS) {
      if (watched.end) {
        const frame = closingFrame(watched.end);
        for (const queue of queues) queue.add(frame);
      }
      const run: Watched = { labels, partsOf, startMs: undefined, window: EMPTY_SNAPSHOT };
      watched = run;
      return (tick) => {
        const timeMs = clock.now();
        run.startMs ??= timeMs - tick.atMs;
        run.end = { total: tick.total, durationMs: tick.atMs };
        if (intervalMs === undefined) return;
        run.window = appendSnapshot(run.window, tick.window);
        if (run.window.toMs - run.window.fromMs < intervalMs - SLACK_MS) return;
        const frame = intervalFrame(run, tick, timeMs);
        run.window = EMPTY_SNAPSHOT;
        for (const queue of queues) queue.offer(frame);
      };
    },
    async finish(end) {
      const frame = closingFrame(end);
      const drained = Promise.all(queues.map((queue) => queue.close(frame)));
      const timeUp = new AbortController();
      await Promise.race([drained, clock.sleep(drainMs(intervalMs), timeUp.signal)]);
      abort.abort();
      timeUp.abort();
      await drained;
      return queues.map((queue) => queue.tally());
    },
  };
}

const NO_PARTS: PartsOf = () => [];

function closingRows(parts: readonly ExportedPart[]): ReturnType<typeof partRows> {
  return partRows(parts, parts);
}

/** How long the queues may take to empty after the run. */
function drainMs(intervalMs: number | undefined): number {
  return intervalMs === undefined ? 20_000 : 2 * intervalMs + 5_000;
}

function intervalFrame(run: Watched, tick: Tick, timeMs: number): ExportFrame {
  const total = sumOfSteps(tick.total);
  const durationMs = run.window.toMs - run.window.fromMs;
  const { exemplars } = run.window;
  return {
    scope: "interval",
    startMs: run.startMs ?? timeMs,
    timeMs,
    rows: [
      ...metricRows(statsOfAll(tick.total, tick.atMs), statsOfAll(run.window, durationMs)),
      ...partRows(run.partsOf(tick.total, tick.atMs), run.partsOf(run.window, durationMs)),
    ],
    latency: total.latency,
    ...(exemplars && { exemplars }),
    labels: run.labels,
  };
}

/** The frames on their way to one receiver, one at a time. */
class Queue {
  readonly #receiver: Receiver;
  readonly #deliver: Deliver;
  readonly #clock: WallClock;
  readonly #signal: AbortSignal;
  readonly #waiting: ExportFrame[] = [];
  #worker: Promise<void> = Promise.resolve();
  #isWorking = false;
  #sent = 0;
  #failed = 0;
  #dropped = 0;
  #undelivered = 0;
  #lastReason: string | undefined;

  constructor(
    receiver: Receiver,
    { deliver, clock, signal }: {
      readonly deliver: Deliver;
      readonly clock: WallClock;
      readonly signal: AbortSignal;
    },
  ) {
    this.#receiver = receiver;
    this.#deliver = deliver;
    this.#clock = clock;
    this.#signal = signal;
  }

  offer(frame: ExportFrame): void {
    if (this.#waiting.length >= QUEUE_LENGTH) {
      this.#dropped++;
      this.#lastReason ??= "the receiver is too slow";
      return;
    }
    this.add(frame);
  }

  /** Takes a frame that must not be dropped, however many wait. */
  add(frame: ExportFrame): void {
    this.#waiting.push(frame);
    if (!this.#isWorking) this.#worker = this.#work();
  }

  /** Takes the last frame, at the cost of the oldest waiting interval if need be, and resolves when all is done. */
  close(frame: ExportFrame): Promise<void> {
    const oldest = this.#waiting.findIndex(({ scope }) => scope === "interval");
    if (this.#waiting.length >= QUEUE_LENGTH && oldest >= 0) {
      this.#waiting.splice(oldest, 1);
      this.#dropped++;
    }
    this.add(frame);
    return this.#worker;
  }

  tally(): ExportTally {
    return {
      receiver: this.#receiver.name,
      sent: this.#sent,
      failed: this.#failed,
      dropped: this.#dropped,
      undelivered: this.#undelivered,
      ...(this.#lastReason !== undefined && { lastReason: this.#lastReason }),
    };
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) {
      if (this.#signal.aborted) this.#undelivered++;
      else await this.#send(this.#receiver.encode(frame));
    }
    this.#isWorking = false;
  }

  async #send(post: Post): Promise<void> {
    for (let attempt = 1;; attempt++) {
      const delivery = await this.#deliver(post, this.#signal);
      if (delivery.isDelivered) {
        this.#sent++;
        return;
      }
      if (this.#signal.aborted) {
        // The attempt was given up: what the receiver did before says more.
        this.#lastReason ??= "no response in the time that was left after the run";
        this.#undelivered++;
        return;
      }
      this.#lastReason = delivery.reason;
      if (!delivery.mayRetry || attempt === MAX_ATTEMPTS) {
        this.#failed++;
        return;
      }
      const pauseMs = delivery.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
      await this.#clock.sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), this.#signal);
      if (this.#signal.aborted) {
        this.#undelivered++;
        return;
      }
    }
  }
}

const WALL_CLOCK: WallClock = {
  now: () => Date.now(),
  sleep: pause,
};
