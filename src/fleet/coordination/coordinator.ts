/**
 * Runs one plan on all threads: hands out shares, starts them together, merges what they see second by second, and folds
 * it into the result.
 *
 * @module
 */
import { RunError } from "../../lib/errors.ts";
import {
  alignedTo,
  appendSnapshot,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  type Snapshot,
} from "../../metrics/snapshot.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { Feed } from "../../plan/feed.ts";
import type { LoadChange } from "../../plan/load_change.ts";
import type { OwnerRules } from "../../plan/owner_rules.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { Share } from "../../plan/share.ts";
import type { LostWorker } from "../../result/run_result.ts";
import type { TimelinePoint } from "../../result/series/timeline_point.ts";
import type { RunSeries } from "../../result/series/run_series.ts";
import { Timeline } from "../../result/series/timeline.ts";
import type { Channel, NodeReport, Notice } from "../protocol/messages.ts";
import { MASTER_WAITS, NODE_WAITS, Patience } from "./patience.ts";

/** Time for the start order to reach every thread of this machine. */
const START_LEAD_MS = 20;

/** What the threads did together. */
export interface FleetRun {
  readonly startedAtMs: number;
  readonly total: Snapshot;
  /** A point a second. */
  readonly timeline: readonly TimelinePoint[];
  /** What the run's parts did in the same windows. */
  readonly series: RunSeries;
  /** Threads that stopped reporting, and what else of the load was lost, and why. */
  readonly lost: readonly LostWorker[];
  /** Of remote nodes that reported to the end. */
  readonly reports: readonly NodeReport[];
}

/** What changes the load of a run. */
export interface RunSteering {
  /** Zero of the run's clock, in ms since 1970. */
  readonly zeroEpochMs: number;
  send(change: LoadChange): void;
  /** What threads and workers are doing. */
  states(): readonly ThreadState[];
}

/** What a thread, or a worker of several, is doing. */
export interface ThreadState {
  readonly name: string;
  readonly state: "running" | "done" | "lost";
  /** Why it was lost. */
  readonly reason?: string;
}

/** How a plan is run. */
export interface CoordinateOptions {
  /** Ends the load early. */
  readonly signal: AbortSignal;
  readonly observers: readonly RunObserver[];
  /** The shares of each channel; absent: one each. */
  readonly shares?: readonly (readonly Share[])[];
  /** Called when all are ready; resolves with the wall-clock time of the start. Absent: at once. */
  readonly whenToStart?: () => Promise<number>;
  /** Called at the start with what changes the load on all of them. */
  readonly steer?: (steering: RunSteering) => void;
  /** Where connections may lead; absent: wherever the plan says. */
  readonly rules?: OwnerRules;
  /** What threads are given while the load runs; absent: the plan holds everything. It is closed with them. */
  readonly feed?: Feed;
  /** Seconds are passed on to observers and not kept. */
  readonly isRelay?: true;
  /** Refuses to start when no thread can open a connection. */
  readonly needsTarget?: boolean;
  /** Real time between two looks at who is overdue; for tests that are in a hurry. */
  readonly lookMs?: number;
}

/**
 * Runs a plan on the given threads; closes them. Slots that fail are named in the result.
 * @throws {RunError} when no thread can open a connection and one is needed.
 */
