/**
 * What a virtual user does: the steps of one flow, once, in order, whatever they are. Variables and rows live for an
 * iteration, connections as long as the user. A failed step does not end an iteration unless its kind says so.
 *
 * @module
 */
import type { HttpClient } from "../client/exchange/http_client.ts";
import { Random } from "../lib/random.ts";
import { OUTCOME } from "../metrics/span_recorder.ts";
import type { DataValue, Row } from "../plan/scenario.ts";
import type { StepRunner, StepUser } from "../steps/step_kind.ts";
import type { CompiledFlow, CompiledStep, Program } from "./compile.ts";

/** Where iterations are counted; the thread's recorder is one. */
export interface FlowRecorder {
  readonly counts: { iterations: number };
  /** An arrival will never start; `step` is the one it would have begun with. */
  drop(step: number, waitedUs: number): void;
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
  readonly #context: FlowContext;
  readonly #random: Random;
  readonly #variables = new Map<string, DataValue>();
  readonly #rows: (Row | undefined)[] = [];
  readonly #scope: StepUser["scope"] & { iteration: number };
  /** One for each kind of the program. */
  readonly #runners: readonly StepRunner[];

  /** `number` is the user's in the whole plan: the same number and seed draw the same values anywhere. */
  constructor(client: HttpClient, number: number, context: FlowContext) {
    this.#context = context;
    this.#random = new Random(context.seed, FIRST_STREAM + number);
    const scope = this.#scope = {
      user: number + 1,
      iteration: 0,
      random: this.#random,
      counters: context.program.counters,
      wallClockMs: context.wallClockMs,
      variables: this.#variables,
      rows: this.#rows,
    };
    this.#runners = context.program.kinds.map((kind) => kind.newRunner({ client, scope }));
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
    const { steps, sets, span } = context.program.flowOf(number);
    this.#readyAtMs = nowMs === undefined ? context.now() : context.startMs() + nowMs;
    this.#scope.iteration = number + 1;
    if (!this.#begin(sets)) {
      this.isSpent = true;
      return;
    }
    const beganMs = dueMs < 0 ? this.#readyAtMs : context.startMs() + dueMs;
    let outcome: number = OUTCOME.succeeded;
    const lastStep = steps.length - 1;
    for (let i = 0; i <= lastStep; i++) {
      const step = steps[i]!;
      if (i > 0 && (context.budget.left <= 0 || context.isOver(this.#readyAtMs))) return;
      context.budget.left--;
      const runner = this.#runners[step.kind]!;
      const dueAtMs = i > 0 || dueMs < 0 ? -1 : context.startMs() + dueMs;
      const work = runner.start(step.index, dueAtMs, this.#readyAtMs);
      if (work !== null) await work;
      const rest = runner.finish();
      if (rest !== null) await rest;
      const goesOn = runner.settle(step.index);
      const endMs = this.#readyAtMs = runner.endMs;
      if (runner.isUnfinished) return;
      if (runner.outcome > outcome) outcome = runner.outcome;
      const isLast = i === lastStep || !goesOn;
      const pauseMs = isLast && !context.pausesAtEnd ? 0 : this.#pauseAfter(step);
      if (pauseMs > 0 || work === null) {
        await context.sleep(pauseMs === 0 ? MIN_PAUSE_MS : pauseMs);
        this.#readyAtMs = context.now();
      }
      if (isLast) span?.end((endMs - beganMs) * 1000, outcome);
      if (!goesOn) break;
    }
    context.recorder.counts.iterations++;
  }

  /** Counts an iteration that will never start. */
  drop(number: number, waitedMs: number): void {
    const { program, recorder } = this.#context;
    recorder.drop(program.flowOf(number).steps[0]!.index, waitedMs * 1000);
  }

  /** Nothing starts any more: remembers how far the step under way has come. */
  loadEnded(): void {
    for (const runner of this.#runners) runner.loadEnded();
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
    const { thinkMs, thinkJitter } = this.#context;
    const mean = step.thinkMs ?? thinkMs;
    return mean === 0 || thinkJitter === 0
      ? mean
      : mean * (1 + thinkJitter * (2 * this.#random.fraction() - 1));
  }
}
