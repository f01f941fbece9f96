/** A load model's surroundings for tests: a clock that moves by being read, users that answer at once. */
import type { LoadContext, VirtualUser } from "../../src/load/load_model.ts";
import { type LoadSteering, UNSTEERED } from "../../src/load/steering.ts";
import { partOf, type Share } from "../../src/plan/share.ts";

/** One iteration as a user saw it. */
export interface Seen {
  readonly user: number;
  readonly number: number;
  readonly dueMs: number;
  readonly startMs: number;
}

/** A context, what its users did, and what it was told. */
export interface Observed {
  readonly context: LoadContext;
  readonly seen: Seen[];
  readonly dropped: { readonly number: number; readonly waitedMs: number }[];
  readonly tally: LoadContext["tally"];
  readonly stop: { isStopped: boolean };
}

/** `serviceMs`: how long an iteration takes; `tickMs`: how far the clock moves when it is read. */
export function observedContext(
  share: Share,
  options: { budget?: number; serviceMs?: number; tickMs?: number; steering?: LoadSteering } = {},
): Observed {
  const { budget = Infinity, serviceMs = 0, tickMs = 0.25, steering = UNSTEERED } = options;
  let time = 0;
  const seen: Seen[] = [];
  const dropped: { number: number; waitedMs: number }[] = [];
  const stop = { isStopped: false };
  const left = { left: budget };
  const tally = {
    counts: { users: 0, delayed: 0, scheduleWaits: 0 },
    startDelay: { record: () => {} },
    scheduleLag: { record: () => {} },
  };
  const newUser = (user: number): VirtualUser => ({
    isSpent: false,
    get freeAtMs() {
      return time;
    },
    iterate(number, dueMs, nowMs) {
      left.left--;
      seen.push({ user, number, dueMs, startMs: nowMs });
      time += serviceMs;
      return Promise.resolve();
    },
    drop: (number, waitedMs) => void dropped.push({ number, waitedMs }),
  });
  const clock = {
    now: () => time += tickMs,
    lateMs: 2.5,
    sleep: (ms: number) => {
      time += Math.max(0, ms);
      return Promise.resolve();
    },
  };
  const context = {
    clock,
    share,
    stop,
    budget: left,
    partOf: (amount: number) => partOf(amount, share),
    tally,
    seed: 1,
    pausesItself: false,
    steering,
    newUser,
  };
  return { context, seen, dropped, tally, stop };
}

/** All parts of a plan cut into `of`. */
export function sharesOf(of: number): Share[] {
  return Array.from({ length: of }, (_, index) => ({ index, of }));
}
