/**
 * A response's body as events: server-sent events (HTML Standard, 9.2.6), JSON or text lines, or whatever comes at a time.
 *
 * @module
 */
import type { StreamKind } from "../../../plan/stream_spec.ts";
import { LineSplitter, MAX_LINE_BYTES } from "./line_splitter.ts";

/** Takes an event; `data` is its content where that is wanted, else empty. */
export type TakeEvent = (data: string) => void;

const D = 0x64, A = 0x61, T = 0x74;
const COLON = 0x3a, BLANK = 0x20;
const decoder = new TextDecoder();

/** Cuts bodies into events, one after another. */
export class EventSplitter {
  readonly #take: TakeEvent;
  readonly #wantsData: boolean;
  readonly #lines = new LineSplitter((bytes, from, to) => this.#takeLine(bytes, from, to));
  #kind: Exclude<StreamKind, "auto"> = "sse";
  #hasData = false;
  #data = "";
  #isFirst = true;

  constructor(take: TakeEvent, wantsData: boolean) {
    this.#take = take;
    this.#wantsData = wantsData;
  }

  /** A new body begins. */
  begin(kind: Exclude<StreamKind, "auto">): void {
    this.#kind = kind;
    this.#hasData = false;
    this.#data = "";
    this.#isFirst = true;
    this.#lines.begin(kind === "sse");
  }

  push(bytes: Uint8Array, from: number, to: number): void {
    if (this.#kind !== "chunks") this.#lines.push(bytes, from, to);
    else if (to > from) this.#take(this.#wantsData ? decoder.decode(bytes.subarray(from, to)) : "");
  }

  /** The body is over: a last line is an event even without its end, an event of an event stream is not. */
  finish(): void {
    if (this.#kind === "lines" || this.#kind === "ndjson") this.#lines.finish();
  }

  #takeLine(bytes: Uint8Array, from: number, to: number): void {
    if (this.#kind === "sse") return this.#takeField(bytes, from, to);
    if (this.#kind === "ndjson" && isBlank(bytes, from, to)) return;
    this.#take(this.#wantsData ? decoder.decode(bytes.subarray(from, to)) : "");
  }

  #takeField(bytes: Uint8Array, from: number, to: number): void {
    let start = from;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) start += 3;
    }
    if (start === to) {
      const data = this.#data;
      this.#data = "";
      if (this.#hasData) this.#take(data);
      this.#hasData = false;
      return;
    }
    if (to - start < 4 || !isData(bytes, start)) return;
    const behind = start + 4;
    if (behind < to && bytes[behind] !== COLON) return;
    if (this.#wantsData) {
      const at = bytes[behind + 1] === BLANK ? behind + 2 : behind + 1;
      const text = decoder.decode(bytes.subarray(Math.min(at, to), to));
      // Of an event without end, no more is kept than of a line without end.
      if (!this.#hasData) this.#data = text;
      else if (this.#data.length < MAX_LINE_BYTES) this.#data = `${this.#data}\n${text}`;
    }
    this.#hasData = true;
  }
}

/** Whether a line begins with `data`. */
function isData(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === D && bytes[at + 1] === A && bytes[at + 2] === T && bytes[at + 3] === A;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > BLANK) return false;
  return true;
}

/** How a body of a content type is cut. */
export function kindOfType(contentType: string): Exclude<StreamKind, "auto"> {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "text/event-stream") return "sse";
  if (/^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-seq|stream\+json)$/.test(type)) return "ndjson";
  return type.startsWith("text/") ? "lines" : "chunks";
}
