/**
 * Single requests of one thread, for a log: a random part of them, and so many a window at most. Where more would be kept,
 * every one of the window has the same chance (reservoir sampling, Vitter's algorithm R), so that the log shows the whole
 * second and not its beginning.
 *
 * @module
 */
import { FAILURE, FAILURE_KINDS } from "./failure.ts";

/** One request. Times in ms. */
export interface LoggedRequest {
  /** Position of the step among all steps of the scenario. */
  readonly step: number;
  /** When it was due, or started in a closed loop; since the run's start. */
  readonly atMs: number;
  /** From due to sent; 0 in a closed loop. */
  readonly waitMs: number;
  /** From due to the last byte, or to the failure. */
  readonly latencyMs: number;
  /** 0 without a response. */
  readonly status: number;
  /** Name of the failure, error status or broken check; empty for a success. */
  readonly failure: string;
  /** Of the response's body as it travelled. */
  readonly bodyBytes: number;
  /** It opened a connection. */
  readonly isConnecting: boolean;
}

/** What the log reads of an exchange; times in ms of one clock. */
export interface LoggedExchange {
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly failure: number;
  readonly bodyBytes: number;
  readonly connects: number;
}

/** What a thread logs. */
export interface RequestLogOptions {
  /** Share of the requests, above 0 up to 1. */
  readonly share: number;
  /** Requests kept a window at most. */
  readonly maxPerWindow: number;
  /** The run's start on the clock of the exchanges. */
  zeroMs(): number;
  /** From 0 (included) to 1 (excluded). */
  random(): number;
}

/** Keeps requests until they are taken. */
export class RequestLog {
  readonly #options: RequestLogOptions;
  #kept: LoggedRequest[] = [];
  #chosen = 0;

  constructor(options: RequestLogOptions) {
    this.#options = options;
  }

  /** A request has ended; `rules` as in the recorder. */
  note(step: number, exchange: LoggedExchange, rules: readonly string[] | null): void {
    const { share, maxPerWindow, random } = this.#options;
    if (share < 1 && random() >= share) return;
    const place = this.#chosen++ < maxPerWindow ? this.#kept.length : Math.floor(random() * this.#chosen);
    if (place >= maxPerWindow) return;
    const { dueMs, startMs, endMs, status, bodyBytes, connects } = exchange;
    this.#kept[place] = {
      step,
      atMs: dueMs - this.#options.zeroMs(),
      waitMs: startMs - dueMs,
      latencyMs: endMs - dueMs,
      status,
      failure: failureNameOf(exchange, rules),
      bodyBytes,
      isConnecting: connects > 0,
    };
  }

  /** Hands over what was kept, in order of time, and how many more should have been. */
  take(): { readonly requests: readonly LoggedRequest[]; readonly unlogged: number } {
    const taken = {
      requests: this.#kept.sort((a, b) => a.atMs - b.atMs),
      unlogged: this.#chosen - this.#kept.length,
    };
    this.#kept = [];
    this.#chosen = 0;
    return taken;
  }
}

/** What is wrong with an exchange, by name: its failure, error status or broken check; empty: nothing. */
export function failureNameOf(
  { failure, status }: Pick<LoggedExchange, "failure" | "status">,
  rules: readonly string[] | null,
): string {
  if (failure === FAILURE.http_status) return `HTTP ${status}`;
  if (rules !== null && rules.length > 0) return rules[0]!;
  if (failure !== FAILURE.none) return FAILURE_KINDS[failure]!.name;
  return rules === null && status >= 400 ? `HTTP ${status}` : "";
}
