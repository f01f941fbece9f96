/**
 * Conversations of one user: each opens a connection, does its actions in order, and closes it. A step is one
 * conversation; it lasts from the start of connecting to the end of its last action.
 *
 * @module
 */
import { Exchange } from "../../client/exchange/http_client.ts";
import { type ReceivedMessage, Talk, type TalkSet } from "../../client/websocket/talk.ts";
import { formatDuration } from "../../lib/duration.ts";
import { FAILURE, IS_ANSWERED } from "../../metrics/failure.ts";
import { OUTCOME } from "../../metrics/span_recorder.ts";
import type { Scenario } from "../../plan/scenario.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { ResponseView } from "../http/rules/response_view.ts";
import { assemble, draw, type FilledStep, withCookies } from "../http/step_form.ts";
import type { StepRecorder, StepRunner, StepUser } from "../step_kind.ts";
import type { CompiledClose, CompiledExpectation, CompiledTalk } from "./compile_talk.ts";
import { noteHandshake } from "./note_handshake.ts";
import type { TalkClaim, TalkOutcome, Told } from "./report_talk.ts";

/** What the runners of a thread share. */
export interface TalkContext {
  /** By the step's index; those of other kinds are missing. */
  readonly steps: readonly (CompiledTalk | undefined)[];
  readonly scenario: Scenario;
  readonly client: ClientSpec;
  readonly recorder: StepRecorder;
  /** Looks at every step; absent in a load. */
  readonly observe?: (outcome: TalkOutcome) => void;
  /** The clock that exchanges are stamped with, in ms. */
  now(): number;
}

/** One user's conversations. */
export class TalkRunner implements StepRunner {
  endMs = 0;
  outcome: number = OUTCOME.succeeded;
  readonly #context: TalkContext;
  readonly #user: StepUser;
  readonly #talks: TalkSet;
  readonly #exchange = new Exchange();
  /** A message, as checks see the body of a response. */
  readonly #message = new Exchange();
  readonly #view = new ResponseView();
  #talk: Talk | null = null;
  /** When its connection was closed. */
  #freeMs = 0;
  #filled: FilledStep | null = null;
  #values: readonly string[] = NONE;
  #isHolding = false;
  #isOver = false;
  /** Keys of what did not come. */
  #broken: string[] = [];
  #notFound: string[] = [];
  /** What was said, where somebody looks. */
  #told: Told[] | null = null;
  #claims: TalkClaim[] | null = null;

  constructor(user: StepUser, talks: TalkSet, context: TalkContext) {
    this.#user = user;
    this.#talks = talks;
    this.#context = context;
    if (context.observe) {
      this.#told = [];
      this.#claims = [];
    }
  }

  get isUnfinished(): boolean {
    return this.#exchange.failure === FAILURE.unfinished;
  }

  begin(): void {
    this.#isOver = false;
  }

