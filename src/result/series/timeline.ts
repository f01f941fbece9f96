/**
 * The seconds of a run as points of its timeline, and as series of its parts. Keeps no more than two of them whole, so that a run of hours takes no
 * more memory than one of minutes.
 *
 * @module
 */
import { appendSnapshot, type Snapshot } from "../../metrics/snapshot.ts";
import { type TimelinePoint, timelinePoint } from "./timeline_point.ts";
import type { RunSeries } from "./run_series.ts";
import { SeriesRecorder } from "./series_recorder.ts";

const SHORTEST_WINDOW_MS = 100;

/**
 * Takes windows in order. Where threads stood still or ended their seconds at different moments, their windows overlap: a
 * point ends where the next one begins, and no two tell of the same time.
 */
export class Timeline {
  readonly #points: TimelinePoint[] = [];
  readonly #series = new SeriesRecorder();
  #before: Snapshot | null = null;
  #last: Snapshot | null = null;

  add(window: Snapshot): void {
    const last = this.#last;
    if (last === null) {
      this.#last = window;
      return;
    }
    const isLater = window.fromMs > last.fromMs;
    const seamMs = isLater ? Math.min(last.toMs, window.fromMs) : last.toMs;
    if (window.toMs <= seamMs) {
      this.#last = { ...appendSnapshot(last, window), fromMs: last.fromMs };
      return;
    }
    if (this.#before) {
      this.#points.push(timelinePoint(this.#before));
      this.#series.add(this.#before);
    }
    this.#before = { ...last, toMs: seamMs };
    this.#last = { ...window, fromMs: Math.max(window.fromMs, seamMs) };
  }

  /** All points; a last window too short to have rates of its own is counted with the one before it. */
  points(): readonly TimelinePoint[] {
    return [...this.#points, ...this.#lastWindows().map(timelinePoint)];
  }

  /** What the run's parts did in the same windows. */
  series(): RunSeries {
    return this.#series.series(this.#lastWindows());
  }

  #lastWindows(): readonly Snapshot[] {
    const [before, last] = [this.#before, this.#last];
    const isStub = before !== null && last !== null && last.toMs - last.fromMs <= SHORTEST_WINDOW_MS;
    return isStub ? [appendSnapshot(before, last)] : [before, last].filter((window) => window !== null);
  }
}
