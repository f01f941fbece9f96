/**
 * A connected socket of the C library's. Reads wait for the thread's poller; writes go out at once where there is room.
 *
 * @module
 */
import { DISCARDED, NOTHING_YET, type Socket } from "../socket.ts";
import { EVENT } from "./epoll_event.ts";
import { type Layer, PlainLayer, type Reading } from "./layer.ts";
import { MIN_PINNED_BYTES } from "./memory.ts";
import type { Pollable, Poller } from "./poller.ts";

const CAN_READ = EVENT.in | EVENT.readHangUp | EVENT.hangUp | EVENT.error;
const IS_ENDING = EVENT.readHangUp | EVENT.hangUp | EVENT.error;
const IS_TROUBLE = EVENT.hangUp | EVENT.error;

/** One for all: where each request has a connection of its own, making errors would take a tenth of the time. */
const CLOSED = new Deno.errors.BadResource("Connection closed");

const nobodyWaits = () => {};

/** A socket of our own. */
export class NativeSocket implements Socket, Pollable {
  readonly fd: number;
  readonly #poller: Poller;
  #layer: Layer;
  #isClosed = false;
  #isShared = false;
  /** There may be something to read. Only a new event tells when there is more after all was taken. */
  #isReady = false;
  /** The other end sends no more: there is no further event. */
  #isEnding = false;
  /** An event has told of an error: the system's own word on it is still to be asked for. */
  isInTrouble = false;
  /** Why there will be nothing more. */
  #error: Error | null = null;
  /** The buffer of the last read and its address: held here for as long as the address is. */
  #own: Uint8Array | null = null;
  #ownPointer: Deno.PointerValue = null;
  /** Where the read that waits wants its bytes. */
  #buffer: Uint8Array | null = null;
  #resolve: (count: number | null) => void = nobodyWaits;
  #reject: (error: Error) => void = nobodyWaits;
  readonly #keep: (resolve: (count: number | null) => void, reject: (error: Error) => void) => void;
  /** Bytes that were discarded and not told of yet, and how many that read waits for. */
  #gathered = 0;
  #wanted = 1;
  /** Who waits for the next event, whatever it is. */
  #onEvent: ((error: Error | null) => void) | null = null;

  /** Takes a non-blocking descriptor over. */
  constructor(poller: Poller, fd: number, isTcp: boolean) {
    this.#poller = poller;
    this.fd = fd;
    this.#layer = new PlainLayer(poller, fd, isTcp);
    // As a field it would be given its name anew for each socket: a bundle keeps names.
    this.#keep = (resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    };
    poller.add(fd, this);
  }

  /** From now on bytes go through another layer. Something may be there already. */
  upgrade(layer: Layer): void {
    this.#layer = layer;
    this.#isReady = true;
  }

