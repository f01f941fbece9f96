/**
 * What a virtual user does: the steps of one flow, once, in order, whatever they are. Variables and rows live for an
 * iteration, connections as long as the user. A failed step does not end an iteration unless its kind says so.
 *
 * @module
 */
import type { HttpClient } from "../client/exchange/http_client.ts";
import { Random } from "../lib/random.ts";
import { type LimitName, LIMITS } from "../metrics/limits.ts";
import { OUTCOME } from "../metrics/span_recorder.ts";
import type { DataValue, Row } from "../plan/scenario.ts";
import type { StepRunner, StepUser } from "../steps/step_kind.ts";
import type { CompiledFlow, Program } from "./compile.ts";
import type { CompiledStep, SpanTally } from "./compiled_step.ts";
import { drawPause } from "./draw_pause.ts";
import type { FlowProgram } from "./flow_program.ts";
import { type BlockUser, END, runBlocks } from "./run_blocks.ts";

/** Where iterations are counted; the thread's recorder is one. */
export interface FlowRecorder {
  readonly counts: { iterations: number; cutIterations: number };
  /** An arrival will never start; `step` is the one it would have begun with. */
  drop(step: number, waitedUs: number): void;
  /** A block could not be done: counted as a step that could not be filled in. */
  countUnfilled(step: number, rule: string): void;
  readonly limits: { add(limit: LimitName): void };
}

/** What the users of a thread share. Times are in ms of the clock that exchanges are stamped with. */
export interface FlowContext {
  readonly program: Program;
  /** Variables that every iteration begins with; absent: none. */
  readonly initial?: ReadonlyMap<string, DataValue>;
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
  now(): number;
  /** The run's zero. */
  startMs(): number;
  /** Whether no further request may start. */
  isOver(nowMs: number): boolean;
  /** Resolves after `ms`, or at once when the load is stopped. */
  sleep(ms: number): Promise<void>;
  /** Time of day, in ms since 1970. */
  wallClockMs(): number;
  /** A client for further requests of a user at the same time. */
  newClient(): HttpClient;
}

/** The load models draw pauses from the streams of users' own numbers. */
const FIRST_STREAM = 2 ** 32;

/** A user must let others run between two iterations without a request, and slows down while there is none. */
const MIN_PAUSE_MS = 1;
const MAX_IDLE_MS = 100;

/** One simulated user. */
export class FlowUser implements BlockUser {
  /** No further iteration is possible: the rows of a data set are spent. */
  isSpent = false;
  #readyAtMs = 0;
  readonly #context: FlowContext;
  readonly #random: Random;
  readonly #variables = new Map<string, DataValue>();
  readonly #rows: (Row | undefined)[] = [];
  readonly scope: StepUser["scope"] & { iteration: number };
  /** When the last step was over, without the pause after it. */
  endMs = 0;
  outcome: number = OUTCOME.succeeded;
  /** How the last iteration of a flow with blocks ended: one of `END`. */
  end: number = END.goesOn;
  readonly #user: StepUser;
  /** One for each kind of the program. */
  readonly #runners: readonly StepRunner[];
  /** The same for requests at the same time, beside those. */
  readonly #lanes: (readonly StepRunner[])[] = [];
  /** The pause that the last step of a flow with blocks has left. */
  #pauseMs = 0;
  /** When the first step of the iteration is due; −1: when it starts. */
  #dueAtMs = -1;
  #isFirst = true;
  /** What came of the worst step of the iteration. */
  #worst: number = OUTCOME.succeeded;
  /** The last step could be filled in. */
  #wasSent = true;
  /** The last pause for want of a request. */
  #idleMs = 0;

  /** `number` is the user's in the whole plan. */
  constructor(client: HttpClient, number: number, context: FlowContext) {
    this.#context = context;
    this.#random = new Random(context.seed, FIRST_STREAM + number);
    const scope = this.scope = {
      user: number + 1,
      iteration: 0,
      random: this.#random,
      counters: context.program.counters,
      wallClockMs: context.wallClockMs,
      variables: this.#variables,
      rows: this.#rows,
    };
    const user = this.#user = { client, scope, cookies: null };
    this.#runners = context.program.kinds.map((kind) => kind.newRunner(user));
  }

