/**
 * Reads a log once for all threads, as they ask for it, and deals its requests out to their shares in turn. However long the
 * log is, no more is in memory than the second that is read, and what one share is ahead of another.
 *
 * @module
 */
import { fileReason } from "../../lib/errors.ts";
import type { Feed, FeedPart } from "../../plan/feed.ts";
import type { ReplayStep } from "../../plan/replay_step.ts";
import { type LineReader, lineReader, type LoggedLine } from "./log_line.ts";
import { openLog } from "./open_log.ts";
import { lineOf } from "./replay_line.ts";

/** Requests of a part, and about its longest text. */
const PART_REQUESTS = 1024;
const PART_CHARACTERS = 65_536;
/** Parts that may wait for one share while others ask for theirs. */
const MAX_WAITING_PARTS = 50;
/** Longer lines are no requests. */
const MAX_LINE = 1_048_576;
/** Logs of so many characters are kept for further rounds. */
const MAX_SHORT = 1_048_576;
const SECOND_MS = 1000;

/** A part that is being filled. */
interface Filling {
  /** Times; behind the first `timed`, positions within the second that is read. */
  readonly dueMs: number[];
  timed: number;
  text: string;
}

/** What is known of a share. */
interface ShareQueue {
  readonly parts: Filling[];
  readonly asking: PromiseWithResolvers<FeedPart>[];
  hasLeft: boolean;
}

/** The log of a step, dealt out to shares. */
export class LogFeed implements Feed {
  loss?: { readonly what: string; readonly reason: string };
  readonly #step: ReplayStep;
  readonly #read: LineReader;
  readonly #skip: RegExp | null;
  readonly #shares: readonly ShareQueue[];
  #log: ReadableStreamDefaultReader<string> | null = null;
  #rest = "";
  /** What was read of a log that is not long; `null`: it is. */
  #short: string | null = "";
  #isReading = false;
  #isOver = false;
  #unread = 0;
  /** Requests so far, and those of the present round of the log. */
  #count = 0;
  #roundCount = 0;
  /** Where the present round begins, and the latest request is due, on the schedule. */
  #roundMs = 0;
  #lastMs = 0;
  /** The second that is read, where times are whole ones: its requests are spread over it once their number is known. */
  #second: { readonly timeMs: number; size: number } | null = null;

  constructor(step: ReplayStep, shares: number) {
    this.#step = step;
    this.#read = lineReader(step.format);
    this.#skip = step.skip === undefined ? null : new RegExp(step.skip);
    this.#shares = Array.from({ length: shares }, () => ({ parts: [], asking: [], hasLeft: false }));
  }

  readPart(share: number): Promise<FeedPart> {
    const asked = Promise.withResolvers<FeedPart>();
    this.#shares[share]!.asking.push(asked);
    if (!this.#isReading) void this.#serve();
    return asked.promise;
  }

  leave(share: number): void {
    const queue = this.#shares[share]!;
    queue.hasLeft = true;
    queue.parts.length = 0;
    if (!this.#isReading) void this.#serve();
  }

  close(): void {
    this.#isOver = true;
    this.#log?.cancel().catch(() => {});
  }

  /** Reads until nobody asks, or a share that does not ask has too much waiting for it. */
  async #serve(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#handOut() && this.#hasRoom()) await this.#readOn();
    } catch (error) {
      // What was read is sent all the same.
      this.loss = { what: `the rest of ${this.#step.name}`, reason: fileReason(error) };
      this.#endSecond();
      this.#isOver = true;
      this.#handOut();
    }
    this.#isReading = false;
  }

