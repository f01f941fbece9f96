/**
 * The options of user simulation: a fixed number of users who pause between requests, and the load they describe.
 *
 * @module
 */
import { formatDuration } from "../lib/duration.ts";
import { UsageError } from "../lib/errors.ts";
import { defineOptions, type ValuesOf } from "../options/option.ts";
import { count, decimal, duration } from "../options/option_types.ts";
import { userStages } from "./user_stages.ts";
import type { UsersLoad } from "../plan/run_plan.ts";

/** The pause after a request of a user who has nothing else to say about it. */
const DEFAULT_THINK_MS = 1000;

/** How far pauses are from their mean, as a share of it, when nothing is said about that. */
const DEFAULT_JITTER = 0.5;

/** Simulated users. */
export const usersOptions = defineOptions({
  users: {
    short: "-u",
    long: "--users",
    type: count({ min: 1 }),
    group: "Load",
    conflicts: ["numRequests"],
    help: "Simulate this many users, each with its own connection and pauses between requests",
  },
  rampUp: {
    long: "--ramp-up",
    type: duration({ min: 0 }),
    group: "Load",
    default: 0,
    requires: ["users"],
    help: "Start the users evenly over this time; must be shorter than the duration",
  },
  stages: {
    long: "--stages",
    type: userStages,
    group: "Load",
    conflicts: ["users", "rampUp", "duration", "numRequests", "iterations", "rate"],
    help: "Change the number of users linearly, from 0: 30s@50,1m@200,30s@0",
  },
  thinkTime: {
    long: "--think-time",
    type: duration({ min: 0 }),
    group: "Load",
    defaultLabel: "1s, or the scenario's own",
    help: "Mean pause of a user after each request, 0 for none; a scenario step's own value wins",
  },
  thinkJitter: {
    long: "--think-jitter",
    type: decimal({ min: 0, max: 1 }),
    group: "Load",
    defaultLabel: "0.5; with a scenario 0",
    help: "Randomise pauses by ± this fraction; 0 keeps them equal",
  },
});

/** Values of {@linkcode usersOptions}. */
export type UsersValues = ValuesOf<typeof usersOptions>;

/** What the load depends on besides its own options. */
export interface UsersContext {
  /** How long the run lasts, from the first user's start. */
  readonly durationMs?: number;
  /** Iterations of all users together; absent: as many as there is time for. */
  readonly amount?: number;
  /** The users run a scenario file, which may have pauses of its own. */
  readonly hasScenario?: boolean;
  /** A search for the largest load takes the pause. */
  readonly isAutofind?: boolean;
}

/** The mean pause after a request, in ms: as given; else none with a scenario, which has its own; else a second. */
export function thinkMsFrom(values: Pick<UsersValues, "thinkTime">, hasScenario: boolean): number {
  return values.thinkTime ?? (hasScenario ? 0 : DEFAULT_THINK_MS);
}

/** How far pauses may be from their mean: as given; else not at all with a scenario, whose pauses may be recorded ones. */
export function thinkJitterFrom(values: Pick<UsersValues, "thinkJitter">, hasScenario: boolean): number {
  return values.thinkJitter ?? (hasScenario ? 0 : DEFAULT_JITTER);
}

/**
 * The user simulation that the options ask for; `undefined` without `--users`.
 *
 * @throws {UsageError} when there is no duration, the ramp-up takes all of it, or a pause is given and nobody pauses.
 */
export function usersLoadFrom(values: UsersValues, context: UsersContext): UsersLoad | undefined {
  const { users, rampUp, stages } = values;
  const hasScenario = context.hasScenario ?? false;
  const pauses = {
    thinkMs: thinkMsFrom(values, hasScenario),
    thinkJitter: thinkJitterFrom(values, hasScenario),
  };
  if (stages !== undefined) {
    const most = Math.max(...stages.map(([, level]) => level));
    return { kind: "users", users: most, durationMs: stages.at(-1)![0], rampUpMs: 0, ...pauses, stages };
  }
  if (users === undefined) {
    if (values.thinkTime === undefined || context.isAutofind) return undefined;
    throw new UsageError("--think-time needs --users, --stages or --autofind");
  }
  const { durationMs, amount } = context;
  if (durationMs === undefined && amount === undefined) {
    throw new UsageError("--users needs --duration or --iterations");
  }
  if (durationMs !== undefined && rampUp > 0 && rampUp >= durationMs) {
    throw new UsageError(
      `--ramp-up ${formatDuration(rampUp)} must be shorter than the duration of ${
        formatDuration(durationMs)
      }`,
    );
  }
  return {
    kind: "users",
    users,
    ...(durationMs !== undefined && { durationMs }),
    ...(amount !== undefined && { amount }),
    rampUpMs: rampUp,
    ...pauses,
  };
}
