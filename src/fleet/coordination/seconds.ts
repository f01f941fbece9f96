/**
 * The seconds of a run, from what each thread saw of them to what all did together.
 *
 * @module
 */
import {
  alignedTo,
  appendSnapshot,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  type Snapshot,
} from "../../metrics/snapshot.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import { Timeline } from "../../result/series/timeline.ts";

/** The seconds of a run: open until every thread has reported one, then folded into the total, in order. */
export class Seconds {
  readonly timeline = new Timeline();
  /** All that was folded so far. */
  total: Snapshot = EMPTY_SNAPSHOT;
  readonly #observers: readonly RunObserver[];
  readonly #isRelay: boolean;
  readonly #open = new Map<number, { window: Snapshot; reports: number }>();
  /** The last second that each thread has reported; `Infinity` when it will report no more. */
  readonly #reached: number[];
  #closed = -1;

  constructor(
    threads: number,
    { observers, isRelay = false }: {
      readonly observers: readonly RunObserver[];
      /** Seconds are passed on to observers and not kept. */
      readonly isRelay?: boolean;
    },
  ) {
    this.#observers = observers;
    this.#isRelay = isRelay;
    this.#reached = new Array(threads).fill(-1);
  }

  /** A thread's snapshot of a second. */
  take(thread: number, snapshot: Snapshot): void {
    // What comes after its second was closed counts in the next one.
    const seq = Math.max(snapshot.seq, this.#closed + 1);
    const entry = this.#open.get(seq);
    const window = entry ? mergeSnapshots(entry.window, snapshot) : { ...snapshot, seq };
    this.#open.set(seq, { window, reports: (entry?.reports ?? 0) + 1 });
    this.reach(thread, snapshot.seq);
  }

  /** A thread has reported all seconds up to this one. */
  reach(thread: number, seq: number): void {
    this.#reached[thread] = Math.max(this.#reached[thread]!, seq);
    this.#closeReported();
  }

  /** A thread will report no more. */
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
    if (!this.#isRelay) this.timeline.add(window);
    this.total = appendSnapshot(this.total, window);
    for (const observe of this.#observers) {
      observe({ atMs: window.toMs, window, total: this.total, threads: reports });
    }
  }
}
