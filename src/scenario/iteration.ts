/**
 * What a virtual user does: the steps of one flow, once, in order. Variables and rows live for an iteration, cookies as
 * long as the scenario says, connections as long as the user. A failed request does not end an iteration; a value that a
 * later step would miss does, unless the scenario wants it otherwise.
 *
 * @module
 */
import { Exchange, type HopCookies, type HttpClient, type PreparedRequest } from "../client/http_client.ts";
import { Random } from "../lib/random.ts";
import { FAILURE } from "../metrics/failure.ts";
import type { Step } from "../plan/scenario.ts";
import { AnswerView } from "./answer_view.ts";
import type { CompiledFlow, CompiledStep, Program, Scope } from "./compile.ts";
import type { Row } from "./data_set.ts";

/** Where exchanges are counted; the slot's recorder is one. */
export interface FlowRecorder {
  iterations: number;
  start(): void;
  /** `rules`: keys of broken rules; empty: all hold, whatever the status; `null`: an error status is a failure. */
  record(step: number, exchange: Exchange, rules: readonly string[] | null): void;
  lengthError(step: number): void;
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
  createCookies(): Cookies;
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
const LEAST_PAUSE_MS = 1;

/** One simulated user. */
export class FlowUser {
  /** No further iteration is possible: the rows of a data set are spent. */
  isSpent = false;
  readonly #client: HttpClient;
  readonly #context: FlowContext;
  readonly #exchange = new Exchange();
  readonly #view = new AnswerView();
  readonly #jar: Cookies | null;
  readonly #cookieRequests = new Map<number, CookieRequest>();
  readonly #variables = new Map<string, string>();
  readonly #rows: (Row | undefined)[] = [];
  readonly #scope: Scope;
  /** Header fields of the step under way, without the jar's cookies. */
  #ownHeaders: Step["headers"] = [];

  /** `number` is the user's in the whole plan: the same number and seed draw the same values anywhere. */
  constructor(client: HttpClient, number: number, context: FlowContext) {
    this.#client = client;
    this.#context = context;
    const jar = context.program.cookies === "ignore" ? null : context.createCookies();
    this.#jar = jar;
    if (jar !== null) this.#exchange.cookies = this.#hopCookies(jar);
    this.#scope = {
      random: new Random(context.seed, FIRST_STREAM + number),
      counters: context.program.counters,
      wallClockMs: context.wallClockMs,
      variables: this.#variables,
      rows: this.#rows,
    };
  }

  /** The present, on the run's clock: pauses are part of an iteration. */
  get freeAtMs(): number {
    return this.#context.now() - this.#context.startMs();
  }

  /**
   * Runs iteration `number` of the whole plan, due at `dueMs` of the run's clock, or now when that is negative. Its later
   * steps are due when they start. Never rejects.
   */
  async iterate(number: number, dueMs: number): Promise<void> {
    const context = this.#context;
    const exchange = this.#exchange;
    const { steps, sets } = context.program.flowOf(number);
    if (!this.#begin(sets)) {
      this.isSpent = true;
      return;
    }
    const lastStep = steps.length - 1;
    for (let i = 0; i <= lastStep; i++) {
      const step = steps[i]!;
      const now = context.now();
      if (i > 0 && (context.budget.left <= 0 || context.isOver(now))) return;
      context.budget.left--;
      exchange.reset(i > 0 || dueMs < 0 ? now : context.startMs() + dueMs, now);
      context.recorder.start();
      const request = this.#requestFor(step);
      if (request !== null) await this.#client.exchange(request, exchange);
      const goesOn = this.#settle(step, request);
      if (exchange.failure === FAILURE.unfinished) return;
      const isLast = i === lastStep || !goesOn;
      const pauseMs = isLast && !context.pausesAtEnd ? 0 : this.#pauseAfter(step);
      if (pauseMs > 0) await context.sleep(pauseMs);
      else if (request === null) await context.sleep(LEAST_PAUSE_MS);
      if (!goesOn) break;
    }
    context.recorder.iterations++;
  }

  /** Forgets the last iteration and draws rows; `false` when there are none left. */
  #begin(sets: CompiledFlow["sets"]): boolean {
    const { program } = this.#context;
    this.#variables.clear();
    if (program.cookies === "fresh_per_iteration") this.#jar!.clear();
    for (const set of sets) {
      const row = program.cursors[set]!.next(this.#scope.random);
      if (row === undefined) return false;
      this.#rows[set] = row;
    }
    return true;
  }

