/**
 * The connections that a group of users shares, one a server. They are opened when first needed, by whoever needs them
 * first, and replaced when they take no more requests. A server that speaks only HTTP/1.1 is remembered: its users go
 * there on connections of their own.
 *
 * @module
 */
import { HTTP_2 } from "../../metrics/protocols.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { Exchange } from "../exchange/http_client.ts";
import type { Dialer } from "../net/dialer.ts";
import { MAX_SERVERS, type Socket } from "../net/socket.ts";
import { Connection } from "./connection.ts";

/** What all groups of a thread share. */
export interface GroupContext {
  readonly spec: ClientSpec;
  readonly dialer: Pick<Dialer, "dial">;
  /** Origins of servers that chose HTTP/1.1. */
  readonly http1Origins: Set<string>;
}

/** A user that needs a connection; exactly one of the calls answers. */
export interface Waiter {
  /** `opening`: what opening it took, for the one for whom it was opened. */
  connected(connection: Connection, opening: Exchange | null): void;
  dialFailed(attempt: Exchange, isFirst: boolean): void;
  /** The server speaks HTTP/1.1; `wire`: a connection to it that was just opened, for one of its users. */
  mustUseHttp1(socket: Socket | null, opening: Exchange | null): void;
}

/** The way to one server. */
interface Site {
  connection: Connection | null;
  dialing: AbortController | null;
  readonly waiters: Set<Waiter>;
}

/** Connections of users that share them. */
export class ConnectionGroup {
  readonly #around: GroupContext;
  readonly #sites = new Map<string, Site>();
  #members = 0;

  constructor(around: GroupContext) {
    this.#around = around;
  }

  /** One more user may ask for connections. */
  join(): void {
    this.#members++;
  }

  /** One user fewer; the last one closes the connections. */
  leave(): void {
    if (--this.#members > 0) return;
    for (const { connection, dialing } of [...this.#sites.values()]) {
      connection?.close();
      dialing?.abort();
    }
    this.#sites.clear();
  }

  /** Answers at once when there is an open connection, else as soon as it is known how to go on. */
  request(url: URL, origin: string, waiter: Waiter): void {
    if (this.#around.http1Origins.has(origin)) return waiter.mustUseHttp1(null, null);
    let site = this.#sites.get(origin);
    if (site === undefined) {
      this.#makeRoom();
      this.#sites.set(origin, site = { connection: null, dialing: null, waiters: new Set() });
    }
    if (site.connection?.isOpen) return waiter.connected(site.connection, null);
    site.waiters.add(waiter);
    if (site.dialing === null) void this.#dial(url, origin, site);
  }

  /** The waiter does not wait any longer; a connection that nobody waits for is not opened. */
  giveUp(origin: string, waiter: Waiter): void {
    const site = this.#sites.get(origin);
    if (site === undefined) return;
    site.waiters.delete(waiter);
    if (site.waiters.size === 0) site.dialing?.abort();
  }

  /** Forgets the oldest servers that nobody is about to use; what is under way there goes on. */
  #makeRoom(): void {
    for (const [origin, { connection, dialing }] of this.#sites) {
      if (this.#sites.size < MAX_SERVERS) return;
      if (dialing !== null) continue;
      this.#sites.delete(origin);
      connection?.retire("connections to other servers were needed");
    }
  }

  async #dial(url: URL, origin: string, site: Site): Promise<void> {
    const { spec, dialer, http1Origins } = this.#around;
    const attempt = new Exchange();
    const dialing = site.dialing = new AbortController();
    const socket = await dialer.dial(url, attempt, dialing.signal);
    site.dialing = null;
    const waiters = [...site.waiters];
    site.waiters.clear();
    if (socket === null || waiters.length === 0 || dialing.signal.aborted) {
      socket?.close();
      // Whoever came after the attempt was given up gets another.
      if (dialing.signal.aborted) { for (const waiter of waiters) this.request(url, origin, waiter); }
      else waiters.forEach((waiter, index) => waiter.dialFailed(attempt, index === 0));
      return;
    }
    if (url.protocol === "https:" && attempt.protocol !== HTTP_2) {
      http1Origins.add(origin);
      waiters.forEach((waiter, index) =>
        waiter.mustUseHttp1(index === 0 ? socket : null, index === 0 ? attempt : null)
      );
      return;
    }
    const connection = site.connection = new Connection(socket, {
      spec,
      address: attempt.address,
      onClosed: (closed) => {
        if (site.connection === closed) site.connection = null;
      },
    });
    waiters.forEach((waiter, index) => {
      if (index === 0) waiter.connected(connection, attempt);
      else this.request(url, origin, waiter);
    });
  }
}
