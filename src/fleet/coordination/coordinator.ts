/**
 * Runs one plan on all threads: hands out shares, starts them together, merges what they see second by second, and folds
 * it into the result.
 *
 * @module
 */
import { readWallClock } from "../../lib/clock.ts";
import { RunError } from "../../lib/errors.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { Feed } from "../../plan/feed.ts";
import type { LoadChange } from "../../plan/load_change.ts";
import type { OwnerRules } from "../../plan/owner_rules.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { Share } from "../../plan/share.ts";
import type { LostWorker } from "../../result/run_result.ts";
import type { TimelinePoint } from "../../result/series/timeline_point.ts";
import type { RunSeries } from "../../result/series/run_series.ts";
import type { Channel, NodeReport, Order } from "../protocol/messages.ts";
import { MASTER_WAITS, NODE_WAITS, Patience } from "./patience.ts";
import { Seconds } from "./seconds.ts";
import { type ThreadState, ThreadWatch } from "./thread_watch.ts";

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
 * Runs a plan on the given threads; closes them. Threads that fail are named in the result.
 * @throws {RunError} when no thread can open a connection and one is needed.
 */
export async function coordinate(
  plan: RunPlan,
  channels: readonly Channel[],
  options: CoordinateOptions,
): Promise<FleetRun> {
  const { signal, feed } = options;
  const seconds = new Seconds(channels.length, options);
  const sharesOf = (index: number) => options.shares?.[index] ?? [{ index, of: channels.length }];
  const patience = new Patience(plan, {
    threads: channels.length,
    limits: options.isRelay ? NODE_WAITS : MASTER_WAITS,
    onOver: (thread, reason) => {
      channels[thread]!.giveUp?.(reason);
      threads.fail(thread, reason);
    },
    ...(options.lookMs !== undefined && { lookMs: options.lookMs }),
  });
  const threads = new ThreadWatch(channels, { patience, seconds, sharesOf, feed });
  const sendAll = (order: Order) => channels.forEach((channel) => channel.send(order));
  const stop = () => {
    patience.stopped();
    sendAll({ kind: "stop" });
  };
  const close = () => {
    signal.removeEventListener("abort", stop);
    patience.close();
    feed?.close();
    channels.forEach((channel) => channel.close());
  };
  channels.forEach((channel, index) => {
    const { rules } = options;
    channel.send({ kind: "plan", plan, shares: sharesOf(index), ...(rules && { rules }) });
  });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) patience.stopped();
  await threads.ready;
  if (options.needsTarget && threads.unreachable !== undefined) {
    close();
    throw new RunError(`Cannot connect to ${threads.unreachable}`);
  }
  const atEpochMs =
    await (options.whenToStart?.() ?? readWallClock() + (channels.length > 1 ? START_LEAD_MS : 0));
  threads.started(atEpochMs);
  patience.started(atEpochMs - readWallClock());
  sendAll({ kind: "start", atEpochMs });
  if (signal.aborted) stop();
  options.steer?.({
    zeroEpochMs: atEpochMs + plan.warmupMs,
    send: (change) => sendAll({ kind: "change", change }),
    states: () => threads.states,
  });
  await threads.done;
  close();
  const { total, timeline } = seconds;
  return {
    startedAtMs: atEpochMs,
    lost: feed?.loss
      ? [...threads.lost, { thread: feed.loss.what, atMs: total.toMs, reason: feed.loss.reason }]
      : threads.lost,
    reports: threads.reports,
    total,
    timeline: timeline.points(),
    series: timeline.series(),
  };
}