  /** Gives parts to those who ask; `true`: somebody still does. */
  #handOut(): boolean {
    let isAsked = false;
    for (const queue of this.#shares) {
      const { parts, asking } = queue;
      while (asking.length > 0 && (this.#isOver || isFull(parts[0]))) {
        const { dueMs, text } = parts.shift() ?? { dueMs: [], text: "" };
        const isLast = this.#isOver && parts.length === 0;
        asking.shift()!.resolve({ dueMs, text, unread: this.#unread, isLast });
        this.#unread = 0;
      }
      isAsked ||= asking.length > 0;
    }
    return isAsked;
  }

  #hasRoom(): boolean {
    return this.#shares.every(({ parts }) => parts.length <= MAX_WAITING_PARTS || !isFull(parts[0]));
  }

  async #readOn(): Promise<void> {
    const { value = "", done } = await this.#readText();
    if (this.#isOver) return;
    const lines = (this.#rest + value).split("\n");
    this.#rest = done ? "" : lines.pop()!;
    if (this.#rest.length > MAX_LINE) this.#rest = "\0";
    for (const line of lines) this.#takeLine(line);
    if (done) this.#endRound();
  }

  async #readText(): Promise<{ readonly value?: string; readonly done: boolean }> {
    // Parts of a short log in rounds would be hundreds of them.
    if (this.#roundMs > 0 && this.#short !== null) return { value: this.#short, done: true };
    this.#log ??= (await openLog(this.#step.path)).getReader();
    const { value = "", done } = await this.#log.read();
    if (this.#short !== null) {
      this.#short += value;
      if (this.#short.length > MAX_SHORT || !this.#step.loops) this.#short = null;
    }
    return { value, done };
  }

  #takeLine(text: string): void {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (line === "") return;
    const found = this.#read(line);
    if (found === undefined) {
      const isHeader = this.#step.format.kind === "csv" && this.#roundCount === 0 || line.startsWith("#");
      if (!isHeader && this.#roundMs === 0) this.#unread++;
    } else if (!this.#skip?.test(found.target.replace(/\?.*$/s, ""))) this.#addRequest(found);
  }

  #addRequest(found: LoggedLine): void {
    this.#roundCount++;
    const queue = this.#shares[this.#count++ % this.#shares.length]!;
    let timed = true;
    let time: number;
    if (this.#step.isWhole) {
      // What is late in the log belongs to the second that is read.
      if (this.#second === null || found.timeMs > this.#second.timeMs) {
        this.#endSecond();
        this.#second = { timeMs: found.timeMs, size: 0 };
      }
      time = this.#second.size++;
      timed = false;
    } else time = this.#lastMs = Math.max(this.#lastMs, this.#dueOf(found.timeMs));
    if (queue.hasLeft) return;
    let part = queue.parts.at(-1);
    if (part === undefined || isBig(part)) {
      part = { dueMs: [], timed: 0, text: "" };
      queue.parts.push(part);
    }
    part.dueMs.push(time);
    if (timed) part.timed++;
    part.text += lineOf(found);
  }

  /** Spreads the requests of a second over it. */
  #endSecond(): void {
    if (this.#second === null) return;
    const { timeMs, size } = this.#second;
    for (const { parts } of this.#shares) {
      for (let at = parts.length - 1; at >= 0 && parts[at]!.timed < parts[at]!.dueMs.length; at--) {
        const part = parts[at]!;
        for (let i = part.timed; i < part.dueMs.length; i++) {
          part.dueMs[i] = this.#dueOf(timeMs + part.dueMs[i]! / size * SECOND_MS);
        }
        part.timed = part.dueMs.length;
      }
    }
    this.#lastMs = this.#dueOf(timeMs + SECOND_MS);
    this.#second = null;
  }

  #dueOf(timeMs: number): number {
    return this.#roundMs + (timeMs - this.#step.beginsMs) / this.#step.speed;
  }

  #endRound(): void {
    this.#endSecond();
    this.#log = null;
    const { loops, isWhole } = this.#step;
    if (!loops || this.#roundCount === 0) {
      this.#isOver = true;
      return;
    }
    // The next round follows at the log's own pace.
    const gapMs = isWhole ? 0 : (this.#lastMs - this.#roundMs) / Math.max(this.#roundCount - 1, 1);
    this.#roundMs = this.#lastMs + Math.max(gapMs, isWhole ? 0 : 0.001);
    this.#roundCount = 0;
  }
}

function isBig({ dueMs, text }: Filling): boolean {
  return dueMs.length >= PART_REQUESTS || text.length >= PART_CHARACTERS;
}

/** Nothing more comes to it, and all of its times are known. */
function isFull(part: Filling | undefined): boolean {
  return part !== undefined && isBig(part) && part.timed === part.dueMs.length;
}
