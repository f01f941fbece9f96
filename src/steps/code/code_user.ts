/**
 * A user whose iterations are calls of what a module exports. An exception ends an iteration and is counted; whatever is
 * left of one that was cut off can reach nothing any more.
 *
 * @module
 */
import type { HttpClient } from "../../client/exchange/http_client.ts";
import { TalkSet } from "../../client/websocket/talk.ts";
import type { CookieJar } from "../../client/exchange/cookie_jar.ts";
import { readClock } from "../../lib/clock.ts";
import { OUTCOME } from "../../metrics/span_recorder.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { EndingUser } from "../ending_user.ts";
import type { CodeWork, SessionOwner } from "./code_work.ts";
import { MissingBase } from "./build_request.ts";
import { describeException } from "./error_place.ts";
import { ScriptCookies } from "./script_cookies.ts";
import { RowsSpent } from "./script_rows.ts";
import { ScriptSession } from "./script_session.ts";

/** A user must let others run between two iterations without a request, and slows down while there is none. */
const MIN_PAUSE_MS = 1;
const MAX_IDLE_MS = 100;

/** Calls the function once an iteration. */
export class CodeUser implements EndingUser, SessionOwner {
  isSpent = false;
  freeAtMs = 0;
  #talks: TalkSet | null = null;
  readonly #work: CodeWork;
  readonly #number: number;
  readonly #newJar: () => CookieJar | null;
  readonly #hasFreshCookies: boolean;
  readonly #clients: HttpClient[];
  #cookies: ScriptCookies | null;
  #session: ScriptSession;
  #startedMs = 0;
  /** When the iteration was due, or began. */
  #beganMs = 0;
  #failedBefore = 0;
  #unansweredBefore = 0;
  #hasThrown = false;
  /** The iteration had a time to begin. */
  #isDue = false;
  /** The last pause for want of a request. */
  #idleMs = 0;
  readonly #span: { end(us: number, outcome: number): void };
  /** Ends the iteration for whoever waits for it; `null`: none is under way. */
  #resolve: (() => void) | null = null;
  /** The function has returned, and requests that it did not wait for are in flight. */
  #hasReturned = false;

  /** `number` is the user's in the whole plan. */
  constructor(client: HttpClient, number: number, { work, newJar, hasFreshCookies }: {
    readonly work: CodeWork;
    /** A cookie jar; `null` where cookies are ignored. */
    readonly newJar: () => CookieJar | null;
    readonly hasFreshCookies: boolean;
  }) {
    this.#work = work;
    this.#number = number;
    this.#newJar = newJar;
    this.#hasFreshCookies = hasFreshCookies;
    this.#clients = [client];
    this.#span = work.spans.of("iteration", work.flow);
    this.#cookies = this.#newCookies();
    this.#session = this.#newSession();
  }

