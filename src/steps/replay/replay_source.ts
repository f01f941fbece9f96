/**
 * A thread's share of a log, as a schedule of requests: it asks for what is due soon, and keeps that and what waits to be
 * sent.
 *
 * @module
 */
import type { ArrivalSchedule } from "../../load/load_model.ts";
import type { FeedPart } from "../../plan/feed.ts";
import type { Share } from "../../plan/share.ts";
import { readLine, type ReplayedRequest } from "./replay_line.ts";

/** Requests that are asked for ahead of those that are due. */
const AHEAD = 4096;
/** Requests that are kept at most; beyond, nothing is asked for until some are sent. */
const MAX_KEPT = 50_000;

/** A part, and how much of it is gone. */
interface KeptPart {
  readonly dueMs: readonly number[];
  readonly text: string;
  /** The share's number of its first request. */
  readonly first: number;
  /** Where the next request begins in its text. */
  at: number;
}

/** The share of one thread. */
export class ReplaySource implements ArrivalSchedule {
  readonly #share: Share;
  readonly #readPart: () => Promise<FeedPart>;
  readonly #onUnread: (lines: number) => void;
  readonly #parts: KeptPart[] = [];
  /** Requests of the share that have come, and that were taken. */
  #known = 0;
  #taken = 0;
  #isOver = false;
  #filling: Promise<void> | null = null;
  #onRoom: (() => void) | null = null;

  /** `onUnread` is told of lines that are no requests. */
  constructor(share: Share, readPart: () => Promise<FeedPart>, onUnread: (lines: number) => void) {
    this.#share = share;
    this.#readPart = readPart;
    this.#onUnread = onUnread;
  }

  whenKnown(arrival: number): Promise<void> | null {
    const at = this.#positionOf(arrival);
    if (this.#known - at < AHEAD / 2 && !this.#isOver) this.#filling ??= this.#fill(at);
    return at < this.#known || this.#isOver ? null : this.#filling;
  }

  timeOf(arrival: number): number {
    const at = this.#positionOf(arrival);
    for (const { first, dueMs } of this.#parts) {
      if (at < first + dueMs.length) return dueMs[at - first] ?? Infinity;
    }
    return Infinity;
  }

  /** Hands the next request over; they are taken in the order of their numbers. */
  take(): ReplayedRequest {
    const part = this.#parts[0]!;
    const end = part.text.indexOf("\n", part.at);
    const request = readLine(part.text.slice(part.at, end));
    part.at = end + 1;
    this.#taken++;
    if (part.at >= part.text.length) {
      this.#parts.shift();
      this.#onRoom?.();
    }
    return request;
  }

  /** Asks for no more. */
  close(): void {
    this.#isOver = true;
    this.#onRoom?.();
  }

  #positionOf(arrival: number): number {
    return (arrival - this.#share.index) / this.#share.of;
  }

  async #fill(at: number): Promise<void> {
    while (!this.#isOver && this.#known - at < AHEAD) {
      if (this.#known - this.#taken >= MAX_KEPT) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#onRoom = resolve;
        await promise;
        this.#onRoom = null;
        break;
      }
      this.#add(await this.#readPart());
    }
    this.#filling = null;
  }

  #add({ dueMs, text, unread, isLast }: FeedPart): void {
    if (unread > 0) this.#onUnread(unread);
    if (dueMs.length > 0) this.#parts.push({ dueMs, text, first: this.#known, at: 0 });
    this.#known += dueMs.length;
    if (isLast) this.#isOver = true;
  }
}
