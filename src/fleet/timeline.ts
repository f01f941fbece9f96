/**
 * The seconds of a run as points of its timeline. Keeps no more than two of them whole, so that a run of hours takes no
 * more memory than one of minutes.
 *
 * @module
 */
import { appendSnapshot, type Snapshot } from "../metrics/snapshot.ts";
import { type TimelinePoint, timelinePoint } from "../result/run_result.ts";

const SHORTEST_WINDOW_MS = 100;

/** Takes windows in order. */
export class Timeline {
  readonly #points: TimelinePoint[] = [];
  #before: Snapshot | null = null;
  #last: Snapshot | null = null;

  add(window: Snapshot): void {
    if (this.#before) this.#points.push(timelinePoint(this.#before));
    this.#before = this.#last;
    this.#last = window;
  }

  /** All points; a last window too short to have rates of its own is counted with the one before it. */
  points(): readonly TimelinePoint[] {
    const [before, last] = [this.#before, this.#last];
    const isStub = before !== null && last !== null && last.toMs - last.fromMs <= SHORTEST_WINDOW_MS;
    const whole = isStub
      ? [appendSnapshot(before, last)]
      : [before, last].filter((window) => window !== null);
    return [...this.#points, ...whole.map(timelinePoint)];
  }
}
