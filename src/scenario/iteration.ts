/**
 * What a virtual user does: the steps of one flow, once, in order. Variables and rows live for an iteration, cookies as
 * long as the scenario says, connections as long as the user. A failed request does not end an iteration; a value that a
 * later step would miss does, unless the scenario wants it otherwise.
 *
 * @module
 */
import {
  Exchange,
  type HopCookies,
  type HttpClient,
  type PreparedRequest,
} from "../client/exchange/http_client.ts";
import { Random } from "../lib/random.ts";
import { FAILURE } from "../metrics/failure.ts";
import type { DataValue, Row } from "../plan/scenario.ts";
import { ResponseView } from "../steps/http/response_view.ts";
import type { StepOutcome } from "../steps/http/step_outcome.ts";
import type { CompiledFlow, CompiledStep, Program, Sender } from "./compile.ts";
import { BodyTextBuffer } from "../steps/http/quick_request.ts";
import { isCookie, withCookies } from "../steps/http/step_form.ts";

/** Where exchanges are counted; the slot's recorder is one. */
export interface FlowRecorder {
  readonly counts: { iterations: number };
  start(): void;
  /** A step could not be filled in, and was not sent; `rule`: the key of the error. */
  unfilled(step: number, rule: string): void;
  /** `rules`: keys of broken rules; empty: all hold, whatever the status; `null`: an error status is a failure. */
  record(step: number, exchange: Exchange, rules: readonly string[] | null): void;
  lengthError(step: number): void;
  /** An arrival will never start; `step` is the one it would have begun with. */
  drop(step: number, waitedUs: number): void;
}

/** The cookies of one user. Times of day are in ms since 1970. */
export interface Cookies {
  readonly isEmpty: boolean;
  /** Changes whenever `headerFor` may give something else than before, expiry aside. */
  readonly version: number;
  readonly nextExpiryMs: number;
  clear(): void;
  /** Takes in what an answer sets. */
  storeHead(head: Uint8Array, url: URL, nowMs: number): void;
  /** The value of the `Cookie` field, or `""`. */
  headerFor(url: URL, nowMs: number): string;
}

/** What the users of a slot share. Times are in ms of the clock that exchanges are stamped with. */
export interface FlowContext {
  readonly program: Program;
  readonly recorder: FlowRecorder;
  /** Requests that may still be started. */
  readonly budget: { left: number };
  readonly seed: number;
  /** The pause after a step that names none; 0 for none. */
  readonly thinkMs: number;
  /** Relative half-width of all pauses, 0 to 1. */
  readonly thinkJitter: number;
  /** Pause after the last step too. An open loop has no use for that: it keeps a user from the next arrival. */
  readonly pausesAtEnd: boolean;
  /** Declared length of each fixed step's first answer, when lengths are to be compared. */
  readonly lengths: Map<number, number> | null;
  /** Looks at every step; what it is shown holds only until it returns. */
  readonly observe: ((outcome: StepOutcome) => void) | null;
  createCookies(): Cookies;
  /** Undoes the content coding of an answer's body; `null` when it has none. */
  decodeBody(exchange: Exchange): Promise<void> | null;
  /** Checks or extractions saw only the start of a body. */
  onBodyCut?(): void;
  now(): number;
  /** The run's zero. */
  startMs(): number;
  /** Whether no further request may start. */
  isOver(nowMs: number): boolean;
  /** Resolves after `ms`, or at once when the load is stopped. */
  sleep(ms: number): Promise<void>;
  /** Time of day, in ms since 1970. */
  wallClockMs(): number;
}

/** A fixed step's request with the cookies of one moment. */
interface CookieRequest {
  readonly request: PreparedRequest;
  readonly jarVersion: number;
  readonly validUntilMs: number;
}

/** The load models draw pauses from the streams of users' own numbers. */
const FIRST_STREAM = 2 ** 32;

/** A user must let others run between two iterations without a request. */
const MIN_PAUSE_MS = 1;

/** One simulated user. */
export class FlowUser {
  /** No further iteration is possible: the rows of a data set are spent. */
  isSpent = false;
  #readyAtMs = 0;
  readonly #client: HttpClient;
  readonly #context: FlowContext;
  readonly #exchange = new Exchange();
  readonly #view = new ResponseView();
  readonly #jar: Cookies | null;
  readonly #cookieRequests = new Map<number, CookieRequest>();
  readonly #variables = new Map<string, DataValue>();
  readonly #rows: (Row | undefined)[] = [];
  readonly #sender: Sender;