  #pauseAfter(step: CompiledStep): number {
    const { thinkMs, thinkJitter } = this.#context;
    const mean = step.thinkMs ?? thinkMs;
    return mean === 0 || thinkJitter === 0
      ? mean
      : mean * (1 + thinkJitter * (2 * this.#scope.random.fraction() - 1));
  }

  /** The cookies for redirects of the request under way. */
  #hopCookies(jar: Cookies): HopCookies {
    return {
      storeHead: (head, url) => jar.storeHead(head, url, this.#context.wallClockMs()),
      fieldFor: (url, withOwn) => {
        const own = withOwn ? this.#ownHeaders.filter(isCookie).map(([, value]) => value) : [];
        const kept = jar.headerFor(url, this.#context.wallClockMs());
        return [...(kept === "" ? [] : [kept]), ...own].join("; ");
      },
    };
  }

  /** The request to send now, or `null` and a failure in the exchange when it cannot be filled in. */
  #requestFor(step: CompiledStep): PreparedRequest | null {
    const { fixed } = step;
    if (fixed !== null) {
      this.#ownHeaders = fixed.step.headers;
      if (this.#jar === null || this.#jar.isEmpty) return fixed.request;
      return this.#withCookies(step, fixed, this.#jar);
    }
    const filled = step.fill(this.#scope);
    if ("error" in filled) {
      this.#exchange.failure = FAILURE.template;
      this.#exchange.failureDetail = `TemplateError: ${filled.error}`;
      return null;
    }
    this.#ownHeaders = filled.step.headers;
    const cookies = this.#jar?.headerFor(filled.url, this.#context.wallClockMs()) ?? "";
    return step.prepare(withCookies(filled.step, cookies), false);
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
    const { program, recorder } = this.#context;
    if (request === null) {
      recorder.record(step.index, exchange, [exchange.failureDetail]);
      return !program.abortsOnTemplateError;
    }
    if (exchange.head !== null) {
      this.#jar?.storeHead(exchange.head, exchange.finalUrl ?? request.url, this.#context.wallClockMs());
    }
    if (exchange.failure !== FAILURE.none) {
      recorder.record(step.index, exchange, null);
      return step.extractors.length === 0 || !program.abortsOnExtractFailure;
    }
    this.#verifyLength(step);
    if (step.checks.length === 0 && step.extractors.length === 0) {
      recorder.record(step.index, exchange, null);
      return true;
    }
    this.#view.show(exchange);
    const broken = this.#judge(step);
    const notFound = this.#extract(step);
    this.#view.forget();
    // One error a request: a broken check counts before an error status, and that before a value not found.
    const isErrorStatus = exchange.status >= 400 && !step.hasStatusCheck;
    if (broken.length > 0) recorder.record(step.index, exchange, [...broken, ...notFound]);
    else if (notFound.length > 0 && !isErrorStatus) {
      exchange.failure = FAILURE.extract;
      exchange.failureDetail = notFound.join("; ");
      recorder.record(step.index, exchange, notFound);
    } else recorder.record(step.index, exchange, isErrorStatus ? null : NONE);
    return notFound.length === 0 || !program.abortsOnExtractFailure;
  }

  #judge({ checks }: CompiledStep): readonly string[] {
    if (checks.length === 0) return NONE;
    const broken: string[] = [];
    for (const check of checks) {
      const key = check.judge(this.#view);
      if (key !== undefined) broken.push(key);
    }
    return broken;
  }

  /** Binds what the answer holds; gives the failures of the rules whose value it does not hold. */
  #extract({ extractors }: CompiledStep): readonly string[] {
    if (extractors.length === 0) return NONE;
    const notFound: string[] = [];
    for (const extractor of extractors) {
      const value = extractor.take(this.#view);
      if (value === undefined) notFound.push(extractor.failure);
      else this.#variables.set(extractor.name, value);
    }
    return notFound;
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

function isCookie([name]: Step["headers"][number]): boolean {
  return name.toLowerCase() === "cookie";
}

/** A step with cookies; those that the user gave follow those that servers set. */
function withCookies(step: Step, cookies: string): Step {
  if (cookies === "") return step;
  const own = step.headers.filter(isCookie).map(([, value]) => value);
  const others = step.headers.filter((header) => !isCookie(header));
  return { ...step, headers: [...others, ["Cookie", [cookies, ...own].join("; ")]] };
}
