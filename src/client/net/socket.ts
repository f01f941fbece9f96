/**
 * A connected stream of bytes, plain or encrypted. `Deno.Conn` is one.
 *
 * @module
 */

/** To so many servers a user keeps connections open; one to a further server takes the place of the oldest. */
export const MAX_SERVERS = 64;

/** What the client needs of a connection. */
export interface Socket {
  /** Reads at least one byte into the buffer and says how many, or `null` at the end. Rejects after `close`. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** Writes bytes to the last one, beginning with that at `from`. */
export async function writeAll(socket: Socket, bytes: Uint8Array, from = 0): Promise<void> {
  for (let at = from; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}
