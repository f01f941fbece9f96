/**
 * Requests whose response is there and that the user's code may still judge: each is recorded once, with what its checks
 * found. It is settled with the next request or pause, at the latest when the iteration ends.
 *
 * @module
 */
import { Exchange } from "../../client/exchange/http_client.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { OUTCOME } from "../../metrics/span_recorder.ts";

/** Where requests are recorded. */
export interface RequestRecorder {
  record(step: number, exchange: Exchange, rules: readonly string[] | null): void;
}

/** Exchanges of one user that are recorded together, however many requests are in flight. */
const MAX_PENDING = 64;

/** One request. */
export class PendingRequest {
  readonly name: string;
  readonly step: number;
  exchange: Exchange | null;
  /** Rules that were broken; `null`: the status alone decides. */
  rules: string[] | null;
  /** What was checked, for those who show it; `null`: nobody does. */
  checks: { readonly claim: string; readonly holds: boolean }[] | null = null;

  constructor(name: string, step: number, exchange: Exchange) {
    this.name = name;
    this.step = step;
    this.exchange = exchange;
    this.rules = null;
  }

  /** Takes a check that did not hold; `false`: it comes too late, the request is recorded already. */
  fail(rule: string): boolean {
    if (this.exchange === null) return false;
    (this.rules ??= []).push(rule);
    return true;
  }

  /** Whether there is a whole response to be judged. */
  get isAnswered(): boolean {
    return this.exchange !== null && this.exchange.failure === FAILURE.none;
  }
}

/** The requests of one user. */
export class PendingRequests {
  readonly #recorder: RequestRecorder;
  #pending: PendingRequest[] = [];
  readonly #free: Exchange[] = [];
  /** Requests with a whole response that failed, and requests without one, so far. */
  failed = 0;
  unanswered = 0;

  constructor(recorder: RequestRecorder) {
    this.#recorder = recorder;
  }

  /** An exchange for a new request. */
  take(): Exchange {
    const exchange = this.#free.pop() ?? new Exchange();
    exchange.call =
      exchange.stream =
      exchange.feed =
      exchange.cookies =
        null;
    return exchange;
  }

  /** Takes a request whose exchange has ended. */
  add(request: PendingRequest): void {
    this.#pending.push(request);
    if (this.#pending.length >= MAX_PENDING) this.settle();
  }

  /** What came of the requests since some were counted; one of {@linkcode OUTCOME}. */
  outcomeSince(failed: number, unanswered: number): number {
    if (this.unanswered > unanswered) return OUTCOME.unanswered;
    return this.failed > failed ? OUTCOME.failed : OUTCOME.succeeded;
  }

  /** Records all that are there. */
  settle(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    for (const request of pending) {
      const exchange = request.exchange!;
      const { rules } = request;
      const isAnswered = exchange.failure === FAILURE.none;
      if (!isAnswered) this.unanswered++;
      else if (rules === null ? exchange.status >= 400 : rules.length > 0) this.failed++;
      this.#recorder.record(request.step, exchange, isAnswered ? rules : null);
      request.exchange = null;
      this.#free.push(exchange);
    }
    pending.length = 0;
  }
}
