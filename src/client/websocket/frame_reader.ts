/**
 * Takes frames apart as their bytes come in, and puts messages together (RFC 6455, 5.2 to 5.5). However a server cuts its
 * bytes, no more is kept than a message may be large; the first rule that is broken ends it.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { COMPRESSED, FIN, MAX_CONTROL_BYTES, OPCODE } from "./frames.ts";
import { InflateError, type Inflater } from "./inflate.ts";
import { Utf8Check } from "./utf8.ts";

/** Gets what was read. Bytes are valid during the call only. */
export interface MessageSink {
  /** A whole message: `length` bytes of `bytes` from `from` on; `bytes` is `null` where nobody wants them. */
  takeMessage(isText: boolean, length: number, bytes: Uint8Array | null, from: number): void;
  /** A ping, a pong or a close. */
  takeControl(opcode: number, payload: Uint8Array): void;
}

/** How a connection's messages are read. */
export interface ReadRules {
  readonly maxMessageBytes: number;
  /** Somebody looks at the messages. */
  readonly keepsMessages: boolean;
  /** Compression was agreed on. */
  readonly inflater: Inflater | null;
}

/** Frames without content that a message may be cut into. */
const MAX_EMPTY_FRAMES = 1000;
/** Control frames in a row without a message between them. */
const MAX_CONTROLS = 10_000;

const MAX_HEAD_BYTES = 10;
const EMPTY = new Uint8Array(0);
const KEPT_BYTES = 1024;

/** Reads one connection. */
export class FrameReader {
  /** A number of `FAILURE`; nothing is read any more once it is not `none`. */
  failure: number = FAILURE.none;
  /** What exactly was wrong. */
  problem = "";
  readonly #sink: MessageSink;
  readonly #rules: ReadRules;
  readonly #utf8 = new Utf8Check();
  /** The head of a frame that did not come in one piece. */
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #headBytes = 0;
  /** The frame under way. */
  #opcode = 0;
  #isFinal = false;
  #left = 0;
  #isInFrame = false;
  /** The message under way; 0: none. */
  #messageOpcode = 0;
  #isCompressed = false;
  #messageBytes = 0;
  #kept = EMPTY;
  /** Made for the first control frame that holds something: most connections see none. */
  #control = EMPTY;
  #controlBytes = 0;
  #emptyFrames = 0;
  #controls = 0;

  constructor(sink: MessageSink, rules: ReadRules) {
    this.#sink = sink;
    this.#rules = rules;
  }

