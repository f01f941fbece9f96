/**
 * Collects what a connection has to send, so that frames of many streams go out in one write. While one write is under
 * way the next fills up; a write starts once nothing more is added for some turns of the microtask queue, which is when
 * all users who were waiting for what has arrived have sent their next request.
 *
 * @module
 */
import type { Socket } from "../net/socket.ts";

/** Who has bodies to send stops at this and goes on when the queue has drained. */
export const ENOUGH_QUEUED_BYTES = 262_144;

/**
 * Turns without an addition before a write. Reading what has already arrived takes 3: the requests that follow from it
 * are to be in the same write. That makes a fifth of the writes, and of what they cost both ends.
 */
const QUIET_TURNS = 4;

/** What the owner of a queue is told. */
export interface QueueOwner {
  /** All is written; there is room for more. */
  drained(): void;
  /** Nothing more can be written. */
  writeFailed(error: unknown): void;
}

/** The outgoing bytes of one connection. */
export class WriteQueue {
  /** The buffer to fill; may be another one after every {@linkcode claim}. */
  bytes = new Uint8Array(1024);
  readonly #socket: Socket;
  readonly #owner: QueueOwner;
  readonly #onSettled = () => this.#settle();
  #length = 0;
  #other = new Uint8Array(0);
  #isWriting = false;
  #isScheduled = false;
  #isClosed = false;
  #seenLength = 0;
  #quietTurns = 0;

  constructor(socket: Socket, owner: QueueOwner) {
    this.#socket = socket;
    this.#owner = owner;
  }

  /** Bytes that wait for the next write. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for so many bytes and returns where in {@linkcode bytes} they belong; to be filled in at once. */
  reserve(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.bytes.length) this.#grow();
    if (!this.#isScheduled && !this.#isWriting) {
      this.#isScheduled = true;
      this.#seenLength = 0;
      queueMicrotask(this.#onSettled);
    }
    return at;
  }

  /** Writes nothing more; a write under way goes on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when what was claimed has been written, or cannot be. */
  async flush(): Promise<void> {
    if (!this.#isWriting && this.#length > 0) await this.#write();
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(this.#length, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  #settle(): void {
    if (this.#length !== this.#seenLength) {
      this.#seenLength = this.#length;
      this.#quietTurns = 0;
    }
    if (this.#quietTurns++ < QUIET_TURNS && this.#length < ENOUGH_QUEUED_BYTES) {
      queueMicrotask(this.#onSettled);
      return;
    }
    this.#isScheduled = false;
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#length > 0 && !this.#isClosed) {
        const { bytes } = this;
        const length = this.#length;
        this.bytes = this.#other;
        this.#other = bytes;
        this.#length = 0;
        for (let at = 0; at < length;) at += await this.#socket.write(bytes.subarray(at, length));
        if (this.#length === 0 && !this.#isClosed) this.#owner.drained();
      }
    } catch (error) {
      this.#isClosed = true;
      this.#owner.writeFailed(error);
    }
    this.#isWriting = false;
  }
}
