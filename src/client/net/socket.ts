/**
 * A connected stream of bytes, plain or encrypted.
 *
 * @module
 */

/** To so many servers a user keeps connections open; one to a further server takes the place of the oldest. */
export const MAX_SERVERS = 64;

/** What {@linkcode Socket.peek} gives when a read would have to wait. */
export const NOTHING_YET = -1;

/**
 * Bytes that nobody looks at are read to here, since only their number matters; shared by all. A socket need not put them
 * there.
 */
export const DISCARDED = new Uint8Array(262_144);

/** What the client needs of a connection. */
export interface Socket {
  /**
   * Reads at least one byte into the buffer and says how many, or `null` at the end. Rejects after `close`. `wanted`: of
   * discarded bytes so many are to come yet; a socket may gather them for some milliseconds.
   */
  read(buffer: Uint8Array, wanted?: number): Promise<number | null>;
  /**
   * What the next read would give at once, without waiting for more: the number of bytes, which are in the buffer then,
   * `null` at the end, or {@linkcode NOTHING_YET}; a rejection where that read would reject. Nothing is taken: the next
   * read, into the same buffer, gives the same.
   */
  peek(buffer: Uint8Array): Promise<number | null> | number | null;
  /** Writes some of the bytes and says how many; at once where it can. Rejects after `close`. */
  write(bytes: Uint8Array): Promise<number> | number;
  /** Many use the connection: who reads it waits for more before those have gone on whom it has served. */
  share?(): void;
  close(): void;
}

/** Writes bytes to the last one, beginning with that at `from`. */
export async function writeAll(socket: Socket, bytes: Uint8Array, from = 0): Promise<void> {
  for (let at = from; at < bytes.length;) {
    const writing = socket.write(at === 0 ? bytes : bytes.subarray(at));
    at += typeof writing === "number" ? writing : await writing;
  }
}
