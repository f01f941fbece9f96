/**
 * Connections of `Deno.connect` and `Deno.startTls`.
 *
 * @module
 */
import { NOTHING_YET, type Socket } from "./socket.ts";

/**
 * The platform cannot be asked whether something is there: a read is begun, and settles within so many turns of the
 * microtask queue if the system has bytes, an end or an error ready. Two are enough.
 */
const TURNS = 4;

/** A connection of the platform's. */
export class DenoSocket<Conn extends Deno.Conn = Deno.Conn> implements Socket {
  readonly #conn: Conn;
  /** A read that was begun to look ahead. */
  #ahead: Promise<number | null> | null = null;

  constructor(conn: Conn) {
    this.#conn = conn;
  }

  /** Lets go of the connection, for another layer on top of it. Nothing may be left to read. */
  detach(): Conn {
    return this.#conn;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const ahead = this.#ahead;
    if (ahead === null) return this.#conn.read(buffer);
    this.#ahead = null;
    return ahead;
  }

  async peek(buffer: Uint8Array): Promise<number | null> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    const ahead = this.#ahead ??= this.#conn.read(buffer);
    ahead.then(end, end);
    for (let turn = 0; turn < TURNS && !isOver; turn++) await null;
    return isOver ? await ahead : NOTHING_YET;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  close(): void {
    this.#conn.close();
  }
}
