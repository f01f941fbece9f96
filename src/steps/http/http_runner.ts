/**
 * Runs HTTP steps for one user: makes the request, sends it, judges and records what came back. A failed request is a
 * result; only a value that a later step would miss ends an iteration, unless the scenario wants it otherwise.
 *
 * @module
 */
import type { CookieJar } from "../../client/exchange/cookie_jar.ts";
import { Exchange, type PreparedRequest } from "../../client/exchange/http_client.ts";
import { FAILURE, IS_ANSWERED } from "../../metrics/failure.ts";
import { LIMITS } from "../../metrics/limits.ts";
import { OUTCOME } from "../../metrics/span_recorder.ts";
import type { Scenario } from "../../plan/scenario.ts";
import type { StepRecorder, StepRunner, StepUser } from "../step_kind.ts";
import type { CompiledHttpStep } from "./compile_step.ts";
import type { CallForm } from "./grpc/call_form.ts";
import { UserCall } from "./grpc/user_call.ts";
import { type Sender, UserRequests } from "./sender.ts";
import type { SecretSources } from "./known_secrets.ts";
import { BodyTextBuffer } from "./quick_request.ts";
import type { CompiledCheck } from "./rules/check_kind.ts";
import { ResponseView } from "./rules/response_view.ts";
import { type StreamForm, StreamReader } from "./stream/stream_reader.ts";
import type { StepOutcome } from "./step_outcome.ts";
import { UserCookies } from "./user_cookies.ts";

/** What the runners of a thread share. */
export interface HttpWork {
  /** By the step's index; those of other kinds are missing. */
  readonly steps: readonly (CompiledHttpStep | undefined)[];
  readonly scenario: Scenario;
  readonly recorder: StepRecorder;
  /** Declared length of each fixed step's first response, when lengths are to be compared. */
  readonly lengths: Map<number, number> | null;
  /** Looks at every step; what it is shown holds only until it returns. */
  readonly observe: ((outcome: StepOutcome) => void) | null;
  /** Masks the secrets that a step knows. */
  readonly hide?: ((text: string, known: SecretSources) => string) | undefined;
  /** Every iteration begins without cookies. */
  readonly hasFreshCookies: boolean;
  /** A jar for a user; `null` where cookies of servers are ignored. */
  createJar(): CookieJar | null;
  /** Undoes the content coding of a response's body; `null` when it has none. */
  decodeBody(exchange: Exchange): Promise<void> | null;
  /** The clock that exchanges are stamped with, in ms. */
  now(): number;
}

/** One user's HTTP steps. */
export class HttpRunner implements StepRunner {
  endMs = 0;
  outcome: number = OUTCOME.succeeded;
  readonly #work: HttpWork;
  readonly #user: StepUser;
  readonly #exchange = new Exchange();
  readonly #view: ResponseView;
  readonly #jar: CookieJar | null;
  readonly #cookies: UserCookies | null;
  readonly #sender: Sender;
  /** Of the steps that stream, by their index; and of those that make calls. */
  readonly #readers: (StreamReader | undefined)[] = [];
  readonly #calls: (UserCall | undefined)[] = [];
  /** Under way; `null`: it could not be filled in. */
  #request: PreparedRequest | null = null;

