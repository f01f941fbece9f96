/**
 * Frames of the WebSocket protocol as a client sends them (RFC 6455, 5). Payloads are masked four bytes at a time: every
 * frame is laid out so that its payload begins at a word.
 *
 * @module
 */

/** What a frame is. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A control frame carries no more. */
export const MAX_CONTROL_BYTES = 125;

/** Bits of a frame's first byte. */
export const FIN = 0x80;
/** The message is compressed (RFC 7692, 6). */
export const COMPRESSED = 0x40;

const MASKED = 0x80;
const MEDIUM = 126, LARGE = 127;

/** Masks are drawn so many at a time. */
const DRAWN = 1024;
const drawn = new Uint32Array(DRAWN);
let next = DRAWN;

/** A mask that nobody can foresee. */
function drawMask(): number {
  if (next === DRAWN) {
    crypto.getRandomValues(drawn);
    next = 0;
  }
  return drawn[next++]!;
}

/** A payload that is sent again and again: its bytes, and the same as words, with up to three bytes behind them. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** A payload in whole words. */
export function payloadOf(bytes: Uint8Array): Payload {
  const words = new Uint32Array((bytes.length + 3) >> 2);
  const copy = new Uint8Array(words.buffer, 0, bytes.length);
  copy.set(bytes);
  return { bytes: copy, words };
}

/** A payload of nothing. */
export const NO_PAYLOAD: Payload = payloadOf(new Uint8Array(0));

/** Holds the frame that is being sent. */
export class FrameBuffer {
  #bytes = new Uint8Array(64);
  #words = new Uint32Array(this.#bytes.buffer);
  #view = new DataView(this.#bytes.buffer);
  #last = this.#bytes.subarray(0, 0);

  /** The bytes of a frame; they are valid until the next call. */
  encode(firstByte: number, { bytes, words }: Payload): Uint8Array {
    const { length } = bytes;
    const headBytes = length < MEDIUM ? 6 : length < 65_536 ? 8 : 14;
    const payloadAt = headBytes === 8 ? 8 : headBytes + 2;
    const start = payloadAt - headBytes;
    if (payloadAt + words.length * 4 > this.#bytes.length) this.#grow(payloadAt + words.length * 4);
    const out = this.#bytes;
    out[start] = firstByte;
    if (headBytes === 6) out[start + 1] = MASKED | length;
    else if (headBytes === 8) {
      out[start + 1] = MASKED | MEDIUM;
      this.#view.setUint16(start + 2, length);
    } else {
      out[start + 1] = MASKED | LARGE;
      this.#view.setBigUint64(start + 2, BigInt(length));
    }
    const mask = drawMask();
    const wordAt = payloadAt >> 2;
    this.#words[wordAt - 1] = mask;
    const target = this.#words;
    for (let i = 0; i < words.length; i++) target[wordAt + i] = words[i]! ^ mask;
    // Frames of one length follow each other: the view of the last one serves again.
    const total = headBytes + length;
    if (this.#last.length !== total || this.#last.byteOffset !== start) {
      this.#last = out.subarray(start, start + total);
    }
    return this.#last;
  }

  #grow(bytes: number): void {
    this.#bytes = new Uint8Array(Math.ceil(bytes / 64) * 64);
    this.#words = new Uint32Array(this.#bytes.buffer);
    this.#view = new DataView(this.#bytes.buffer);
    this.#last = this.#bytes.subarray(0, 0);
  }
}