  /** Takes in all bytes from `from` to `to`, unless a rule is broken. */
  push(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && this.failure === FAILURE.none) {
      at = this.#isInFrame ? this.#readPayload(bytes, at, to) : this.#readHead(bytes, at, to);
    }
  }

  #fail(problem: string, failure = FAILURE.ws_protocol): void {
    this.failure = failure;
    this.problem = problem;
    this.#kept = EMPTY;
  }

  #readHead(bytes: Uint8Array, from: number, to: number): number {
    if (this.#headBytes === 0) {
      const wanted = to - from < 2 ? Infinity : headBytesOf(bytes[from + 1]!);
      if (from + wanted <= to) {
        this.#begin(bytes, from, wanted);
        return from + wanted;
      }
    }
    let at = from;
    while (at < to) {
      this.#head[this.#headBytes++] = bytes[at++]!;
      if (this.#headBytes < 2 || this.#headBytes < headBytesOf(this.#head[1]!)) continue;
      this.#begin(this.#head, 0, this.#headBytes);
      this.#headBytes = 0;
      break;
    }
    return at;
  }

  #begin(bytes: Uint8Array, from: number, headBytes: number): void {
    const first = bytes[from]!;
    const second = bytes[from + 1]!;
    const opcode = first & 0xf;
    const isFinal = (first & FIN) !== 0;
    if (second >= 0x80) return this.#fail("a masked frame");
    let length = second;
    if (headBytes === 4) {
      length = bytes[from + 2]! * 256 + bytes[from + 3]!;
      if (length < 126) return this.#fail("a length in more bytes than it takes");
    } else if (headBytes === 10) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + from + 2, 8);
      const high = view.getUint32(0);
      if (high >= 0x8000_0000) return this.#fail("a negative length");
      length = high * 2 ** 32 + view.getUint32(4);
      if (length < 65_536) return this.#fail("a length in more bytes than it takes");
    }
    if (opcode >= OPCODE.close) this.#beginControl(first, length, isFinal);
    else this.#beginData(first, length, isFinal);
    if (this.failure !== FAILURE.none) return;
    this.#opcode = opcode;
    this.#isFinal = isFinal;
    this.#left = length;
    this.#isInFrame = true;
    if (length === 0) this.#endFrame();
  }

  #beginControl(first: number, length: number, isFinal: boolean): void {
    const opcode = first & 0xf;
    if (opcode > OPCODE.pong) return this.#fail(`unknown opcode ${opcode}`);
    if ((first & 0x70) !== 0) return this.#fail("a reserved bit in a control frame");
    if (!isFinal) return this.#fail("a fragmented control frame");
    if (length > MAX_CONTROL_BYTES) return this.#fail(`a control frame of ${length} bytes`);
    if (++this.#controls > MAX_CONTROLS) {
      return this.#fail(`over ${MAX_CONTROLS} control frames without a message`, FAILURE.ws_flood);
    }
    this.#controlBytes = 0;
  }

  #beginData(first: number, length: number, isFinal: boolean): void {
    const opcode = first & 0xf;
    if (opcode > OPCODE.binary) return this.#fail(`unknown opcode ${opcode}`);
    const reserved = first & 0x70;
    const mayBeCompressed = this.#rules.inflater !== null && opcode !== OPCODE.continuation;
    if (reserved !== 0 && !(reserved === COMPRESSED && mayBeCompressed)) {
      return this.#fail("a reserved bit that nothing was agreed on for");
    }
    if (opcode === OPCODE.continuation) {
      if (this.#messageOpcode === 0) return this.#fail("a continuation of no message");
    } else {
      if (this.#messageOpcode !== 0) return this.#fail("a message within another");
      this.#messageOpcode = opcode;
      this.#isCompressed = reserved === COMPRESSED;
      this.#messageBytes = 0;
      this.#emptyFrames = 0;
      if (opcode === OPCODE.text) this.#utf8.reset();
    }
    const { maxMessageBytes } = this.#rules;
    if (this.#messageBytes + length > maxMessageBytes) {
      return this.#fail(`a message of more than ${maxMessageBytes} bytes`, FAILURE.ws_too_large);
    }
    if (length === 0 && !isFinal && ++this.#emptyFrames > MAX_EMPTY_FRAMES) {
      this.#fail(`over ${MAX_EMPTY_FRAMES} fragments without content`, FAILURE.ws_flood);
    }
  }

  #readPayload(bytes: Uint8Array, from: number, to: number): number {
    const count = Math.min(this.#left, to - from);
    const end = from + count;
    this.#left -= count;
    if (this.#opcode >= OPCODE.close) {
      if (this.#control === EMPTY) this.#control = new Uint8Array(MAX_CONTROL_BYTES);
      this.#control.set(bytes.subarray(from, end), this.#controlBytes);
      this.#controlBytes += count;
    } else {
      const isText = this.#messageOpcode === OPCODE.text;
      if (!this.#isCompressed && isText && !this.#utf8.accept(bytes, from, end)) {
        this.#fail("a text that is not UTF-8", FAILURE.ws_utf8);
        return end;
      }
      const isWhole = this.#left === 0 && this.#isFinal && this.#messageBytes === 0 && !this.#isCompressed;
      if (isWhole) {
        // The message of one frame that came in one piece, as nearly all do, is not copied.
        this.#isInFrame = false;
        this.#deliver(count, this.#rules.keepsMessages ? bytes : null, from);
        return end;
      }
      if (this.#isCompressed || this.#rules.keepsMessages) this.#keep(bytes, from, end);
      this.#messageBytes += count;
    }
    if (this.#left === 0) this.#endFrame();
    return end;
  }

  #endFrame(): void {
    this.#isInFrame = false;
    if (this.#opcode >= OPCODE.close) {
      this.#sink.takeControl(this.#opcode, this.#control.subarray(0, this.#controlBytes));
    } else if (this.#isFinal) this.#endMessage();
  }

  #endMessage(): void {
    const bytes = this.#messageBytes;
    const { inflater, keepsMessages } = this.#rules;
    if (!this.#isCompressed) return this.#deliver(bytes, keepsMessages ? this.#kept : null, 0);
    try {
      const whole = inflater!.inflate(this.#kept.subarray(0, bytes));
      if (this.#messageOpcode === OPCODE.text && !this.#utf8.accept(whole, 0, whole.length)) {
        return this.#fail("a text that is not UTF-8", FAILURE.ws_utf8);
      }
      this.#deliver(whole.length, keepsMessages ? whole : null, 0);
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      this.#fail(`a message: ${error.message}`, error.isTooLarge ? FAILURE.ws_too_large : FAILURE.ws_deflate);
    }
  }

  #deliver(length: number, bytes: Uint8Array | null, from: number): void {
    const isText = this.#messageOpcode === OPCODE.text;
    this.#messageOpcode = 0;
    this.#controls = 0;
    if (isText && !this.#utf8.isWhole) {
      return this.#fail("a text that ends amid a character", FAILURE.ws_utf8);
    }
    this.#sink.takeMessage(isText, length, bytes, from);
    // A large message's room is not held for the small ones after it.
    if (this.#kept.length > 65_536) this.#kept = EMPTY;
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const needed = this.#messageBytes + to - from;
    if (needed > this.#kept.length) {
      const grown = new Uint8Array(Math.max(KEPT_BYTES, needed, this.#kept.length * 2));
      grown.set(this.#kept.subarray(0, this.#messageBytes));
      this.#kept = grown;
    }
    this.#kept.set(bytes.subarray(from, to), this.#messageBytes);
  }
}

function headBytesOf(second: number): number {
  const length = second & 0x7f;
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}
