/**
 * Reads a log once for all threads, as they ask for it, and deals its requests out to their shares in turn. However long the
 * log is, no more is in memory than the second that is read, and what one share is ahead of another.
 *
 * @module
 */
import { fileReason } from "../../lib/errors.ts";
import type { Feed, FeedPart } from "../../plan/feed.ts";
import type { ReplayStep } from "../../plan/replay_step.ts";
import { CombinedLine } from "./combined_line.ts";
import { COMBINED } from "./log_format.ts";
import { type LineReader, lineReader } from "./log_line.ts";
import { LineList } from "./line_list.ts";
import { LineWindow } from "./line_window.ts";
import { type OpenLog, openLog } from "./open_log.ts";
import { lineOf } from "./replay_line.ts";

/** Requests of a part, and about its longest text. */
const PART_REQUESTS = 1024;
const PART_BYTES = 65_536;
/** Parts that may wait for one share while others ask for theirs. */
const MAX_WAITING_PARTS = 50;
/** Logs of so many bytes are kept for further rounds. */
const MAX_SHORT_BYTES = 1_048_576;
const SECOND_MS = 1000;
const HASH = 0x23;

/** What is known of a share. */
interface ShareQueue {
  /** Parts that are full. */
  readonly ready: (readonly [dueMs: readonly number[], text: string])[];
  /** The part that is being filled. */
  dueMs: number[];
  readonly lines: LineList;
  readonly asking: PromiseWithResolvers<FeedPart>[];
  hasLeft: boolean;
}

/** The log of a step, dealt out to shares. */
export class LogFeed implements Feed {
  loss?: { readonly what: string; readonly reason: string };
  readonly #step: ReplayStep;
  readonly #read: LineReader;
  readonly #combined: CombinedLine | null;
  readonly #skip: RegExp | null;
  readonly #shares: readonly ShareQueue[];
  readonly #window = new LineWindow();
  #log: OpenLog | null = null;
  /** What was read of a log that is short; `null`: it is not, or no further round will need it. */
  #short: Uint8Array | null = null;
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
  readonly #second = new LineList();
  #secondMs = NaN;
  #secondCount = 0;

