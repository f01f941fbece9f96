/**
 * Runs one plan on all slots: hands out shares, starts them together, merges what they see second by second, and folds
 * it into the result.
 *
 * @module
 */
import { appendSnapshot, EMPTY_SNAPSHOT, mergeSnapshots, type Snapshot } from "../metrics/snapshot.ts";
import type { RunObserver } from "../metrics/tick.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Channel, Notice } from "./protocol.ts";

/** Time for the start order to reach every slot. */
const START_LEAD_MS = 20;

/** What the slots did together. */
export interface FleetRun {
  readonly startedAtMs: number;
  readonly total: Snapshot;
  readonly windows: readonly Snapshot[];
  /** Slots that stopped reporting, and why. */
  readonly lost: readonly { readonly slot: string; readonly atMs: number; readonly reason: string }[];
}

/** How a plan is run. */
export interface CoordinateOptions {
  /** Ends the load early. */
  readonly signal: AbortSignal;
  readonly observers: readonly RunObserver[];
}

/** Runs a plan on the given slots; closes them. Slots that fail are named in the result. */
export async function coordinate(
  plan: RunPlan,
  channels: readonly Channel[],
  options: CoordinateOptions,
): Promise<FleetRun> {
  const lost: FleetRun["lost"][number][] = [];
  const pending = new Map<number, { window: Snapshot; reports: number }>();
  /** The last window that each slot has reported; `Infinity` when it will report no more. */
  const reached = channels.map(() => -1);
  const windows: Snapshot[] = [];
  let total = EMPTY_SNAPSHOT;
  let startedAtMs = 0;

  function close(seq: number): void {
    const entry = pending.get(seq);
    if (!entry) return;
    pending.delete(seq);
    windows.push(entry.window);
    total = appendSnapshot(total, entry.window);
    for (const observe of options.observers) {
      observe({ atMs: entry.window.toMs, window: entry.window, total, slots: entry.reports });
    }
  }

  /** Closes, in order, the windows that no slot has still to report. */
  function closeReported(): void {
    const complete = Math.min(...reached);
    for (const seq of [...pending.keys()].sort((a, b) => a - b)) if (seq <= complete) close(seq);
  }

  function take(slot: number, snapshot: Snapshot): void {
    reached[slot] = snapshot.seq;
    const entry = pending.get(snapshot.seq);
    const window = entry ? mergeSnapshots(entry.window, snapshot) : snapshot;
    pending.set(snapshot.seq, { window, reports: (entry?.reports ?? 0) + 1 });
    closeReported();
  }

  /** Resolves when the slot is done, or lost. */
  function follow(channel: Channel, slot: number, isReady: () => void): Promise<void> {
    return new Promise((resolve) => {
      channel.onNotice((notice: Notice) => {
        if (notice.kind === "ready") isReady();
        else if (notice.kind === "snapshot") take(slot, notice.snapshot);
        else {
          reached[slot] = Infinity;
          if (notice.kind === "failed") {
            const atMs = startedAtMs === 0 ? 0 : Date.now() - startedAtMs;
            lost.push({ slot: `thread ${slot + 1}`, atMs, reason: notice.message });
            isReady();
          }
          closeReported();
          resolve();
        }
      });
    });
  }

  const slots = channels.map((channel, index) => {
    const ready = Promise.withResolvers<void>();
    return { ready: ready.promise, done: follow(channel, index, ready.resolve) };
  });
  channels.forEach((channel, index) => {
    channel.send({ kind: "plan", plan, share: { index, of: channels.length } });
  });
  const stop = () => channels.forEach((channel) => channel.send({ kind: "stop" }));
  options.signal.addEventListener("abort", stop, { once: true });
  await Promise.all(slots.map((slot) => slot.ready));
  const atEpochMs = performance.timeOrigin + performance.now() + (channels.length > 1 ? START_LEAD_MS : 0);
  startedAtMs = atEpochMs;
  channels.forEach((channel) => channel.send({ kind: "start", atEpochMs }));
  if (options.signal.aborted) stop();
  await Promise.all(slots.map((slot) => slot.done));
  options.signal.removeEventListener("abort", stop);
  channels.forEach((channel) => channel.close());
  return { startedAtMs, total, windows, lost };
}
