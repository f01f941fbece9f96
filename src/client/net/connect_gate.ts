/**
 * Keeps a server that cannot be reached from being hammered: after some failed attempts to connect in a row, only one
 * user at a time tries again, after a pause, and the others share what it finds.
 *
 * @module
 */
import { type Abandonment, pause } from "../../lib/clock.ts";
import { IS_SILENT, IS_UNCONNECTED } from "../../metrics/failure.ts";

/** Failures in a row after which a server counts as gone; fewer may be chance. */
export const FAILURES_IN_A_ROW = 10;
/** Pause before the first attempt to a server that is gone; it doubles from attempt to attempt. */
export const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 250;
/** Servers that are remembered; the first ones are forgotten. */
const MAX_SERVERS = 1000;

/** Why a connection could not be opened. */
export interface ConnectFailure {
  readonly failure: number;
  readonly detail: string;
}

/** What followers of an attempt learn of it; `open`: connect; `again`: it was given up, ask again. */
type Found = ConnectFailure | "open" | "again";

/** A server to which no connection could be opened lately. */
interface Server {
  failures: number;
  pauseMs: number;
  attempt: PromiseWithResolvers<Found> | null;
}

/** The servers that the clients of one load thread cannot reach. */
export class ConnectGate {
  readonly #servers = new Map<string, Server>();

  /** No server failed lately, so that there is nothing to ask; cheap. */
  get isIdle(): boolean {
    return this.#servers.size === 0;
  }

  /**
   * Resolves when a connection to a server may be tried, with `null`, or with what another attempt has just found. Whoever
   * gets `null` must tell what came of it. Rejects when the signal aborts.
   */
  async pass(host: string, signal: Abandonment): Promise<ConnectFailure | null> {
    while (true) {
      const server = this.#servers.get(host);
      if (server === undefined || server.failures < FAILURES_IN_A_ROW) return null;
      if (server.attempt === null) {
        server.attempt = Promise.withResolvers<Found>();
        await pause(server.pauseMs, signal);
        if (!signal.aborted) return null;
        this.noteGivenUp(host);
        throw new Error("Connection attempt aborted");
      }
      const found = await raceAbort(server.attempt.promise, signal);
      if (found === "open") return null;
      if (found !== "again") return found;
    }
  }

  /** A connection was opened: whoever waits may try. */
  opened(host: string): void {
    const server = this.#servers.get(host);
    this.#servers.delete(host);
    server?.attempt?.resolve("open");
  }

  /** A connection could not be opened. */
  failed(host: string, found: ConnectFailure): void {
    // What comes of limits of this machine, or of time running out, needs no further pause.
    if (!IS_UNCONNECTED[found.failure] || IS_SILENT[found.failure]) return this.noteGivenUp(host);
    const server = this.#servers.get(host) ?? { failures: 0, pauseMs: FIRST_PAUSE_MS, attempt: null };
    this.#servers.set(host, server);
    if (this.#servers.size > MAX_SERVERS) this.opened(this.#servers.keys().next().value!);
    server.failures++;
    if (server.attempt !== null) server.pauseMs = Math.min(2 * server.pauseMs, MAX_PAUSE_MS);
    const { attempt } = server;
    server.attempt = null;
    attempt?.resolve(found);
  }

  /** An attempt ended without telling anything about the server: another may take its place. */
  noteGivenUp(host: string): void {
    const server = this.#servers.get(host);
    if (!server) return;
    const { attempt } = server;
    server.attempt = null;
    attempt?.resolve("again");
  }
}

/** Something that cannot be stopped, only no longer waited for. Rejects when the signal aborts. */
export async function raceAbort<T>(promise: Promise<T>, signal: Abandonment): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new Error("Connection attempt aborted"));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
