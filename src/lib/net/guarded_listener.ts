/**
 * A port that stands whoever connects to it: so many connections at a time that have proved nothing. Where there is no
 * room for a new one, the oldest slow one goes, of the address that has the most; until there is one, new ones wait in
 * the system's queue. What keeps a connection from being accepted, such as a lack of file descriptors, passes.
 *
 * @module
 */
import { pause } from "../clock.ts";
import { beginPlatformWork } from "../platform_work.ts";
import { GuardedConnection, type RawConnection } from "./guarded_connection.ts";

/** How much strangers get of a port. Times in ms. */
export interface StrangerLimits {
  /** Connections at a time. */
  readonly max: number;
  /** Silence after which one may have to make room. */
  readonly slowMs: number;
  /** Age at which one may have to make room, however busy. */
  readonly oldMs: number;
  /** Age at which one is closed though there is room. */
  readonly maxAgeMs: number;
  /** Bytes that one may send. */
  readonly maxBytes: number;
}

/** What accepts connections; a `Deno.Listener`. */
export interface RawListener {
  accept(): Promise<RawConnection & { readonly remoteAddr: Deno.Addr; setNoDelay?(on: boolean): void }>;
  close(): void;
}

/** A new connection and where it comes from. */
export interface Arrival {
  readonly connection: GuardedConnection;
  /** `host:port`. */
  readonly peer: string;
}

interface Stranger {
  readonly connection: GuardedConnection;
  readonly host: string;
}

/** How often is looked for connections that are too old, and for one that has become slow. */
const LOOK_MS = 50;

/** A guarded port, until it is closed. */
export class GuardedListener {
  readonly #listener: RawListener;
  readonly #limits: StrangerLimits;
  readonly #onArrival: (arrival: Arrival) => void;
  /** In the order of their arrival. */
  readonly #strangers = new Set<Stranger>();
  readonly #open = new Set<GuardedConnection>();
  readonly #accepting: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  constructor(listener: RawListener, limits: StrangerLimits, onArrival: (arrival: Arrival) => void) {
    this.#listener = listener;
    this.#limits = limits;
    this.#onArrival = onArrival;
    if (limits.maxAgeMs < Infinity) this.#timer = setInterval(() => this.#closeOld(), LOOK_MS);
    this.#accepting = this.#accept();
  }

  /** Stops listening and closes all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#listener.close();
    for (const connection of this.#open) connection.destroy();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#strangers.size >= this.#limits.max && !this.#makeRoom()) {
        await pause(LOOK_MS);
        continue;
      }
      let raw: Awaited<ReturnType<RawListener["accept"]>>;
      try {
        raw = await this.#listener.accept();
      } catch {
        if (this.#isClosed) return;
        // Out of descriptors, for instance: one of them is to be had here.
        const [oldest] = this.#strangers;
        oldest?.connection.destroy();
        await pause(LOOK_MS);
        continue;
      }
      this.#welcome(raw);
    }
  }

  #welcome(raw: Awaited<ReturnType<RawListener["accept"]>>): void {
    const { hostname: host, port } = raw.remoteAddr as Deno.NetAddr;
    raw.setNoDelay?.(true);
    const connection = new GuardedConnection(raw, this.#limits.maxBytes);
    const stranger = { connection, host };
    this.#open.add(connection);
    this.#strangers.add(stranger);
    connection.once("trusted", () => this.#strangers.delete(stranger));
    const endWork = beginPlatformWork();
    connection.once("close", () => {
      endWork();
      this.#strangers.delete(stranger);
      this.#open.delete(connection);
    });
    this.#onArrival({ connection, peer: `${host}:${port}` });
  }

  /** Closes the oldest slow one of the address that has the most slow ones; `false` when there is none. */
  #makeRoom(): boolean {
    const { slowMs, oldMs } = this.#limits;
    const nowMs = performance.now();
    const byHost = Map.groupBy(
      [...this.#strangers].filter(({ connection: { heardAtMs, openedAtMs } }) =>
        nowMs - heardAtMs >= slowMs || nowMs - openedAtMs >= oldMs
      ),
      ({ host }) => host,
    );
    const [[slow] = []] = [...byHost.values()].sort((a, b) => b.length - a.length);
    if (slow === undefined) return false;
    slow.connection.destroy(new Error("it was slow, and other connections were waiting"));
    this.#strangers.delete(slow);
    return true;
  }

  #closeOld(): void {
    const nowMs = performance.now();
    for (const { connection } of this.#strangers) {
      // Those that follow came later.
      if (nowMs - connection.openedAtMs < this.#limits.maxAgeMs) return;
      connection.destroy(new Error("it did not authenticate in time"));
    }
  }
}