  /** What the last iteration knows at its end. */
  get variables(): ReadonlyMap<string, DataValue> {
    return this.#variables;
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
    const { steps, sets, span, program } = context.program.flowOf(number);
    this.#readyAtMs = nowMs === undefined ? context.now() : context.startMs() + nowMs;
    this.scope.iteration = number + 1;
    if (context.program.isRandom) this.#random.restart(context.seed, FIRST_STREAM + number);
    if (!this.#begin(sets)) {
      this.isSpent = true;
      return;
    }
    const beganMs = dueMs < 0 ? this.#readyAtMs : context.startMs() + dueMs;
    if (program !== null) {
      this.#dueAtMs = dueMs < 0 ? -1 : beganMs;
      return await this.#iterateBlocks(program, span, beganMs);
    }
    let outcome: number = OUTCOME.succeeded;
    const lastStep = steps.length - 1;
    for (let i = 0; i <= lastStep; i++) {
      const step = steps[i]!;
      if (i > 0 && (context.budget.left <= 0 || context.isOver(this.#readyAtMs))) {
        context.recorder.counts.cutIterations++;
        return;
      }
      context.budget.left--;
      const runner = this.#runners[step.kind]!;
      const dueAtMs = i > 0 || dueMs < 0 ? -1 : context.startMs() + dueMs;
      const work = runner.start(step.index, dueAtMs, this.#readyAtMs);
      if (work !== null) {
        this.#idleMs = 0;
        await work;
      }
      const rest = runner.finish();
      if (rest !== null) await rest;
      const goesOn = runner.settle(step.index);
      const endMs = this.#readyAtMs = runner.endMs;
      if (runner.isUnfinished) {
        context.recorder.counts.cutIterations++;
        return;
      }
      if (runner.outcome > outcome) outcome = runner.outcome;
      const isLast = i === lastStep || !goesOn;
      const pauseMs = isLast && !context.pausesAtEnd ? 0 : this.#pauseAfter(step);
      if (pauseMs > 0 || work === null) {
        await context.sleep(pauseMs === 0 ? this.#idlePause() : pauseMs);
        this.#readyAtMs = context.now();
      }
      if (isLast) span?.end((endMs - beganMs) * 1000, outcome);
      if (!goesOn) break;
    }
    context.recorder.counts.iterations++;
  }

  async #iterateBlocks(program: FlowProgram, span: SpanTally | null, beganMs: number): Promise<void> {
    const context = this.#context;
    this.endMs = this.#readyAtMs;
    this.#isFirst = true;
    this.#pauseMs = 0;
    this.#worst = OUTCOME.succeeded;
    const end = this.end = await runBlocks(program, this);
    if (end === END.cut) {
      context.recorder.counts.cutIterations++;
      return;
    }
    span?.end((this.endMs - beganMs) * 1000, this.#worst);
    if (context.pausesAtEnd) await this.rest();
    // Nothing was sent: others must get a turn.
    if (this.#isFirst) {
      await context.sleep(this.#idlePause());
      this.#readyAtMs = context.now();
    }
    context.recorder.counts.iterations++;
  }

  /** Makes the pause that the last step has left. */
  async rest(): Promise<void> {
    if (this.#pauseMs === 0) return;
    await this.#context.sleep(this.#pauseMs);
    this.#pauseMs = 0;
    this.endMs = this.#readyAtMs = this.#context.now();
  }

  /** Runs a step after that pause; resolves with one of `END`. */
  async runStep(step: CompiledStep): Promise<number> {
    const context = this.#context;
    await this.rest();
    if (!this.#mayStart()) return END.cut;
    const end = await this.#runOn(step, this.#runners[step.kind]!);
    if (end === END.cut) return end;
    this.#readyAtMs = this.endMs;
    this.#pauseMs = this.#pauseAfter(step);
    if (!this.#wasSent && this.#pauseMs === 0) {
      await context.sleep(this.#idlePause());
      this.#readyAtMs = context.now();
    }
    return end;
  }

  /** Runs several at the same time, each on a connection of its own. */
  async runTogether(steps: readonly CompiledStep[]): Promise<number> {
    await this.rest();
    const running: Promise<number>[] = [];
    const beganMs = this.#readyAtMs;
    let lastMs = beganMs;
    let worst: number = OUTCOME.succeeded;
    for (const [i, step] of steps.entries()) {
      this.#readyAtMs = beganMs;
      if (!this.#mayStart()) break;
      const runner = this.#lane(i)[step.kind]!;
      running.push(
        this.#runOn(step, runner).then((end) => {
          lastMs = Math.max(lastMs, runner.endMs);
          worst = Math.max(worst, runner.outcome);
          return end;
        }),
      );
    }
    const ends = await Promise.all(running);
    this.endMs = this.#readyAtMs = lastMs;
    this.outcome = worst;
    if (ends.includes(END.cut) || running.length < steps.length) return END.cut;
    // A page is looked at when all of it is there.
    this.#pauseMs = this.#pauseAfter(steps.at(-1)!);
    return Math.max(...ends);
  }

  /** Counts a block that cannot be done, as a step that could not be filled in. */
  countUnfilled(step: CompiledStep, rule: string): void {
    this.#worst = OUTCOME.failed;
    this.#context.recorder.countUnfilled(step.index, rule);
  }

  /** A loop has met its bound. */
  countBound(): void {
    this.#context.recorder.limits.add(LIMITS.loopRounds);
  }

  /** Whether another request may start; the first one of an iteration always may. */
  #mayStart(): boolean {
    const context = this.#context;
    if (!this.#isFirst && (context.budget.left <= 0 || context.isOver(this.#readyAtMs))) return false;
    context.budget.left--;
    return true;
  }

  async #runOn(step: CompiledStep, runner: StepRunner): Promise<number> {
    const dueAtMs = this.#isFirst ? this.#dueAtMs : -1;
    this.#isFirst = false;
    const work = runner.start(step.index, dueAtMs, this.#readyAtMs);
    this.#wasSent = work !== null;
    if (work !== null) {
      this.#idleMs = 0;
      await work;
    }
    const rest = runner.finish();
    if (rest !== null) await rest;
    const goesOn = runner.settle(step.index);
    this.endMs = runner.endMs;
    this.outcome = runner.outcome;
    if (runner.isUnfinished) return END.cut;
    if (runner.outcome > this.#worst) this.#worst = runner.outcome;
    return goesOn ? END.goesOn : END.stops;
  }

  /** How long to wait, in ms, since nothing was sent. */
  #idlePause(): number {
    if (!this.#context.pausesAtEnd) return MIN_PAUSE_MS;
    return this.#idleMs = Math.min(MAX_IDLE_MS, Math.max(MIN_PAUSE_MS, this.#idleMs * 2));
  }

  /** The runners of a request among several at the same time. */
  #lane(number: number): readonly StepRunner[] {
    return number === 0 ? this.#runners : this.#lanes[number - 1] ??= this.#addLane();
  }

  #addLane(): readonly StepRunner[] {
    const context = this.#context;
    const client = context.newClient();
    const user = { ...this.#user, client };
    return context.program.kinds.map((kind, i) => kind.newRunner(user, this.#runners[i]!));
  }

  /** Counts an iteration that will never start. */
  drop(number: number, waitedMs: number): void {
    const { program, recorder } = this.#context;
    recorder.drop(program.flowOf(number).steps[0]!.index, waitedMs * 1000);
  }

  /** Nothing starts any more: remembers how far the step under way has come. */
  loadEnded(): void {
    for (const runner of this.#runners) runner.loadEnded();
    for (const lane of this.#lanes) for (const runner of lane) runner.loadEnded();
  }

  /** Forgets the last iteration and draws rows; `false` when there are none left. */
  #begin(sets: CompiledFlow["sets"]): boolean {
    const { program, initial } = this.#context;
    // Clearing an empty map is not free.
    if (this.#variables.size > 0) this.#variables.clear();
    if (initial !== undefined && initial.size > 0) {
      for (const [name, value] of initial) this.#variables.set(name, value);
    }
    for (const runner of this.#runners) runner.begin();
    for (const set of sets) {
      const row = program.cursors[set]!.next(this.#random);
      if (row === undefined) return false;
      this.#rows[set] = row;
    }
    return true;
  }

  #pauseAfter(step: CompiledStep): number {
    if (step.pause !== undefined) return drawPause(step.pause, this.#random);
    const { thinkMs, thinkJitter } = this.#context;
    const mean = step.thinkMs ?? thinkMs;
    return mean === 0 || thinkJitter === 0
      ? mean
      : mean * (1 + thinkJitter * (2 * this.#random.fraction() - 1));
  }
}