  start(index: number, dueMs: number, nowMs: number): Promise<void> | null {
    const step = this.#context.steps[index]!;
    const exchange = this.#exchange;
    exchange.reset(dueMs < 0 ? nowMs : dueMs, nowMs);
    this.#broken = [];
    this.#notFound = [];
    this.#told?.splice(0);
    this.#claims?.splice(0);
    const drawn = draw(step.form, this.#user.scope);
    this.#values = drawn.values;
    const filled = this.#filled = assemble(step.form, drawn);
    if ("error" in filled) {
      exchange.failure = FAILURE.template;
      exchange.failureDetail = `TemplateError: ${filled.error}`;
      exchange.finish(this.#context.now());
      return null;
    }
    this.#context.recorder.start();
    return this.#run(step, filled);
  }

  finish(): null {
    return null;
  }

  /** Nobody waits any longer than need be: what is only held is over. */
  loadEnded(): void {
    this.#isOver = true;
    this.#exchange.bytesAtEnd = this.#exchange.bytesReceived;
    if (this.#isHolding) this.#talk?.wake();
  }

  async #run(
    step: CompiledTalk,
    { step: request, url }: Exclude<FilledStep, { error: string }>,
  ): Promise<void> {
    const { client, now } = this.#context;
    const exchange = this.#exchange;
    const { subprotocols, compressed, maxMessageBytes, closeTimeoutMs } = step.step;
    const { headers } = withCookies(request, this.#user.cookies?.cookiesFor(url) ?? "");
    const talk = this.#talk = new Talk(step.work, `u${this.#user.scope.user}`);
    this.#talks.talks.add(talk);
    const isOpen = await talk.open({
      handshake: { url, headers, subprotocols, compressed, maxHeaderBytes: client.maxHeaderBytes },
      timeoutMs: step.timeoutMs,
      maxMessageBytes,
      closeTimeoutMs,
    }, exchange);
    if (isOpen) {
      await this.#runActions(step, talk);
      exchange.endMs = now();
      talk.addBytesTo(exchange);
      if (exchange.failure === FAILURE.unfinished) talk.cut();
      else await talk.end();
    } else exchange.endMs = now();
    this.#talks.talks.delete(talk);
    this.#talk = null;
    this.#freeMs = now();
  }

  /** Does all actions, as long as there is reason to go on. */
  async #runActions(step: CompiledTalk, talk: Talk): Promise<void> {
    const exchange = this.#exchange;
    talk.keepsMessages = step.lastExpected >= 0;
    /** When the last message was sent that no reply has come for; −1: there is none. */
    let sentMs = -1;
    for (const [i, action] of step.actions.entries()) {
      if (talk.aborted !== FAILURE.none) break;
      switch (action.kind) {
        case "send": {
          const message = action.message.fixed ?? action.message.make(this.#user.scope);
          if ("error" in message) {
            exchange.failure = FAILURE.template;
            exchange.failureDetail = `TemplateError: ${message.error}`;
            return;
          }
          if (!talk.isOpen) return this.#tellEnd(talk, step);
          sentMs = this.#context.now();
          this.#tell("sent", message.payload.bytes, message.isText);
          const writing = talk.send(message);
          if (writing !== null) await writing;
          break;
        }
        case "expect": {
          const heardMs = await this.#expect(action, talk, step);
          const { times, counts } = step.work.group;
          const waitedMs = (heardMs < 0 ? this.#context.now() : heardMs) - sentMs;
          // What came before the message was sent is no reply to it.
          const isReply = sentMs >= 0 && heardMs >= sentMs;
          if (isReply) times.roundTrip.record(waitedMs * 1000);
          if (isReply) sentMs = -1;
          if (i === step.lastExpected) talk.keepsMessages = false;
          if (heardMs >= 0) break;
          if (sentMs >= 0 && exchange.failure !== FAILURE.unfinished) times.noReply.record(waitedMs * 1000);
          if (this.#broken.length > 0) counts.replyTimeouts++;
          return;
        }
        case "hold":
          await this.#hold(action.ms, talk);
          if (!talk.isOpen) return this.#tellEnd(talk, step);
          if (!this.#isOver) break;
          // The load is over, and with it what is held: that is a whole conversation when nothing was to follow.
          if (step.actions.slice(i + 1).some(({ kind }) => kind !== "close")) {
            exchange.failure = FAILURE.unfinished;
          }
          return;
        case "close":
          await talk.end(action.code);
          this.#note(`closed with ${action.code}`);
          break;
        case "expect_close":
          if (!await this.#expectClose(action, talk)) return;
      }
      if (exchange.failure !== FAILURE.none || this.#notFound.length > 0) return;
    }
    if (talk.aborted !== FAILURE.none) exchange.failure = talk.aborted;
  }

  /** Waits for a message that fits; when it came, or −1. */
  async #expect(action: CompiledExpectation, talk: Talk, step: CompiledTalk): Promise<number> {
    const { now } = this.#context;
    const untilMs = now() + action.timeoutMs;
    let others = 0;
    while (true) {
      const message = talk.take();
      if (message !== undefined) {
        if (this.#fits(action, message)) {
          this.#claims?.push({ claim: action.claimIn(this.#user.scope) });
          this.#extract(action);
          this.#view.forget();
          return message.heardMs;
        }
        others++;
        step.work.group.counts.unexpected++;
        continue;
      }
      if (talk.aborted !== FAILURE.none) {
        this.#exchange.failure = talk.aborted;
        return -1;
      }
      if (!talk.isOpen) {
        this.#tellEnd(talk, step);
        return -1;
      }
      if (now() >= untilMs) break;
      await talk.wait(untilMs);
    }
    this.#noteMissing(
      action,
      others === 0 ? "no message" : others === 1 ? "another message" : `${others} others`,
    );
    return -1;
  }

  #fits({ checks }: CompiledExpectation, { isText, bytes, heardMs }: ReceivedMessage): boolean {
    this.#tell("received", bytes, isText, heardMs);
    this.#message.body = bytes;
    this.#view.show(this.#message);
    return checks.every((check) => check.judge(this.#view, this.#user.scope) === undefined);
  }

  #extract({ extractors }: CompiledExpectation): void {
    const { variables, random } = this.#user.scope;
    for (const extractor of extractors) {
      const value = extractor.take(this.#view, random);
      if (value === undefined) this.#notFound.push(extractor.failure);
      else variables.set(extractor.name, value);
    }
  }

  async #hold(ms: number, talk: Talk): Promise<void> {
    this.#isHolding = true;
    if (this.#told !== null) this.#note(`a load holds the connection for ${formatDuration(ms)} here`);
    else if (!this.#isOver) await talk.rest(this.#context.now() + ms);
    this.#isHolding = false;
    if (talk.aborted === FAILURE.unfinished) {
      talk.aborted = FAILURE.none;
      this.#isOver = true;
    }
  }

  async #expectClose(action: CompiledClose, talk: Talk): Promise<boolean> {
    const { now } = this.#context;
    const untilMs = now() + action.timeoutMs;
    while (talk.isOpen && talk.aborted === FAILURE.none && now() < untilMs) await talk.rest(untilMs);
    if (talk.aborted !== FAILURE.none) {
      this.#exchange.failure = talk.aborted;
      return false;
    }
    const { how } = talk;
    const { code } = action;
    if (how?.failure === FAILURE.none && (code === undefined || how.code === code)) {
      this.#claims?.push({ claim: action.claimIn(this.#user.scope) });
      return true;
    }
    this.#noteMissing(action, how === null ? "an open connection" : `a close with ${how.code}`);
    return false;
  }

  /** Something that was waited for did not come. */
  #noteMissing({ key, claimIn }: CompiledExpectation | CompiledClose, found: string): void {
    this.#broken.push(key);
    const { foundInstead } = this.#context.recorder;
    if (!foundInstead.has(key)) foundInstead.note(key, found);
    this.#claims?.push({ claim: claimIn(this.#user.scope), found });
  }

  /** The connection has ended while something was still to be done on it. */
  #tellEnd({ how, aborted }: Talk, { work }: CompiledTalk): void {
    const exchange = this.#exchange;
    if (how === null || aborted !== FAILURE.none) {
      exchange.failure = aborted;
      return;
    }
    const { failure, code, detail } = how;
    if (!how.isOurs) work.group.counts.dropped++;
    exchange.failure = failure === FAILURE.none ? FAILURE.ws_closed : failure;
    exchange.failureDetail = failure === FAILURE.none
      ? `code ${code}${detail === "" ? "" : `: ${detail}`}`
      : detail;
  }

  #tell(way: "sent" | "received", bytes: Uint8Array, isText: boolean, atMs = this.#context.now()): void {
    this.#told?.push({ way, bytes, isText, ms: atMs - this.#exchange.startMs });
  }

  #note(text: string): void {
    this.#told?.push({ way: "note", text, ms: this.#context.now() - this.#exchange.startMs });
  }

  settle(index: number): boolean {
    const { steps, recorder, scenario, observe } = this.#context;
    const step = steps[index]!;
    const exchange = this.#exchange;
    const broken = this.#broken;
    const notFound = this.#notFound;
    const filled = this.#filled!;
    const { variables, rows } = this.#user.scope;
    observe?.({
      index,
      step: step.step,
      filled: "error" in filled ? null : filled,
      values: step.form.slots.sources.map((source, i) => [source, this.#values[i] ?? ""] as const),
      exchange,
      told: this.#told ?? [],
      claims: this.#claims ?? [],
      notFound,
      variables,
      rows,
    });
    // Closing is no part of the step's latency, and must not become one of the next step's.
    this.endMs = Math.max(exchange.endMs, this.#freeMs);
    if ("error" in filled) {
      this.outcome = OUTCOME.failed;
      recorder.countUnfilled(index, exchange.failureDetail);
      return !step.step.stopsOnFailure && scenario.onTemplateError !== "abort_iteration";
    }
    const isAnswered = exchange.failure === FAILURE.none;
    const hasFailed = !isAnswered || broken.length + notFound.length > 0;
    this.outcome = !hasFailed
      ? OUTCOME.succeeded
      : IS_ANSWERED[exchange.failure]
      ? OUTCOME.failed
      : OUTCOME.unanswered;
    if (isAnswered && broken.length === 0 && notFound.length > 0) {
      exchange.failure = FAILURE.extract;
      exchange.failureDetail = notFound.join("; ");
    }
    noteHandshake(recorder, exchange);
    recorder.record(index, exchange, isAnswered ? [...broken, ...notFound] : null);
    if (hasFailed && step.step.stopsOnFailure) return false;
    const isMissing = step.hasExtractors && hasFailed;
    return !isMissing || scenario.onExtractFailure !== "abort_iteration";
  }
}

const NONE: readonly string[] = [];
