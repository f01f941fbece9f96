/**
 * A log as a schedule of requests, read as it is needed: a thread keeps what is due soon and what waits to be sent, however
 * long the log is. Every thread reads all of it and takes its share of the requests.
 *
 * @module
 */
import type { ArrivalSchedule } from "../../load/load_model.ts";
import type { Share } from "../../plan/share.ts";
import type { ReplayStep } from "../../plan/replay_step.ts";
import { type LineReader, lineReader, type LoggedLine } from "./log_line.ts";

/** Requests that are read ahead of those that are due. */
const AHEAD = 4096;
/** Requests that are kept at most; beyond, reading waits until some are sent. */
const MAX_KEPT = 50_000;
/** Longer lines are no requests. */
const MAX_LINE = 1_048_576;
const SECOND_MS = 1000;

/** A request, and when it is due since the start. */
export interface ReplayEntry {
  readonly dueMs: number;
  readonly line: LoggedLine;
}

/** Opens a log as text; gzip is told by its name. */
export async function openLog(path: string): Promise<ReadableStream<string>> {
  const { readable } = await Deno.open(path);
  const bytes: ReadableStream<BufferSource> = /\.gz$/i.test(path)
    ? readable.pipeThrough(new DecompressionStream("gzip"))
    : readable;
  return bytes.pipeThrough(new TextDecoderStream());
}

/** The share of one thread. */
export class ReplaySource implements ArrivalSchedule {
  readonly #step: ReplayStep;
  readonly #share: Share;
  readonly #read: LineReader;
  readonly #skip: RegExp | null;
  readonly #onUnread: () => void;
  #log: ReadableStreamDefaultReader<string> | null = null;
  #rest = "";
  /** Requests from the share's number `#first` on; those that were taken are gone. */
  readonly #kept: (ReplayEntry | undefined)[] = [];
  #first = 0;
  /** Requests of all shares so far. */
  #count = 0;
  /** The second under way: which requests of it are this share's, by their position in it. */
  #second: { readonly timeMs: number; readonly own: (readonly [number, LoggedLine])[]; size: number } | null =
    null;
  #lastMs = 0;
  /** Where the present round of the log begins, on the schedule. */
  #roundMs = 0;
  #roundCount = 0;
  #isOver = false;
  #filling: Promise<void> | null = null;
  #onRoom: (() => void) | null = null;

  /** `onUnread` is told of each line that is no request. */
  constructor(step: ReplayStep, share: Share, onUnread: () => void) {
    this.#step = step;
    this.#share = share;
    this.#read = lineReader(step.format);
    this.#skip = step.skip === undefined ? null : new RegExp(step.skip);
    this.#onUnread = onUnread;
  }

  whenKnown(arrival: number): Promise<void> | null {
    const at = this.#positionOf(arrival);
    if (this.#kept.length - at < AHEAD / 2 && !this.#isOver) this.#filling ??= this.#fill(at);
    return at < this.#kept.length || this.#isOver ? null : this.#filling;
  }

  timeOf(arrival: number): number {
    return this.#kept[this.#positionOf(arrival)]?.dueMs ?? Infinity;
  }

  /** Hands a request over, once. */
  take(arrival: number): ReplayEntry {
    const at = this.#positionOf(arrival);
    const entry = this.#kept[at]!;
    this.#kept[at] = undefined;
    let gone = 0;
    while (gone < this.#kept.length && this.#kept[gone] === undefined) gone++;
    // Seldom, since it moves all that is kept.
    if (gone > AHEAD || gone === this.#kept.length) {
      this.#kept.splice(0, gone);
      this.#first += gone;
      this.#onRoom?.();
    }
    return entry;
  }

  /** Reads no more. */
  close(): void {
    this.#isOver = true;
    this.#onRoom?.();
    this.#log?.cancel().catch(() => {});
  }

  #positionOf(arrival: number): number {
    return (arrival - this.#share.index) / this.#share.of - this.#first;
  }

  async #fill(at: number): Promise<void> {
    while (!this.#isOver && this.#kept.length - at < AHEAD) {
      if (this.#kept.length >= MAX_KEPT) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#onRoom = resolve;
        await promise;
        this.#onRoom = null;
        break;
      }
      await this.#readOn();
    }
    this.#filling = null;
  }

  async #readOn(): Promise<void> {
    this.#log ??= (await openLog(this.#step.path)).getReader();
    const { value, done } = await this.#log.read();
    if (this.#isOver) return;
    const lines = (this.#rest + (value ?? "")).split("\n");
    this.#rest = done ? "" : lines.pop()!;
    if (this.#rest.length > MAX_LINE) this.#rest = "\0";
    for (const line of lines) this.#takeLine(line);
    if (done) this.#endRound();
  }

  #takeLine(text: string): void {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (line === "") return;
    const found = this.#read(line);
    if (found === undefined) {
      const { format } = this.#step;
      const isHeader = format.kind === "csv" && this.#roundCount === 0 || line.startsWith("#");
      if (!isHeader && this.#share.index === 0 && this.#roundMs === 0) this.#onUnread();
      return;
    }
    if (this.#skip?.test(found.target.replace(/\?.*$/s, ""))) return;
    this.#roundCount++;
    const isOwn = this.#count++ % this.#share.of === this.#share.index;
    if (!this.#step.isWhole) {
      this.#lastMs = Math.max(this.#lastMs, this.#dueOf(found.timeMs));
      if (isOwn) this.#kept.push({ dueMs: this.#lastMs, line: found });
      return;
    }
    // What is late in the log belongs to the second under way.
    if (this.#second === null || found.timeMs > this.#second.timeMs) {
      this.#endSecond();
      this.#second = { timeMs: found.timeMs, own: [], size: 0 };
    }
    if (isOwn) this.#second.own.push([this.#second.size, found]);
    this.#second.size++;
  }

  /** Spreads the requests of a second over it. */
  #endSecond(): void {
    if (this.#second === null) return;
    const { timeMs, own, size } = this.#second;
    for (const [at, line] of own) {
      this.#kept.push({ dueMs: this.#dueOf(timeMs + at / size * SECOND_MS), line });
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
