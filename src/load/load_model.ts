/**
 * When iterations start: what a load model gets to work with. A model knows neither client nor recorder.
 *
 * @module
 */
import type { UserShare } from "../plan/share.ts";
import type { LoadSteering } from "./steering.ts";

/** Monotonic time in ms since the run's common start; negative before it. */
export interface Clock {
  now(): number;
  /** How much too late a sleep may end, in ms; 0: it is exact. */
  readonly lateMs: number;
  /** Resolves after `ms`, or at once when the load is stopped. */
  sleep(ms: number): Promise<void>;
}

/** One simulated user. */
export interface VirtualUser {
  /**
   * Runs one iteration: number `number` of the whole plan, due at `dueMs` of the run's clock (open loop), or now when
   * `dueMs` is negative; `nowMs` is the present on that clock. Never rejects.
   */
  iterate(number: number, dueMs: number, nowMs: number): Promise<unknown>;
  /** Iteration `number` will never start, after it had waited for `waitedMs`. */
  drop(number: number, waitedMs: number): void;
  /** When the last iteration ended, on the run's clock: in a closed loop the next one's start, read only once. */
  readonly freeAtMs: number;
  /** No further iteration is possible: the data rows are spent. */
  readonly isSpent: boolean;
}

/** What the models report besides the exchanges. */
export interface LoadTally {
  readonly counts: {
    /** Users at work. */
    users: number;
    /** Arrivals that started more than 1 ms after they were due. */
    delayed: number;
    /** Times the schedule made a sender wait. */
    scheduleWaits: number;
  };
  /** Start delays of arrivals in µs. */
  readonly startDelay: { record(us: number): void };
  /** How late arrivals were noticed, in µs: delays that no connection and no server caused. */
  readonly scheduleLag: { record(us: number): void };
}

/** When arrivals are due. */
export interface ArrivalSchedule {
  /**
   * When an arrival is due, in ms since the start; `Infinity`: never. Numbers count from 0; whoever asks goes through
   * them in order.
   */
  timeOf(arrival: number): number;
  /** What is to be waited for before that can be asked; `null`: nothing. Absent: never anything. */
  whenKnown?(arrival: number): Promise<void> | null;
}

/** What a load model works with. */
export interface LoadContext {
  readonly clock: Clock;
  readonly share: UserShare;
  /** Turns true when no further iteration may start. */
  readonly stop: { readonly isStopped: boolean };
  /** How much of a fixed amount of requests is left to this share; `Infinity` when there is none. */
  readonly budget: { left: number };
  /** How much of an amount of iterations this share does. */
  partOf(amount: number): number;
  readonly tally: LoadTally;
  readonly seed: number;
  /** When arrivals are due, if the users know it; absent: as the load says. */
  readonly arrivals?: ArrivalSchedule;
  /** Users pause within their iterations, as their scenario says; the model adds no pauses. */
  readonly pausesItself: boolean;
  /** Changes while the load runs. */
  readonly steering: LoadSteering;
  /** Makes the user with this number in the whole plan. */
  newUser(number: number): VirtualUser;
}
