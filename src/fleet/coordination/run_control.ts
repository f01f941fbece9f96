/**
 * Changes of a run while it goes on, whoever asks for them: the page, the dashboard, or another program. Checks what is
 * asked for, tells all threads in time, and remembers it for the results.
 *
 * @module
 */
import type { Steerable, SteerableLoad } from "../../plan/load_change.ts";
import { readWallClock } from "../../lib/clock.ts";
import { UsageError } from "../../lib/errors.ts";
import { formatCount } from "../../lib/number_format.ts";
import { MAX_CHANGED_USERS, MAX_RATE } from "../../lib/size_limits.ts";
import { withSuggestion } from "../../lib/suggest.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import type { LoadSpec, RunPlan } from "../../plan/run_plan.ts";
import type { RunChange } from "../../result/run_change.ts";
import type { RunSteering } from "./coordinator.ts";
import type { ThreadState } from "./thread_watch.ts";

/** Time for a change to reach every thread of this machine, and every worker. */
const LEAD_MS = { local: 250, fleet: 1000 } as const;
const MAX_NOTE_CHARS = 200;
/** Changes that are remembered; a program that asks for more is wrong. */
const MAX_CHANGES = 1000;

/** What may be asked for; several things at once hold from the same moment. */
export interface ChangeRequest {
  /** Of several scenarios, the one whose rate or users change. */
  readonly scenario?: string;
  /** Iterations per second, all threads and workers together. */
  readonly rate?: number;
  /** Users or connections, all threads and workers together. */
  readonly users?: number;
  /** True: start nothing until it is false again. */
  readonly paused?: boolean;
  /** True: end the load and report. */
  readonly stop?: boolean;
  /** Marks the moment; of a change, says why. */
  readonly note?: string;
}

/** Control of one run. */
export class RunControl {
  readonly #plan: RunPlan;
  readonly #leadMs: number;
  readonly #onStop: () => void;
  #steering: RunSteering | undefined;
  #changes: readonly RunChange[] = [];
  /** What loads were changed to, by the number of their scenario. */
  readonly #changed = new Map<number, SteerableLoad>();
  #isPaused = false;
  #isStopping = false;

  constructor(
    plan: RunPlan,
    { isFleet, onStop }: { readonly isFleet: boolean; readonly onStop: () => void },
  ) {
    this.#plan = plan;
    this.#leadMs = isFleet ? LEAD_MS.fleet : LEAD_MS.local;
    this.#onStop = onStop;
  }

  /** Called by whoever runs the plan, at its start. */
  readonly steer = (steering: RunSteering): void => {
    this.#steering = steering;
  };

  /** What was done so far, in order. */
  get changes(): readonly RunChange[] {
    return this.#changes;
  }

