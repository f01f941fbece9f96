/**
 * Connections to Unix sockets: with TCP the system waits for a server that accepts slowly; here that is left to the caller.
 *
 * @module
 */
import { type Abandonment, pause } from "../../lib/clock.ts";
import { raceAbort } from "./connect_gate.ts";
import type { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";

/** How long to wait for room in a Unix socket's queue before the next try. */
const QUEUE_WAIT_MS = 1;

/** Connects one after the other: where one finds no room, neither would the rest. */
export class UnixLine {
  readonly #transport: Transport;
  /** The last attempt. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Resolves to a connection. Rejects when there can be none, or the signal aborts. */
  async connect(path: string, signal: Abandonment): Promise<Socket> {
    const turn = this.#turn.then(() => this.#try(path, signal));
    this.#turn = turn.catch(() => {});
    return await raceAbort(turn, signal);
  }

  async #try(path: string, signal: Abandonment): Promise<Socket> {
    while (!signal.aborted) {
      try {
        const conn = await this.#transport.connect({ path }, signal);
        if (!signal.aborted) return conn;
        conn.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await pause(QUEUE_WAIT_MS);
      }
    }
    throw new Error("Connection attempt aborted");
  }
}