  /** `number` is the user's in the whole plan: the same number and seed draw the same values anywhere. */
  constructor(client: HttpClient, number: number, context: FlowContext) {
    this.#client = client;
    this.#context = context;
    const jar = context.program.cookies === "ignore" ? null : context.createCookies();
    this.#jar = jar;
    if (jar !== null) this.#exchange.cookies = this.#hopCookies(jar);
    this.#sender = {
      scope: {
        random: new Random(context.seed, FIRST_STREAM + number),
        counters: context.program.counters,
        wallClockMs: context.wallClockMs,
        variables: this.#variables,
        rows: this.#rows,
      },
      buffer: new BodyTextBuffer(),
      ownHeaders: [],
      cookiesFor: (url) => this.#cookiesFor(url),
    };
  }

  /** When the last iteration was over, its pauses included, on the run's clock. */
  get freeAtMs(): number {
    return this.#readyAtMs - this.#context.startMs();
  }

  /**
   * Runs iteration `number` of the whole plan, due at `dueMs` of the run's clock, or now when that is negative. Its later
   * steps are due when they start. `nowMs`: the present on that clock, when it is known. Never rejects.
   */
  async iterate(number: number, dueMs: number, nowMs?: number): Promise<void> {
    const context = this.#context;
    const exchange = this.#exchange;
    const { steps, sets } = context.program.flowOf(number);
    this.#readyAtMs = nowMs === undefined ? context.now() : context.startMs() + nowMs;
    if (!this.#begin(sets)) {
      this.isSpent = true;
      return;
    }
    const lastStep = steps.length - 1;
    for (let i = 0; i <= lastStep; i++) {
      const step = steps[i]!;
      if (i > 0 && (context.budget.left <= 0 || context.isOver(this.#readyAtMs))) return;
      context.budget.left--;
      const request = this.#start(step, i > 0 || dueMs < 0 ? -1 : context.startMs() + dueMs);
      if (request !== null) await this.#client.exchange(request, exchange);
      const { body } = exchange;
      exchange.isBodyCut = body !== null && !exchange.isDecoded && exchange.bodyBytes > body.length;
      const decoding = context.decodeBody(exchange);
      if (decoding !== null) await decoding;
      const goesOn = this.#settle(step, request);
      // What it took to look at an answer is not part of the next request.
      this.#readyAtMs = step.readsResponse ? context.now() : exchange.endMs;
      if (exchange.failure === FAILURE.unfinished) return;
      const isLast = i === lastStep || !goesOn;
      const pauseMs = isLast && !context.pausesAtEnd ? 0 : this.#pauseAfter(step);
      if (pauseMs > 0 || request === null) {
        await context.sleep(pauseMs === 0 ? MIN_PAUSE_MS : pauseMs);
        this.#readyAtMs = context.now();
      }
      if (!goesOn) break;
    }
    context.recorder.counts.iterations++;
  }

  /** Counts an iteration that will never start. */
  drop(number: number, waitedMs: number): void {
    const { program, recorder } = this.#context;
    recorder.drop(program.flowOf(number).steps[0]!.index, waitedMs * 1000);
  }

  /** Begins an exchange, due at `dueMs` or, when that is negative, when it starts. `null`: it cannot be filled in. */
  #start(step: CompiledStep, dueMs: number): PreparedRequest | null {
    const exchange = this.#exchange;
    const now = this.#readyAtMs;
    exchange.reset(dueMs < 0 ? now : dueMs, now);
    const request = this.#requestFor(step);
    if (request !== null) this.#context.recorder.start();
    if (step.fixed === null) {
      exchange.startMs = exchange.endMs = this.#context.now();
      if (dueMs < 0) exchange.dueMs = exchange.startMs;
    }
    return request;
  }

  /** Forgets the last iteration and draws rows; `false` when there are none left. */
  #begin(sets: CompiledFlow["sets"]): boolean {
    const { program } = this.#context;
    // Clearing an empty map is not free.
    if (this.#variables.size > 0) this.#variables.clear();
    if (program.cookies === "fresh_per_iteration") this.#jar!.clear();
    for (const set of sets) {
      const row = program.cursors[set]!.next(this.#sender.scope.random);
      if (row === undefined) return false;
      this.#rows[set] = row;
    }
    return true;
  }

  /** Nothing starts any more: remembers how far the exchange under way has come. */
  loadEnded(): void {
    this.#exchange.bytesAtEnd = this.#exchange.bytesReceived;
  }

  #pauseAfter(step: CompiledStep): number {
    const { thinkMs, thinkJitter } = this.#context;
    const mean = step.thinkMs ?? thinkMs;
    return mean === 0 || thinkJitter === 0
      ? mean
      : mean * (1 + thinkJitter * (2 * this.#sender.scope.random.fraction() - 1));
  }

  /** The cookies for redirects of the request under way. */
  #hopCookies(jar: Cookies): HopCookies {
    return {
      storeHead: (head, url) => jar.storeHead(head, url, this.#context.wallClockMs()),
      fieldFor: (url, withOwn) => {
        const own = withOwn ? this.#sender.ownHeaders.filter(isCookie).map(([, value]) => value) : [];
        const kept = jar.headerFor(url, this.#context.wallClockMs());
        return [...(kept === "" ? [] : [kept]), ...own].join("; ");
      },
    };
  }

  /** The request to send now, or `null` and a failure in the exchange when it cannot be filled in. */
  #requestFor(step: CompiledStep): PreparedRequest | null {
    const { fixed } = step;
    if (fixed !== null) {
      this.#sender.ownHeaders = fixed.step.headers;
      if (this.#jar === null || this.#jar.isEmpty) return fixed.request;
      return this.#withCookies(step, fixed, this.#jar);
    }
    const request = step.request(this.#sender);
    if (!("error" in request)) return request;
    this.#exchange.failure = FAILURE.template;
    this.#exchange.failureDetail = `TemplateError: ${request.error}`;
    return null;
  }

  #cookiesFor(url: URL): string {
    const jar = this.#jar;
    return jar === null || jar.isEmpty ? "" : jar.headerFor(url, this.#context.wallClockMs());
  }

  /** The same request as last time unless the cookies have changed. */
  #withCookies(
    step: CompiledStep,
    fixed: NonNullable<CompiledStep["fixed"]>,
    jar: Cookies,
  ): PreparedRequest {
    const nowMs = this.#context.wallClockMs();
    const kept = this.#cookieRequests.get(step.index);
    if (kept !== undefined && kept.jarVersion === jar.version && nowMs < kept.validUntilMs) {
      return kept.request;
    }
    const cookies = jar.headerFor(fixed.request.url, nowMs);
    const request = cookies === "" ? fixed.request : step.prepare(withCookies(fixed.step, cookies), true);
    this.#cookieRequests.set(step.index, {
      request,
      jarVersion: jar.version,
      validUntilMs: jar.nextExpiryMs,
    });
    return request;
  }

  /** Judges, extracts and records; `false` when the iteration must end here. */
  #settle(step: CompiledStep, request: PreparedRequest | null): boolean {
    const exchange = this.#exchange;
    const { recorder, observe } = this.#context;
    const isAnswered = request !== null && exchange.failure === FAILURE.none;
    if (request !== null && exchange.head !== null) {
      this.#jar?.storeHead(exchange.head, exchange.finalUrl ?? request.url, this.#context.wallClockMs());
    }
    let broken = NONE;
    let notFound = NONE;
    if (isAnswered) {
      this.#verifyLength(step);
      if (step.checks.length > 0 || step.extractors.length > 0) {
        if (exchange.isBodyCut) this.#context.onBodyCut?.();
        this.#view.show(exchange);
        broken = this.#judge(step);
        notFound = this.#extract(step);
        this.#view.forget();
      }
    }
    if (observe !== null) {
      observe({ request, exchange, broken, notFound, variables: this.#variables, rows: this.#rows });
    }
    if (request === null) recorder.unfilled(step.index, exchange.failureDetail);
    else if (isAnswered) this.#record(step, broken, notFound);
    else recorder.record(step.index, exchange, null);
    return this.#goesOn(step, request, notFound);
  }

  #goesOn(
    { extractors }: CompiledStep,
    request: PreparedRequest | null,
    notFound: readonly string[],
  ): boolean {
    const { program } = this.#context;
    if (request === null) return !program.abortsOnTemplateError;
    const isMissing = notFound.length > 0 ||
      (extractors.length > 0 && this.#exchange.failure !== FAILURE.none);
    return !isMissing || !program.abortsOnExtractFailure;
  }

  /** One error a request: a broken check counts before an error status, and that before a value not found. */
  #record(step: CompiledStep, broken: readonly string[], notFound: readonly string[]): void {
    const exchange = this.#exchange;
    const { recorder } = this.#context;
    const isErrorStatus = exchange.status >= 400 && !step.hasStatusCheck;
    if (broken.length > 0) recorder.record(step.index, exchange, [...broken, ...notFound]);
    else if (notFound.length > 0) {
      exchange.failure = isErrorStatus ? FAILURE.http_status : FAILURE.extract;
      if (!isErrorStatus) exchange.failureDetail = notFound.join("; ");
      recorder.record(step.index, exchange, notFound);
    } else recorder.record(step.index, exchange, isErrorStatus || !step.readsResponse ? null : NONE);
  }

  #judge({ checks }: CompiledStep): readonly string[] {
    let broken: string[] | undefined;
    for (const check of checks) {
      const key = check.judge(this.#view);
      if (key !== undefined) (broken ??= []).push(key);
    }
    return broken ?? NONE;
  }

  /** Binds what the answer holds; gives the failures of the rules whose value it does not hold. */
  #extract({ extractors }: CompiledStep): readonly string[] {
    let notFound: string[] | undefined;
    for (const extractor of extractors) {
      const value = extractor.take(this.#view);
      if (value === undefined) {
        (notFound ??= []).push(extractor.failure + (extractor.needsBody ? this.#view.cut : ""));
      } else this.#variables.set(extractor.name, value);
    }
    return notFound ?? NONE;
  }

  #verifyLength(step: CompiledStep): void {
    const { lengths, recorder } = this.#context;
    const { declaredLength } = this.#exchange;
    if (lengths === null || step.fixed === null || declaredLength < 0) return;
    const expected = lengths.get(step.index);
    if (expected === undefined) lengths.set(step.index, declaredLength);
    else if (expected !== declaredLength) recorder.lengthError(step.index);
  }
}

const NONE: readonly string[] = [];