export async function coordinate(
  plan: RunPlan,
  channels: readonly Channel[],
  options: CoordinateOptions,
): Promise<FleetRun> {
  const lost: LostWorker[] = [];
  const reports: NodeReport[] = [];
  const seconds = new Seconds(channels.length, options);
  const { feed } = options;
  const sharesOf = (index: number) => options.shares?.[index] ?? [{ index, of: channels.length }];
  let startedAtMs = 0;
  const patience = new Patience(plan, {
    threads: channels.length,
    limits: options.isRelay ? NODE_WAITS : MASTER_WAITS,
    onOver: (thread, reason) => {
      channels[thread]!.giveUp?.(reason);
      failures[thread]!(reason);
    },
    ...(options.lookMs !== undefined && { lookMs: options.lookMs }),
  });
  /** What ends the wait for each thread without it. */
  const failures: ((reason: string) => void)[] = [];
  /** What threads say that cannot open a connection. */
  const unreachable: string[] = [];

  const states: ThreadState[] = channels.map((channel, thread) => ({
    name: channel.name ?? `thread ${thread + 1}`,
    state: "running",
  }));

  /** Resolves when the thread is done, or lost. */
  function follow(channel: Channel, thread: number, isReady: () => void): Promise<void> {
    return new Promise((resolve) => {
      let isOver = false;
      const end = () => {
        isOver = true;
        patience.end(thread);
        seconds.end(thread);
        for (const share of sharesOf(thread)) feed?.leave(share.index);
        isReady();
        resolve();
      };
      const fail = (reason: string) => {
        if (isOver) return;
        const atMs = startedAtMs === 0 ? 0 : Math.max(0, now() - startedAtMs);
        const { name } = states[thread]!;
        lost.push({ thread: name, atMs, reason });
        states[thread] = { name, state: "lost", reason };
        end();
      };
      failures[thread] = fail;
      channel.onNotice((notice: Notice) => {
        if (isOver) return;
        patience.heard(thread);
        switch (notice.kind) {
          case "ready":
            patience.ready(thread);
            if (notice.unreachable !== undefined) unreachable.push(notice.unreachable);
            return isReady();
          case "snapshot":
            return seconds.take(thread, notice.snapshot);
          case "more":
            return void feed?.readPart(notice.share).then((part) =>
              channel.send({ kind: "part", share: notice.share, part })
            );
          case "reached":
            return seconds.reach(thread, notice.seq);
          case "done":
            if (notice.report) {
              reports.push(notice.report);
              lost.push(...notice.report.lost);
            }
            states[thread] = { ...states[thread]!, state: "done" };
            return end();
          case "failed":
            return fail(notice.message);
        }
      });
    });
  }

  const threads = channels.map((channel, index) => {
    const ready = Promise.withResolvers<void>();
    return { ready: ready.promise, done: follow(channel, index, ready.resolve) };
  });
  channels.forEach((channel, index) => {
    channel.send({
      kind: "plan",
      plan,
      shares: sharesOf(index),
      ...(options.rules && { rules: options.rules }),
    });
  });
  const stop = () => {
    patience.stopped();
    channels.forEach((channel) => channel.send({ kind: "stop" }));
  };
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) patience.stopped();
  await Promise.all(threads.map((thread) => thread.ready));
  if (options.needsTarget && unreachable.length > 0 && unreachable.length === channels.length - lost.length) {
    options.signal.removeEventListener("abort", stop);
    patience.close();
    feed?.close();
    channels.forEach((channel) => channel.close());
    throw new RunError(`Cannot connect to ${unreachable[0]}`);
  }
  const atEpochMs = await (options.whenToStart?.() ?? now() + (channels.length > 1 ? START_LEAD_MS : 0));
  startedAtMs = atEpochMs;
  patience.started(atEpochMs - now());
  channels.forEach((channel) => channel.send({ kind: "start", atEpochMs }));
  if (options.signal.aborted) stop();
  options.steer?.({
    zeroEpochMs: atEpochMs + plan.warmupMs,
    send: (change) => channels.forEach((channel) => channel.send({ kind: "change", change })),
    states: () => states,
  });
  await Promise.all(threads.map((thread) => thread.done));
  options.signal.removeEventListener("abort", stop);
  patience.close();
  feed?.close();
  channels.forEach((channel) => channel.close());
  if (feed?.loss) lost.push({ thread: feed.loss.what, atMs: seconds.total.toMs, reason: feed.loss.reason });
  return {
    startedAtMs,
    lost,
    reports,
    total: seconds.total,
    timeline: seconds.timeline.points(),
    series: seconds.timeline.series(),
  };
}

/** Wall-clock time in ms since 1970 with fractions; never goes back. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** The seconds of a run: open until every thread has reported one, then folded into the total, in order. */
class Seconds {
  readonly timeline = new Timeline();
  total: Snapshot = EMPTY_SNAPSHOT;
  readonly #options: CoordinateOptions;
  readonly #open = new Map<number, { window: Snapshot; reports: number }>();
  /** The last second that each thread has reported; `Infinity` when it will report no more. */
  readonly #reached: number[];
  #closed = -1;

  constructor(threads: number, options: CoordinateOptions) {
    this.#options = options;
    this.#reached = new Array(threads).fill(-1);
  }

  take(thread: number, snapshot: Snapshot): void {
    // What comes after its second was closed counts in the next one.
    const seq = Math.max(snapshot.seq, this.#closed + 1);
    const entry = this.#open.get(seq);
    const window = entry ? mergeSnapshots(entry.window, snapshot) : { ...snapshot, seq };
    this.#open.set(seq, { window, reports: (entry?.reports ?? 0) + 1 });
    this.reach(thread, snapshot.seq);
  }

  reach(thread: number, seq: number): void {
    this.#reached[thread] = Math.max(this.#reached[thread]!, seq);
    this.#closeReported();
  }

  end(thread: number): void {
    this.#reached[thread] = Infinity;
    this.#closeReported();
  }

  /** Closes, in order, the seconds that no thread has still to report. */
  #closeReported(): void {
    const complete = Math.min(...this.#reached);
    for (const seq of [...this.#open.keys()].sort((a, b) => a - b)) if (seq <= complete) this.#close(seq);
  }

  #close(seq: number): void {
    const { window: seen, reports } = this.#open.get(seq)!;
    const window = alignedTo(this.total, seen);
    this.#open.delete(seq);
    this.#closed = Math.max(this.#closed, seq);
    if (!this.#options.isRelay) this.timeline.add(window);
    this.total = appendSnapshot(this.total, window);
    for (const observe of this.#options.observers) {
      observe({ atMs: window.toMs, window, total: this.total, threads: reports });
    }
  }
}
