/**
 * What stands between a native socket's reads and writes and the system: nothing, or TLS.
 *
 * @module
 */
import { NOTHING_YET } from "../socket.ts";
import { errorOf } from "./errno.ts";
import { errnoOf } from "./libc.ts";
import { isAgain, type Poller } from "./poller.ts";

/** What becomes of bytes: they are taken, stay there, or are taken and not wanted. */
export type Reading = "take" | "peek" | "discard";

/** Moves bytes between a descriptor and memory, within a call: none is kept for later. */
export interface Layer {
  /** More may be there than was taken: try again before the next event. */
  hasMore: boolean;
  /**
   * Puts up to so many bytes into some memory; of discarded ones only the number is right.
   * `null`: the end; {@linkcode NOTHING_YET}: nothing. @throws {Error} when the connection has failed.
   */
  receive(into: Deno.PointerObject, most: number, reading: Reading): number | null;
  /** Sends so many bytes; returns how many went, or {@linkcode NOTHING_YET}. */
  send(from: Deno.PointerObject, count: number): number;
  /** Says goodbye and frees what it has; the descriptor is closed afterwards. */
  close(): void;
}

const NO_SIGNAL = 0x4000;
const PEEK = 2;
/** On TCP: bytes are taken, and put nowhere (tcp(7)). */
const TRUNCATE = 0x20;

const UNIX_FLAGS: Readonly<Record<Reading, number>> = { take: 0, peek: PEEK, discard: 0 };
const TCP_FLAGS: Readonly<Record<Reading, number>> = { ...UNIX_FLAGS, discard: TRUNCATE };

/** Bytes as they travel. */
export class PlainLayer implements Layer {
  hasMore = false;
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #flags: Readonly<Record<Reading, number>>;

  constructor(poller: Poller, fd: number, isTcp: boolean) {
    this.#poller = poller;
    this.#fd = fd;
    this.#flags = isTcp ? TCP_FLAGS : UNIX_FLAGS;
  }

  receive(into: Deno.PointerObject, most: number, reading: Reading): number | null {
    const { libc } = this.#poller;
    const got = libc.recv(this.#fd, into, most, this.#flags[reading]);
    if (got < 0) {
      this.hasMore = false;
      return this.#again();
    }
    this.hasMore = got === most || got === 0 || reading === "peek";
    return got === 0 ? null : got;
  }

  send(from: Deno.PointerObject, count: number): number {
    const { libc } = this.#poller;
    const sent = libc.send(this.#fd, from, count, NO_SIGNAL);
    return sent >= 0 ? sent : this.#again();
  }

  close(): void {
    // The descriptor is all there is.
  }

  /** @throws {Error} unless the last call is only to be tried again later. */
  #again(): number {
    const { libc } = this.#poller;
    const errno = errnoOf(libc);
    if (!isAgain(errno)) throw errorOf(libc, errno);
    return NOTHING_YET;
  }
}