  constructor(step: ReplayStep, shares: number) {
    this.#step = step;
    this.#read = lineReader(step.format);
    const isCombined = step.format.kind === "pattern" && step.format.pattern === COMBINED;
    this.#combined = isCombined ? new CombinedLine() : null;
    this.#skip = step.skip === undefined ? null : new RegExp(step.skip);
    this.#shares = Array.from({ length: shares }, () => ({
      ready: [],
      dueMs: [],
      lines: new LineList(),
      asking: [],
      hasLeft: false,
    }));
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
    queue.ready.length = 0;
    if (!this.#isReading) void this.#serve();
  }

  close(): void {
    this.#isOver = true;
    // What is being read is closed by whoever reads it.
    if (!this.#isReading) this.#closeLog();
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
    if (this.#isOver) this.#closeLog();
  }

  /** Gives parts to those who ask; `true`: somebody still does. */
  #handOut(): boolean {
    let isAsked = false;
    for (const queue of this.#shares) {
      const { ready, asking } = queue;
      while (asking.length > 0 && (this.#isOver || ready.length > 0)) {
        if (ready.length === 0) completePart(queue);
        const [dueMs, text] = ready.shift()!;
        const isLast = this.#isOver && ready.length === 0 && queue.dueMs.length === 0;
        asking.shift()!.resolve({ dueMs, text, unread: this.#unread, isLast });
        this.#unread = 0;
      }
      isAsked ||= asking.length > 0;
    }
    return isAsked;
  }

  #hasRoom(): boolean {
    return this.#shares.every(({ ready }) => ready.length <= MAX_WAITING_PARTS);
  }

  async #readOn(): Promise<void> {
    this.#log ??= await this.#open();
    const hasMore = await this.#window.readOn(this.#log, this.#takeLine);
    if (!hasMore && !this.#isOver) this.#endRound();
  }

  /** Opens the log, or what was kept of a short one: its rounds may be many a second. */
  async #open(): Promise<OpenLog> {
    const { path, loops } = this.#step;
    if (this.#short !== null) return openBytes(this.#short);
    const log = await openLog(path);
    if (!loops || this.#roundMs > 0) return log;
    let kept: Uint8Array | null = new Uint8Array();
    return {
      read: async (into) => {
        const count = await log.read(into);
        if (count === null) this.#short = kept;
        else if (kept !== null) {
          const grown: Uint8Array = new Uint8Array(kept.length + count);
          grown.set(kept);
          grown.set(into.subarray(0, count), kept.length);
          kept = grown.length > MAX_SHORT_BYTES ? null : grown;
        }
        return count;
      },
      close: () => log.close(),
    };
  }

  readonly #takeLine = (bytes: Uint8Array, start: number, end: number): void => {
    if (this.#isOver) return;
    const combined = this.#combined;
    if (combined?.read(bytes, start, end)) {
      if (this.#skip !== null && this.#isSkipped(combined.targetIn(bytes))) return;
      combined.addTo(this.#listAt(combined.timeMs), bytes);
    } else {
      const found = this.#read(DECODER.decode(bytes.subarray(start, end)));
      if (found === undefined) {
        const isHeader = this.#step.format.kind === "csv" && this.#roundCount === 0 || bytes[start] === HASH;
        if ((!isHeader || start === end) && this.#roundMs === 0) this.#unread++;
        return;
      }
      if (this.#isSkipped(found.target)) return;
      this.#listAt(found.timeMs).addText(lineOf(found));
    }
    this.#roundCount++;
  };

  #isSkipped(target: string): boolean {
    return this.#skip !== null && this.#skip.test(target.replace(/\?.*$/s, ""));
  }

  /** Where a request of a time is to be added: it becomes the next of its share, or of its second. */
  #listAt(timeMs: number): LineList {
    if (!this.#step.isWhole) {
      this.#lastMs = Math.max(this.#lastMs, this.#dueOf(timeMs));
      return this.#placeFor(this.#lastMs).lines;
    }
    // What is late in the log belongs to the second that is read.
    if (!(timeMs <= this.#secondMs)) {
      this.#endSecond();
      this.#secondMs = timeMs;
    }
    this.#secondCount++;
    return this.#second;
  }

  /** The share that the next request belongs to, ready for its line. */
  #placeFor(dueMs: number): ShareQueue {
    const queue = this.#shares[this.#count++ % this.#shares.length]!;
    // A part is completed by the line behind it: its own last one is whole by then.
    if (queue.dueMs.length >= PART_REQUESTS || queue.lines.length >= PART_BYTES) completePart(queue);
    queue.dueMs.push(dueMs);
    return queue;
  }

  /** Spreads the requests of a second over it. */
  #endSecond(): void {
    if (Number.isNaN(this.#secondMs)) return;
    const count = this.#secondCount;
    for (let i = 0, at = 0; i < count; i++) {
      const { lines } = this.#placeFor(this.#dueOf(this.#secondMs + i / count * SECOND_MS));
      at = lines.addFrom(this.#second, at);
    }
    this.#lastMs = this.#dueOf(this.#secondMs + SECOND_MS);
    this.#second.clear();
    this.#secondCount = 0;
    this.#secondMs = NaN;
  }

  #dueOf(timeMs: number): number {
    return this.#roundMs + (timeMs - this.#step.beginsMs) / this.#step.speed;
  }

  #endRound(): void {
    this.#endSecond();
    this.#closeLog();
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

  #closeLog(): void {
    this.#log?.close();
    this.#log = null;
  }
}

const DECODER = new TextDecoder();

/** Moves what was filled to the parts that are ready; of a share that takes no more, it is forgotten. */
function completePart(queue: ShareQueue): void {
  const text = queue.lines.take();
  if (!queue.hasLeft) queue.ready.push([queue.dueMs, text]);
  queue.dueMs = [];
}

/** Bytes as a log. */
function openBytes(bytes: Uint8Array): OpenLog {
  let at = 0;
  return {
    read: (into) => {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return Promise.resolve(part.length === 0 ? null : part.length);
    },
    close() {},
  };
}