  /** `beside`: another one of the same user, whose cookies this one shares. */
  constructor(user: StepUser, work: HttpWork, beside?: HttpRunner) {
    this.#work = work;
    this.#user = user;
    const { scope } = user;
    const jar = this.#jar = beside === undefined ? work.createJar() : beside.#jar;
    const cookies = jar && new UserCookies(jar, scope.wallClockMs);
    this.#view = new ResponseView(() => {
      const url = this.#exchange.finalUrl ?? this.#request?.url;
      return cookies === null || url === undefined ? "" : cookies.cookiesFor(url);
    });
    this.#cookies = this.#exchange.cookies = user.cookies = cookies;
    this.#sender = {
      scope,
      buffer: new BodyTextBuffer(),
      calls: new UserRequests(),
      values: NONE,
      sent: (headers) => {
        if (cookies !== null) cookies.ownHeaders = headers;
      },
      cookiesFor: (url) => cookies === null ? "" : cookies.cookiesFor(url),
    };
  }

  get isUnfinished(): boolean {
    return this.#exchange.failure === FAILURE.unfinished;
  }

  begin(): void {
    if (this.#work.hasFreshCookies) this.#cookies?.clear();
  }

  start(index: number, dueMs: number, nowMs: number): Promise<void> | null {
    const exchange = this.#exchange;
    const step = this.#work.steps[index]!;
    exchange.reset(dueMs < 0 ? nowMs : dueMs, nowMs);
    const request = this.#request = this.#requestFor(step);
    if (step.call !== null) this.#callFor(step.index, step.call).begin();
    else {
      exchange.call = null;
      exchange.stream = step.stream === null ? null : this.#readerFor(step.index, step.stream);
    }
    if (request !== null) this.#work.recorder.start();
    if (step.fixed === null) {
      exchange.startMs = exchange.endMs = this.#work.now();
      if (dueMs < 0) exchange.dueMs = exchange.startMs;
    }
    return request === null ? null : this.#user.client.exchange(request, exchange);
  }

  #readerFor(index: number, form: StreamForm): StreamReader {
    const reader = this.#readers[index] ??= new StreamReader(form, this.#exchange);
    reader.begin();
    return reader;
  }

  #callFor(index: number, form: CallForm): UserCall {
    return this.#calls[index] ??= new UserCall(form, this.#exchange);
  }

  finish(): Promise<void> | null {
    const exchange = this.#exchange;
    if (exchange.call !== null) return null;
    const { body } = exchange;
    exchange.isBodyCut = body !== null && !exchange.isDecoded && exchange.finalBodyBytes > body.length;
    return this.#work.decodeBody(exchange);
  }

  loadEnded(): void {
    this.#exchange.bytesAtEnd = this.#exchange.bytesReceived;
  }

  /** The request to send now, or `null` and a failure in the exchange when it cannot be filled in. */
  #requestFor(step: CompiledHttpStep): PreparedRequest | null {
    const { fixed } = step;
    if (fixed !== null) {
      if (this.#cookies === null) return fixed.request;
      this.#cookies.ownHeaders = fixed.step.headers;
      return this.#cookies.requestFor(step, fixed);
    }
    const request = step.request(this.#sender);
    if (!("error" in request)) return request;
    this.#exchange.failure = FAILURE.template;
    this.#exchange.failureDetail = `TemplateError: ${request.error}`;
    return null;
  }

  settle(index: number): boolean {
    const exchange = this.#exchange;
    const request = this.#request;
    const { steps, recorder, observe } = this.#work;
    const step = steps[index]!;
    if (request !== null && step.call !== null) this.#settleCall(step, step.call);
    if (request !== null && step.stream !== null) {
      this.#readers[index]!.judge((text) => this.#work.hide?.(text, this.#known(step)) ?? text);
    }
    const isAnswered = request !== null && exchange.failure === FAILURE.none;
    if (request !== null && exchange.head !== null && exchange.maySetCookies) {
      this.#cookies?.storeHead(exchange.head, exchange.finalUrl ?? request.url);
    }
    let broken = NONE;
    let notFound = NONE;
    let judged: StepOutcome["judged"] = [];
    if (isAnswered) {
      this.#verifyLength(step);
      if (step.checks.length > 0 || step.extractors.length > 0) {
        if (exchange.isBodyCut) recorder.limits.add(LIMITS.bodyBytes);
        this.#view.show(exchange, exchange.body !== null && exchange.body === request.memory?.body);
        broken = this.#judge(step);
        if (observe !== null) judged = this.#describeChecks(step);
        notFound = this.#extract(step);
        if (this.#view.isPatternCut) recorder.limits.add(LIMITS.patternCharacters);
        this.#view.forget();
      }
    }
    if (observe !== null) {
      const { variables, rows } = this.#user.scope;
      observe({
        index,
        step: step.step,
        request,
        exchange,
        broken,
        notFound,
        variables,
        rows,
        filled: this.#filled(step),
        judged,
      });
    }
    if (request !== null && step.stream !== null) {
      const isGood = isAnswered && broken.length + notFound.length === 0 &&
        (exchange.status < 400 || step.hasStatusCheck);
      this.#readers[index]!.end(isGood);
    }
    if (request === null) {
      this.outcome = OUTCOME.failed;
      recorder.countUnfilled(index, exchange.failureDetail);
    } else if (isAnswered) this.#record(step, broken, notFound);
    else {
      this.outcome = IS_ANSWERED[exchange.failure] ? OUTCOME.failed : OUTCOME.unanswered;
      // Without a response no check holds.
      if (!this.isUnfinished) { for (const tally of step.tallies) tally.failed++; }
      recorder.record(index, exchange, null);
    }
    // What it took to look at a response is not part of the next request.
    this.endMs = step.readsResponse ? this.#work.now() : exchange.endMs;
    return this.#goesOn(step, request, { broken, notFound });
  }

  /** Reads the messages of a call, where somebody looks at them. */
  #settleCall({ index, step: { checks } }: CompiledHttpStep, { keptBytes }: CallForm): void {
    const exchange = this.#exchange;
    const call = this.#calls[index]!;
    for (const check of checks) if (check.kind === "grpc_status") call.expect(check.oneOf);
    if (exchange.failure === FAILURE.none && keptBytes > 0) {
      exchange.isBodyCut = call.isCut;
      const reply = call.decode();
      if ("value" in reply) exchange.reply = reply;
      else {
        exchange.failure = FAILURE.grpc_message;
        exchange.failureDetail = reply.problem;
      }
    }
    call.end();
  }

  #goesOn(
    { extractors, hasStatusCheck, step: { stopsOnFailure } }: CompiledHttpStep,
    request: PreparedRequest | null,
    { broken, notFound }: { readonly broken: readonly string[]; readonly notFound: readonly string[] },
  ): boolean {
    const { scenario } = this.#work;
    if (request === null) return !stopsOnFailure && scenario.onTemplateError !== "abort_iteration";
    if (stopsOnFailure) {
      const { failure, status } = this.#exchange;
      const isError = failure !== FAILURE.none || (status >= 400 && !hasStatusCheck);
      if (isError || broken.length + notFound.length > 0) return false;
    }
    const isMissing = notFound.length > 0 ||
      (extractors.length > 0 && this.#exchange.failure !== FAILURE.none);
    return !isMissing || scenario.onExtractFailure !== "abort_iteration";
  }

  /** One error a request: a broken check counts before an error status, and that before a value not found. */
  #record(step: CompiledHttpStep, broken: readonly string[], notFound: readonly string[]): void {
    const exchange = this.#exchange;
    const { recorder } = this.#work;
    const isErrorStatus = exchange.status >= 400 && !step.hasStatusCheck;
    const hasFailed = isErrorStatus || broken.length > 0 || notFound.length > 0;
    this.outcome = hasFailed ? OUTCOME.failed : OUTCOME.succeeded;
    if (broken.length > 0) recorder.record(step.index, exchange, [...broken, ...notFound]);
    else if (notFound.length > 0) {
      exchange.failure = isErrorStatus ? FAILURE.http_status : FAILURE.extract;
      if (!isErrorStatus) exchange.failureDetail = notFound.join("; ");
      recorder.record(step.index, exchange, notFound);
    } else recorder.record(step.index, exchange, isErrorStatus || !step.readsResponse ? null : NONE);
  }

  #judge(step: CompiledHttpStep): readonly string[] {
    const { recorder } = this.#work;
    let broken: string[] | undefined;
    const { checks, tallies } = step;
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i]!;
      const key = check.judge(this.#view, this.#user.scope);
      if (key === undefined) {
        tallies[i]!.passed++;
        continue;
      }
      tallies[i]!.failed++;
      (broken ??= []).push(key);
      if (!check.tellsFound && !recorder.foundInstead.has(key)) {
        recorder.foundInstead.note(key, this.#found(check, step));
      }
    }
    return broken ?? NONE;
  }

  #describeChecks(step: CompiledHttpStep): StepOutcome["judged"] {
    const { scope } = this.#user;
    return step.checks.map((check) => ({
      claim: check.describe(scope),
      ...(check.judge(this.#view, scope) !== undefined && { found: this.#found(check, step) }),
    }));
  }

  /** What a check found instead, without the secrets that the step knows. */
  #found(check: CompiledCheck, step: CompiledHttpStep): string {
    const { hide } = this.#work;
    const known = this.#known(step);
    return check.describeFound(this.#view, hide && ((text) => hide(text, known)));
  }

  #known(step: CompiledHttpStep): SecretSources {
    const { variables, rows } = this.#user.scope;
    return { step: step.step, variables, rows, filled: this.#filled(step) };
  }

  /** What stands for each placeholder. */
  #filled({ sources }: CompiledHttpStep): StepOutcome["filled"] {
    return sources.map((source, i) => [source, this.#sender.values[i] ?? ""] as const);
  }

  /** Binds what the response holds; gives the failures of the rules whose value it does not hold. */
  #extract({ extractors }: CompiledHttpStep): readonly string[] {
    let notFound: string[] | undefined;
    for (const extractor of extractors) {
      const value = extractor.take(this.#view, this.#user.scope.random);
      if (value === undefined) {
        (notFound ??= []).push(extractor.failure + extractor.beyond(this.#view));
      } else this.#user.scope.variables.set(extractor.name, value);
    }
    return notFound ?? NONE;
  }

  #verifyLength(step: CompiledHttpStep): void {
    const { lengths, recorder } = this.#work;
    const { declaredLength } = this.#exchange;
    if (lengths === null || step.fixed === null || declaredLength < 0) return;
    const expected = lengths.get(step.index);
    if (expected === undefined) lengths.set(step.index, declaredLength);
    else if (expected !== declaredLength) recorder.countLengthError(step.index);
  }
}

const NONE: readonly string[] = [];
