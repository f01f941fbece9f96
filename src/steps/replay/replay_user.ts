/**
 * A user who sends the requests of a log, and compares their statuses with the recorded ones.
 *
 * @module
 */
import { assembleRequest } from "../../client/exchange/assemble_request.ts";
import { Exchange, type HttpClient, type PreparedRequest } from "../../client/exchange/http_client.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { Recorder } from "../../metrics/recorder.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ReplayStep } from "../../plan/replay_step.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { requestName } from "../code/request_name.ts";
import type { EndingUser } from "../ending_user.ts";
import type { ReplayedRequest } from "./replay_line.ts";
import type { ReplaySource } from "./replay_source.ts";

/** What all users of a thread share. */
export interface ReplayWork {
  readonly step: ReplayStep;
  readonly origin: string;
  readonly client: ClientSpec;
  readonly source: ReplaySource;
  readonly recorder: Recorder;
  readonly budget: { left: number };
  /** The run's zero on the clock of `performance.now()`. */
  startMs(): number;
}

/** Every recorded status is as good as the others of these: no log tells what a client had in its cache. */
const WHOLE = new Set([200, 206, 304]);

/** The rules that a response breaks; `null`: nothing was recorded, an error status is a failure. */
export function brokenRules(recorded: number, status: number): readonly string[] | null {
  if (recorded === 0) return null;
  if (status === recorded || (WHOLE.has(status) && WHOLE.has(recorded))) return [];
  return [`status: ${status}, recorded ${recorded}`];
}

/** Sends one request of the log an iteration. */
export class ReplayUser implements EndingUser {
  readonly isSpent = false;
  readonly #client: HttpClient;
  readonly #work: ReplayWork;
  readonly #exchange = new Exchange();
  #recorded = 0;
  #step = 0;

  constructor(client: HttpClient, work: ReplayWork) {
    this.#client = client;
    this.#work = work;
    this.#exchange.onFinished = (exchange) => this.#finished(exchange);
  }

  get freeAtMs(): number {
    return this.#exchange.endMs - this.#work.startMs();
  }

  loadEnded(): void {
    this.#exchange.bytesAtEnd = this.#exchange.bytesReceived;
  }

  iterate(_number: number, dueMs: number, nowMs: number): Promise<void> {
    const { source, budget, recorder, startMs } = this.#work;
    budget.left--;
    const recorded = source.take();
    this.#recorded = recorded.status;
    const request = this.#requestFor(recorded);
    this.#step = request.step;
    const zero = startMs();
    this.#exchange.reset(zero + dueMs, zero + nowMs);
    recorder.start();
    return this.#client.exchange(request, this.#exchange);
  }

  drop(_number: number, waitedMs: number): void {
    const { source, recorder } = this.#work;
    recorder.drop(this.#requestFor(source.take()).step, waitedMs * 1000);
  }

  #requestFor({ method, target, host }: ReplayedRequest): PreparedRequest {
    const { step, origin, client, recorder } = this.#work;
    // Put together, since two slashes at the start would be another host's name.
    const url = URL.parse(`${origin}${target.replace(/^https?:\/\/[^/?#]*/i, "")}`) ?? new URL(origin);
    const authority = step.keepsHosts && host !== "" ? host : url.host;
    const headers: HeaderLine[] = [["Host", authority], ...step.headers];
    return assembleRequest({
      step: recorder.find(requestName(method, url, origin)),
      method,
      url,
      headers,
      body: null,
      isRepeated: false,
      memory: null,
      wantsHead: false,
      wantsBody: false,
      wantsCookies: false,
    }, client);
  }

  #finished(exchange: Exchange): void {
    const { recorder } = this.#work;
    const isAnswered = exchange.failure === FAILURE.none;
    recorder.record(this.#step, exchange, isAnswered ? brokenRules(this.#recorded, exchange.status) : null);
    if (exchange.failure !== FAILURE.unfinished) recorder.counts.iterations++;
  }
}
