/**
 * A connected socket of the C library's. Reads wait for the thread's poller; writes go out at once where there is room.
 *
 * @module
 */
import { DISCARDED, NOTHING_YET, type Socket } from "../socket.ts";
import { errorOf } from "./errno.ts";
import { errnoOf } from "./libc.ts";
import { EVENT, isAgain, type Pollable, type Poller } from "./poller.ts";

const NO_SIGNAL = 0x4000;
const PEEK = 2;
/** On TCP: bytes are taken, and put nowhere (tcp(7)). */
const TRUNCATE = 0x20;

const CAN_READ = EVENT.in | EVENT.readHangUp | EVENT.hangUp | EVENT.error;
const CAN_WRITE = EVENT.out | EVENT.hangUp | EVENT.error;
const IS_ENDING = EVENT.readHangUp | EVENT.hangUp | EVENT.error;

/** A socket of our own. */
export class NativeSocket implements Socket, Pollable {
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #isTcp: boolean;
  #isClosed = false;
  /** There may be something to read. Only a new event tells when there is more after all was taken. */
  #isReady = false;
  /** The other end sends no more: there is no further event. */
  #isEnding = false;
  #error: Error | null = null;
  /** Where the read that waits wants its bytes. */
  #buffer: Uint8Array | null = null;
  #resolve: (count: number | null) => void = () => {};
  #reject: (error: Error) => void = () => {};
  readonly #keep = (resolve: (count: number | null) => void, reject: (error: Error) => void) => {
    this.#resolve = resolve;
    this.#reject = reject;
  };
  /** Who waits until there is room to write. */
  #onWritable: ((error: Error | null) => void) | null = null;

  /** Takes a non-blocking descriptor over. */
  constructor(poller: Poller, fd: number, isTcp: boolean) {
    this.#poller = poller;
    this.#fd = fd;
    this.#isTcp = isTcp;
    poller.add(fd, this);
  }

  get fd(): number {
    return this.#fd;
  }

  ready(events: number): void {
    if ((events & IS_ENDING) !== 0) this.#isEnding = true;
    if ((events & CAN_READ) !== 0) {
      if (this.#buffer === null) this.#isReady = true;
      else this.#settle(this.#buffer);
    }
    if ((events & CAN_WRITE) !== 0) this.#wakeWriter(null);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#error !== null) return Promise.reject(this.#error);
    if (this.#isReady) {
      const got = this.#receive(buffer, 0);
      if (this.#error !== null) return Promise.reject(this.#error);
      if (got !== NOTHING_YET) return Promise.resolve(got);
    }
    this.#buffer = buffer;
    this.#poller.waiting++;
    this.#poller.schedule();
    return new Promise(this.#keep);
  }

  peek(buffer: Uint8Array): Promise<number | null> | number | null {
    const got = this.#error === null ? this.#receive(buffer, PEEK) : NOTHING_YET;
    return this.#error === null ? got : Promise.reject(this.#error);
  }

  write(bytes: Uint8Array): Promise<number> | number {
    const count = this.#error === null ? this.#send(bytes) : NOTHING_YET;
    if (this.#error !== null) return Promise.reject(this.#error);
    return count === NOTHING_YET ? this.#writeLater(bytes) : count;
  }

  /** Resolves when there is room to write, or the socket has failed or is connected. */
  writable(): Promise<void> {
    this.#poller.waiting++;
    this.#poller.schedule();
    return new Promise((resolve, reject) => {
      this.#onWritable = (error) => error === null ? resolve() : reject(error);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = new Deno.errors.BadResource("Connection closed");
    this.#poller.close(this.#fd);
    if (this.#buffer !== null) {
      this.#buffer = null;
      this.#poller.waiting--;
      this.#reject(this.#error);
    }
    this.#wakeWriter(this.#error);
  }

  async #writeLater(bytes: Uint8Array): Promise<number> {
    while (true) {
      await this.writable();
      const count = this.#send(bytes);
      if (this.#error !== null) throw this.#error;
      if (count !== NOTHING_YET) return count;
    }
  }

  /** Ends the read that waits, unless there was nothing after all. */
  #settle(buffer: Uint8Array): void {
    const got = this.#receive(buffer, 0);
    if (got === NOTHING_YET && this.#error === null) return;
    this.#buffer = null;
    this.#poller.waiting--;
    if (this.#error === null) this.#resolve(got);
    else this.#reject(this.#error);
  }

  #wakeWriter(error: Error | null): void {
    const wake = this.#onWritable;
    if (wake === null) return;
    this.#onWritable = null;
    this.#poller.waiting--;
    wake(error);
  }

  /** Takes what is there into a buffer; {@linkcode NOTHING_YET} for nothing, or an error in `#error`. */
  #receive(buffer: Uint8Array, flags: number): number | null {
    const { libc, incoming } = this.#poller;
    const most = Math.min(buffer.length, incoming.bytes.length);
    const isDiscarded = buffer === DISCARDED && flags === 0;
    const got = libc.recv(
      this.#fd,
      incoming.pointer,
      most,
      isDiscarded && this.#isTcp ? TRUNCATE : flags,
    );
    if (got < 0) {
      const errno = errnoOf(libc);
      this.#isReady = false;
      if (!isAgain(errno)) this.#error = errorOf(libc, errno);
      return NOTHING_YET;
    }
    this.#isReady = got === most || this.#isEnding || flags === PEEK;
    if (got === 0) return null;
    if (!isDiscarded) buffer.set(incoming.bytes.subarray(0, got));
    return got;
  }

  /** Hands over what there is room for; {@linkcode NOTHING_YET} for none, or an error in `#error`. */
  #send(bytes: Uint8Array): number {
    const { libc, outgoing } = this.#poller;
    const count = Math.min(bytes.length, outgoing.bytes.length);
    outgoing.bytes.set(count === bytes.length ? bytes : bytes.subarray(0, count));
    const sent = libc.send(this.#fd, outgoing.pointer, count, NO_SIGNAL);
    if (sent >= 0) return sent;
    const errno = errnoOf(libc);
    if (!isAgain(errno)) this.#error = errorOf(libc, errno);
    return NOTHING_YET;
  }
}