  /** What can be done. */
  get steerable(): Steerable {
    const { openLoop, parts } = loadFacts(this.#plan.load);
    return {
      ...(parts === undefined ? this.#loadOf(0, this.#plan.load) : {
        scenarios: parts.map(({ name, load }, i) => ({ name, ...this.#loadOf(i, load) })),
      }),
      ...(openLoop?.arrivals !== "recorded" && { isPaused: this.#isPaused }),
    };
  }

  #loadOf(part: number, load: LoadSpec): SteerableLoad {
    const { openLoop, amount, durationMs, maxUsers } = loadFacts(load);
    const changed = this.#changed.get(part);
    const rate = changed?.rate ?? openLoop?.targetRate;
    const isClosed = openLoop === undefined && amount === undefined && durationMs !== undefined;
    return {
      ...(openLoop !== undefined && openLoop.arrivals !== "recorded" && rate !== undefined && { rate }),
      ...(isClosed && { users: changed?.users ?? maxUsers }),
    };
  }

  /** What threads and workers are doing. */
  get workers(): readonly ThreadState[] {
    return this.#steering?.states() ?? [];
  }

  /** Whether the load was told to end. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /**
   * Does what is asked for; gives back what that was.
   * @throws {UsageError} that says why it cannot be done; then nothing of it is.
   */
  request(request: ChangeRequest): readonly RunChange[] {
    const problems = this.#problemsOf(request);
    if (problems.length > 0) throw new UsageError(problems);
    const steering = this.#steering!;
    const nowMs = readWallClock() - steering.zeroEpochMs;
    const { scenario, rate, users, paused, stop } = request;
    const part = scenario === undefined ? undefined : this.#partCalled(scenario);
    const whose = scenario === undefined ? {} : { scenario };
    const note = request.note?.trim().slice(0, MAX_NOTE_CHARS);
    const atMs = Math.round(nowMs + this.#leadMs);
    const done: Omit<RunChange, "note">[] = [
      ...(rate === undefined ? [] : [{ atMs, kind: "rate" as const, ...whose, value: rate }]),
      ...(users === undefined ? [] : [{ atMs, kind: "users" as const, ...whose, value: users }]),
      ...(paused === undefined || paused === this.#isPaused
        ? []
        : [{ atMs, kind: paused ? "pause" as const : "resume" as const }]),
      ...(stop ? [{ atMs: Math.round(nowMs), kind: "stop" as const }] : []),
    ];
    if (rate !== undefined || users !== undefined) {
      const load = { ...(rate !== undefined && { rate }), ...(users !== undefined && { users }) };
      steering.send({ atMs, ...(part !== undefined && { part }), ...load });
      this.#changed.set(part ?? 0, { ...this.#changed.get(part ?? 0), ...load });
    }
    if (paused !== undefined) steering.send({ atMs, isPaused: paused });
    this.#isPaused = paused ?? this.#isPaused;
    if (done.length === 0 && note) done.push({ atMs: Math.round(nowMs), kind: "mark" });
    const changes = done.map((change) => ({ ...change, ...(note && { note }) }));
    this.#changes = [...this.#changes, ...changes];
    if (stop) {
      this.#isStopping = true;
      this.#onStop();
    }
    return changes;
  }

  #problemsOf({ scenario, rate, users, paused, stop, note }: ChangeRequest): readonly string[] {
    const can = this.steerable;
    if (this.#steering === undefined || readWallClock() < this.#steering.zeroEpochMs) {
      return ["the load has not begun yet"];
    }
    if (this.#isStopping) return ["the load is ending"];
    if (this.#changes.length >= MAX_CHANGES) {
      return [`the load was changed ${formatCount(MAX_CHANGES)} times already`];
    }
    if (
      [rate, users, paused, stop, note].every((value) =>
        value === undefined || value === false || value === ""
      )
    ) {
      if (paused === undefined) return ["expected one of rate, users, paused, stop or note"];
    }
    if (scenario !== undefined && rate === undefined && users === undefined) {
      return ["scenario: expected rate or users beside it: everything else is done to the whole run"];
    }
    const load = this.#loadToChange({ scenario, changes: rate !== undefined || users !== undefined });
    if (typeof load === "string") return [load];
    return [
      ...(rate !== undefined && load.rate === undefined
        ? ["rate: this load has no rate that could be changed: start it with --rate"]
        : []),
      ...(rate !== undefined && rate > MAX_RATE
        ? [`rate: expected at most ${formatCount(MAX_RATE)} per second`]
        : []),
      ...(users !== undefined && load.users === undefined
        ? ["users: only a load of users or connections that lasts for a time can have more or fewer of them"]
        : []),
      ...(users !== undefined && (!Number.isInteger(users) || users < 1 || users > MAX_CHANGED_USERS)
        ? [`users: expected a whole number from 1 to ${formatCount(MAX_CHANGED_USERS)}`]
        : []),
      ...(paused !== undefined && can.isPaused === undefined ? ["paused: a replay cannot be held up"] : []),
    ];
  }

  /** The load that a request is about, or why there is none. */
  #loadToChange(
    { scenario, changes }: { readonly scenario: string | undefined; readonly changes: boolean },
  ): SteerableLoad | string {
    const { scenarios, ...whole } = this.steerable;
    if (scenario === undefined) {
      return scenarios === undefined || !changes
        ? whole
        : `expected "scenario" beside rate or users: one of ${scenarios.map(({ name }) => name).join(", ")}`;
    }
    if (scenarios === undefined) return "scenario: this run has one load, and no scenarios to choose from";
    const found = scenarios.find(({ name }) => name === scenario);
    return found ??
      withSuggestion(
        `scenario: there is no ${JSON.stringify(scenario)}`,
        scenario,
        scenarios.map(({ name }) => name),
      );
  }

  #partCalled(scenario: string): number {
    return loadFacts(this.#plan.load).parts?.findIndex(({ name }) => name === scenario) ?? 0;
  }
}
