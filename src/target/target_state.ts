/**
 * What a running target remembers: how much it served, its queues, its sessions, and who is waiting. Times are those of
 * `performance.now()`, in ms.
 *
 * @module
 */
import { Journal } from "./journal.ts";
import { ShopState } from "./shop_state.ts";

/** Different paths that are counted one by one; all others share one count. */
const MAX_PATHS = 1000;
/** The count of paths beyond the limit. */
const OTHER_PATHS = "(other)";
/** Sessions kept; the oldest goes first. */
const MAX_SESSIONS = 100_000;
/** How much longer a target takes that is still warming up. */
const COLD_FACTOR = 4;

/** One target's state. */
export class TargetState {
  readonly journal: Journal;
  readonly shop = new ShopState();
  /** Statuses that switches are set to, by their numbers. */
  readonly switches = new Map<number, number>();
  /** Who is connected to the broadcast. */
  readonly listeners = new Set<WebSocket>();
  readonly #counts = new Map<string, number>();
  readonly #sequences = new Map<string, number>();
  readonly #warmingStarts = new Map<string, number>();
  readonly #stallStarts = new Map<string, number>();
  readonly #queues = new Map<string, Float64Array>();
  readonly #sessions = new Map<string, string>();
  readonly #waiting = new Set<() => void>();
  /** Is told how long a message was held before it was sent back, or how long a stream was silent; in ms. */
  onHeld?: (ms: number) => void;
  /** Is told how long after its request a stream's first token was sent, in ms. */
  onFirstToken?: (ms: number) => void;
  #isStopped = false;

  /** `keep`: the number of requests that are remembered. */
  constructor(keep = 0) {
    this.journal = new Journal(keep);
  }

  /** Requests received by path; paths beyond the first thousand count as `(other)`. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Counts a request. */
  count(path: string): void {
    const key = this.#counts.has(path) || this.#counts.size < MAX_PATHS ? path : OTHER_PATHS;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** 0 for the first call with a key, then 1, 2, 3 … */
  next(key: string): number {
    const number = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, number + 1);
    return number;
  }

  /** How long a request that arrives now takes, in ms: longer until `coldMs` after the first call with the same numbers. */
  warmingWait(coldMs: number, serviceMs: number, nowMs: number): number {
    const key = `${coldMs}/${serviceMs}`;
    const startMs = this.#warmingStarts.get(key) ?? nowMs;
    this.#warmingStarts.set(key, startMs);
    return nowMs - startMs < coldMs ? COLD_FACTOR * serviceMs : serviceMs;
  }

  /**
   * How long a request that arrives now has to wait for the end of a stall, in ms. Time since the first call with the
   * same numbers is cut into periods of `everyMs`, and a stall lies in the middle of each:
   *
   *     |-------- everyMs --------|-------- everyMs --------|
   *     |         stallMs         |         stallMs         |
   *      at once |#######| at once at once |#######| at once
   */
  stallWait(everyMs: number, stallMs: number, nowMs: number): number {
    const key = `${everyMs}/${stallMs}`;
    const startMs = this.#stallStarts.get(key) ?? nowMs;
    this.#stallStarts.set(key, startMs);
    const phaseMs = (nowMs - startMs) % everyMs;
    const isStalled = Math.abs(phaseMs - everyMs / 2) < stallMs / 2;
    return isStalled ? (everyMs + stallMs) / 2 - phaseMs : 0;
  }

  /**
   * How long a request that arrives now takes in a queue with `slots` servers, each of which needs `serviceMs` for a
   * request: waiting and service, in ms. First come, first served. The finish is computed from the finish of the
   * request before it in the slot, not from a timer, so that late timers do not lower the capacity.
   */
  serviceWait(slots: number, serviceMs: number, nowMs: number): number {
    const key = `${slots}/${serviceMs}`;
    let freeAtMs = this.#queues.get(key);
    if (freeAtMs === undefined) this.#queues.set(key, freeAtMs = new Float64Array(slots));
    let earliest = 0;
    for (let slot = 1; slot < slots; slot++) if (freeAtMs[slot]! < freeAtMs[earliest]!) earliest = slot;
    const finishMs = Math.max(nowMs, freeAtMs[earliest]!) + serviceMs;
    freeAtMs[earliest] = finishMs;
    return finishMs - nowMs;
  }

  /** Opens a session: its id for the cookie, and the token that must come with it. */
  logIn(): { readonly session: string; readonly token: string } {
    const session = crypto.randomUUID();
    const token = crypto.randomUUID();
    if (this.#sessions.size >= MAX_SESSIONS) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest);
        break;
      }
    }
    this.#sessions.set(session, token);
    return { session, token };
  }

  /** The token of a session. */
  tokenOf(session: string): string | undefined {
    return this.#sessions.get(session);
  }

  /** Resolves after a time (`Infinity`: never), or when the target stops. */
  wait(ms: number): Promise<void> {
    if (this.#isStopped || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = ms < 2 ** 31 ? setTimeout(wake, ms) : undefined;
      this.#waiting.add(wake);
    });
  }

  /** Ends all waiting, now and in future. */
  stop(): void {
    this.#isStopped = true;
    for (const wake of [...this.#waiting]) wake();
  }
}