  ready(events: number): void {
    if ((events & IS_ENDING) !== 0) {
      this.#isEnding = true;
      if ((events & IS_TROUBLE) !== 0) this.isInTrouble = true;
    }
    if ((events & CAN_READ) !== 0) {
      if (this.#buffer === null) this.#isReady = true;
      else this.#settle(this.#buffer);
    }
    this.#wake(null);
  }

  read(buffer: Uint8Array, wanted = 1): Promise<number | null> {
    this.#wanted = buffer === DISCARDED ? Math.min(wanted, buffer.length) : 1;
    if (this.#isReady || this.#error !== null) {
      const got = this.#gather(buffer);
      if (got !== NOTHING_YET) return Promise.resolve(got);
      if (this.#error !== null) return Promise.reject(this.#error);
    }
    this.#buffer = buffer;
    this.#poller.waiting++;
    this.#poller.schedule();
    return new Promise(this.#keep);
  }

  share(): void {
    this.#isShared = true;
  }

  peek(buffer: Uint8Array): Promise<number | null> | number | null {
    const got = this.#receive(buffer, "peek");
    return this.#error === null ? got : Promise.reject(this.#error);
  }

  write(bytes: Uint8Array): Promise<number> | number {
    const count = this.#send(bytes);
    if (this.#error !== null) return Promise.reject(this.#error);
    return count === NOTHING_YET ? this.#writeLater(bytes) : count;
  }

  /** Resolves when something has happened to the socket. */
  waitForEvent(): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.#error!);
    this.#poller.waiting++;
    this.#poller.schedule();
    return new Promise((resolve, reject) => {
      this.#onEvent = (error) => error === null ? resolve() : reject(error);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error ??= CLOSED;
    this.#own = this.#ownPointer = null;
    this.release();
    this.#layer.close();
    this.#poller.close(this.fd);
    if (this.#buffer !== null) {
      this.#buffer = null;
      this.#poller.waiting--;
      this.#reject(this.#error);
    }
    this.#wake(this.#error);
  }

  async #writeLater(bytes: Uint8Array): Promise<number> {
    while (true) {
      await this.waitForEvent();
      const count = this.#send(bytes);
      if (this.#error !== null) throw this.#error;
      if (count !== NOTHING_YET) return count;
    }
  }

  /** Ends the read that waits, unless there was nothing after all. */
  #settle(buffer: Uint8Array): void {
    const got = this.#gather(buffer);
    if (got === NOTHING_YET && this.#error === null) return;
    this.#buffer = null;
    this.#poller.waiting--;
    if (this.#isShared) this.#poller.holdSleep();
    if (got !== NOTHING_YET) this.#resolve(got);
    else this.#reject(this.#error!);
  }

  /**
   * Takes what is there; {@linkcode NOTHING_YET} where nothing is, or fewer discarded bytes than wanted: those are given
   * when the platform has its turn. An end or an error behind such bytes is found by the next read.
   */
  #gather(buffer: Uint8Array): number | null {
    if (buffer !== DISCARDED) return this.#receive(buffer, "take");
    do {
      const got = this.#receive(buffer, "discard");
      if (got === NOTHING_YET && this.#error === null) break;
      if (got === NOTHING_YET || got === null) return this.#gathered > 0 ? this.#takeGathered() : got;
      this.#gathered += got;
    } while (this.#isReady && this.#gathered < this.#wanted);
    if (this.#gathered >= this.#wanted) return this.#takeGathered();
    if (this.#gathered > 0) this.#poller.hold(this);
    return NOTHING_YET;
  }

  #takeGathered(): number {
    const count = this.#gathered;
    this.#gathered = 0;
    return count;
  }

  /** Gives what was gathered, however little it is. */
  release(): void {
    if (this.#gathered === 0 || this.#buffer === null) return;
    this.#buffer = null;
    this.#poller.waiting--;
    this.#resolve(this.#takeGathered());
  }

  #wake(error: Error | null): void {
    const wake = this.#onEvent;
    if (wake === null) return;
    this.#onEvent = null;
    this.#poller.waiting--;
    wake(error);
  }

  /** Puts what is there into a buffer; {@linkcode NOTHING_YET} for nothing, or an error in `#error`. */
  #receive(buffer: Uint8Array, reading: Reading): number | null {
    if (this.#error !== null) return NOTHING_YET;
    const { incoming } = this.#poller;
    const isOwn = buffer === this.#own || this.#adopt(buffer);
    const layer = this.#layer;
    try {
      const got = isOwn ? layer.receive(this.#ownPointer!, buffer.length, reading) : layer.receive(
        incoming.pointer,
        Math.min(buffer.length - this.#gathered, incoming.bytes.length),
        reading,
      );
      this.#isReady = layer.hasMore || (this.#isEnding && got !== NOTHING_YET);
      if (!isOwn && reading !== "discard" && got !== null && got > 0) {
        buffer.set(incoming.bytes.subarray(0, got));
      }
      return got;
    } catch (error) {
      this.#error = error as Error;
      return NOTHING_YET;
    }
  }

  /** Reads go straight into a buffer that is used again and again, if it is one that the collector does not move. */
  #adopt(buffer: Uint8Array): boolean {
    if (
      buffer === DISCARDED || buffer.length !== buffer.buffer.byteLength || buffer.length < MIN_PINNED_BYTES
    ) {
      return false;
    }
    this.#own = buffer;
    this.#ownPointer = this.#poller.addressOf(buffer as Uint8Array<ArrayBuffer>);
    return true;
  }

  /** Hands over what there is room for; {@linkcode NOTHING_YET} for none, or an error in `#error`. */
  #send(bytes: Uint8Array): number {
    if (this.#error !== null) return NOTHING_YET;
    const { outgoing } = this.#poller;
    const count = Math.min(bytes.length, outgoing.bytes.length);
    outgoing.bytes.set(count === bytes.length ? bytes : bytes.subarray(0, count));
    try {
      return this.#layer.send(outgoing.pointer, count);
    } catch (error) {
      this.#error = error as Error;
      return NOTHING_YET;
    }
  }
}