  iterate(number: number, dueMs: number): Promise<void> {
    if (this.#hasFreshCookies || !this.#session.isAlive) {
      if (this.#hasFreshCookies) this.#cookies = this.#newCookies();
      this.#session = this.#newSession();
    }
    const session = this.#session;
    this.#hasReturned = false;
    this.#startedMs = readClock();
    const dueAtMs = dueMs < 0 ? -1 : this.#work.startMs() + dueMs;
    this.#isDue = dueAtMs >= 0;
    this.#beganMs = dueAtMs < 0 ? this.#startedMs : dueAtMs;
    this.#failedBefore = session.pending.failed;
    this.#unansweredBefore = session.pending.unanswered;
    this.#hasThrown = false;
    session.begin(number, dueAtMs);
    return new Promise((resolve) => {
      this.#resolve = resolve;
      void this.#run(session);
    });
  }

  drop(_number: number, waitedMs: number): void {
    this.#work.recorder.drop(this.#work.index, waitedMs * 1000);
  }

  loadEnded(): void {
    this.#session.loadEnded();
  }

  /** When the iteration under way must be over; `Infinity` when none is. */
  get deadlineMs(): number {
    if (this.#resolve === null) return Infinity;
    return this.#startedMs + this.#session.waitedMs + this.#work.iterationTimeoutMs;
  }

  /** Cuts off an iteration that took too long. */
  expire(): void {
    const limit = formatDuration(this.#work.iterationTimeoutMs);
    this.#work.recorder.countException(
      this.#work.index,
      `${this.#work.module.name}: an iteration took longer than ${limit} and was cut off (--iteration-timeout)`,
    );
    this.#cutOff();
    this.#work.recorder.counts.iterations++;
  }

  /** The end of the run waits no longer. */
  leave(): void {
    if (this.#resolve !== null && this.#session.inFlight === 0) this.#cutAtEnd();
    else this.#session.isAlive = false;
  }

  /** The user's WebSockets. */
  get talks(): TalkSet {
    if (this.#talks === null) {
      this.#talks = new TalkSet();
      this.#work.watch(this.#talks);
    }
    return this.#talks;
  }

  takeClient(): HttpClient {
    return this.#clients.pop() ?? this.#work.newClient();
  }

  giveBack(client: HttpClient): void {
    this.#clients.push(client);
  }

  onCut(session: ScriptSession): void {
    if (session === this.#session) this.#cutAtEnd();
    else session.pending.settle();
  }

  onIdle(session: ScriptSession): void {
    if (this.#hasReturned && session === this.#session) void this.#complete(session);
  }

  onSpent(): void {
    this.isSpent = true;
  }

  async #run(session: ScriptSession): Promise<void> {
    const { run, recorder, index, module } = this.#work;
    try {
      await run(session.bench);
    } catch (error) {
      if (session !== this.#session || this.#resolve === null) return;
      if (error instanceof RowsSpent || this.isSpent) return this.#cutOff();
      recorder.countException(index, describeException(error, module.url));
      // Nor will any later iteration find one.
      if (error instanceof MissingBase) this.#work.budget.left = 0;
      this.#hasThrown = true;
    }
    if (session !== this.#session || this.#resolve === null) return;
    if (session.inFlight > 0) {
      this.#hasReturned = true;
      return;
    }
    if (session.hasWaited) this.#idleMs = 0;
    else await this.#work.sleep(this.#idlePause());
    await this.#complete(session);
  }

  /** How long to wait, in ms, since nothing was sent. An open loop has its own pace. */
  #idlePause(): number {
    if (this.#isDue) return MIN_PAUSE_MS;
    return this.#idleMs = Math.min(MAX_IDLE_MS, Math.max(MIN_PAUSE_MS, this.#idleMs * 2));
  }

  async #complete(session: ScriptSession): Promise<void> {
    if (session.hasSockets) {
      await session.endSockets();
      if (session !== this.#session) return;
    }
    session.pending.settle();
    if (this.#resolve === null) return;
    this.#work.recorder.counts.iterations++;
    const { pending } = session;
    const outcome = pending.outcomeSince(this.#failedBefore, this.#unansweredBefore);
    this.#span.end(
      (readClock() - this.#beganMs) * 1000,
      this.#hasThrown && outcome === OUTCOME.succeeded ? OUTCOME.failed : outcome,
    );
    this.#end();
  }

  #cutOff(): void {
    this.#session.cut();
    this.#end();
  }

  /** The end of the run takes an iteration along. */
  #cutAtEnd(): void {
    if (this.#resolve !== null) this.#work.recorder.counts.cutIterations++;
    this.#cutOff();
  }

  #end(): void {
    this.freeAtMs = readClock() - this.#work.startMs();
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.();
  }

  #newSession(): ScriptSession {
    return new ScriptSession(this.#work, this, { user: this.#number, cookies: this.#cookies });
  }

  #newCookies(): ScriptCookies | null {
    const jar = this.#newJar();
    return jar && new ScriptCookies(jar);
  }
}
