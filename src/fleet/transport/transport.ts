/**
 * What carries frames between two machines: texts in order, cut off or not. What they mean and whether they are to be
 * believed is for the link.
 *
 * @module
 */

import { MAX_WAITING_FRAMES } from "../../lib/size_limits.ts";
/** One end of a connection. */
export interface Transport {
  /** The other end, for messages: an address or an id. */
  readonly peer: string;
  /** Frames may get lost, so whoever needs them repeats them. */
  readonly isLossy: boolean;
  /** Hands a frame over; what comes after the end is dropped. */
  send(frame: string): void;
  /** The other end has proved itself: it may send as much as it likes. */
  trust(): void;
  /** Frames as they come. One listener at a time; without one, frames wait for the next. */
  onFrame(listener: ((frame: string) => void) | undefined): void;
  /** Called once, with the reason, when nothing will come any more; at once if that has happened already. */
  onEnd(listener: (reason: string) => void): void;
  /** Ends the connection; the other end is told the reason where the transport can. */
  close(reason: string): void;
}

/** The listeners of a pipe, and what happened before they came. */
export class TransportEvents {
  #onFrame: ((frame: string) => void) | undefined;
  readonly #waiting: string[] = [];
  #onEnd: (reason: string) => void = () => {};
  #endReason: string | undefined;

  /** Whether the end has come. */
  get isOver(): boolean {
    return this.#endReason !== undefined;
  }

  readonly onFrame = (listener: ((frame: string) => void) | undefined): void => {
    this.#onFrame = listener;
    while (this.#onFrame !== undefined && this.#waiting.length > 0) this.#onFrame(this.#waiting.shift()!);
  };

  readonly onEnd = (listener: (reason: string) => void): void => {
    this.#onEnd = listener;
    if (this.#endReason !== undefined) listener(this.#endReason);
  };

  readonly frame = (frame: string): void => {
    if (this.isOver) return;
    if (this.#onFrame !== undefined) this.#onFrame(frame);
    else if (this.#waiting.length < MAX_WAITING_FRAMES) this.#waiting.push(frame);
  };

  readonly end = (reason: string): void => {
    if (this.isOver) return;
    this.#endReason = reason;
    this.#onEnd(reason);
  };
}
