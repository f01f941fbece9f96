/**
 * The closed loop: a number of users, each of which starts an iteration when its last one is over. How fast the
 * server answers decides how much load there is.
 *
 * @module
 */
import { globalNumber, userNumber, usersIn } from "../plan/share.ts";
import type { LoadChange } from "../plan/load_change.ts";
import type { LoadContext, VirtualUser } from "./load_model.ts";

/** How a closed loop runs. */
export interface ClosedLoop {
  /** Users in the whole plan. */
  readonly users: number;
  /** Nothing starts after this; `Infinity` when an amount ends the run. */
  readonly durationMs: number;
  /** Iterations in the whole plan; absent: as many as time and budget allow. */
  readonly iterations?: number;
  /** User i starts at i/users of this time. */
  readonly rampUpMs: number;
  /** When a user is at work, in order; absent: from their start to the end. */
  readonly periodsOf?: (userNumber: number) => readonly (readonly [fromMs: number, toMs: number])[];
  /** The pause after an iteration in ms; absent: none. */
  readonly pauseMs?: (userNumber: number) => number;
}

/** Runs a share of a closed loop; resolves when its last iteration is over. */
export async function runClosedLoop(loop: ClosedLoop, context: LoadContext): Promise<void> {
  const { share, clock, steering, stop, budget, tally } = context;
  let left = loop.iterations === undefined ? Infinity : context.partOf(loop.iterations);
  let next = 0;
  const users: VirtualUser[] = [];
  const isAtWork: boolean[] = [];
  const lives: Promise<void>[] = [];
  /** Users of this share that are to be at work, and until when, once someone has changed how many. */
  let wanted = Infinity;
  let changedEndMs = 0;
  /** Resolves when work goes on; `null`: nobody holds it up. */
  let held: Promise<void> | null = null;
  let resume = () => {};

  /** Not asynchronous itself: thousands of users may be waiting, and each call that waits holds memory. */
  function live(at: number): Promise<void> {
    const number = userNumber(at, share);
    return loop.periodsOf === undefined
      ? work(at, [loop.rampUpMs * number / loop.users, loop.durationMs])
      : liveThrough(at, loop.periodsOf(number));
  }

  async function liveThrough(
    at: number,
    periods: ReturnType<ClosedLoop["periodsOf"] & object>,
  ): Promise<void> {
    for (const period of periods) await work(at, period);
  }

  /** Does what there is to do from one time to another. */
  async function work(at: number, [startMs, endMs]: readonly [number, number]): Promise<void> {
    if (startMs > 0) await clock.sleep(startMs - clock.now());
    if (stop.isStopped || startMs >= endMs || at >= wanted || isAtWork[at]) return;
    const user = users[at]!;
    isAtWork[at] = true;
    tally.counts.users++;
    let now = clock.now();
    while (
      !stop.isStopped && at < wanted && left > 0 && budget.left > 0 && !user.isSpent &&
      (now < endMs || now < changedEndMs)
    ) {
      if (held !== null) {
        await held;
        now = clock.now();
        continue;
      }
      left--;
      await user.iterate(globalNumber(next++, share), -1, now);
      now = user.freeAtMs;
      if (loop.pauseMs) {
        const pause = Math.min(loop.pauseMs(userNumber(at, share)), Math.max(endMs, changedEndMs) - now);
        if (pause > 0) await clock.sleep(pause);
        now = clock.now();
      }
    }
    tally.counts.users--;
    isAtWork[at] = false;
  }

  /** Makes the users that there are not yet. */
  function makeUsers(count: number): void {
    while (users.length < count) users.push(context.newUser(userNumber(users.length, share)));
  }

  async function change({ atMs, users: changed, isPaused }: LoadChange): Promise<void> {
    await clock.sleep(atMs - clock.now());
    if (stop.isStopped) return;
    if (isPaused === true && held === null) {
      const resumed = Promise.withResolvers<void>();
      resume = resumed.resolve;
      held = Promise.race([resumed.promise, clock.sleep(Infinity)]);
    } else if (isPaused === false) {
      held = null;
      resume();
    }
    if (changed === undefined) return;
    wanted = usersIn(changed, share);
    changedEndMs = loop.durationMs;
    makeUsers(wanted);
    for (let at = 0; at < wanted; at++) {
      if (!isAtWork[at]) lives.push(work(at, [0, changedEndMs]));
    }
  }

  steering.onChange((changed) => void change(changed));
  makeUsers(usersIn(loop.users, share));
  for (let at = 0; at < users.length; at++) lives.push(live(at));
  do {
    while (lives.length > 0) await lives.pop();
    // Whoever has sent all users of this share home may want some of them again.
    if (wanted !== Infinity) await Promise.race([steering.next, clock.sleep(changedEndMs - clock.now())]);
  } while (lives.length > 0 || (wanted !== Infinity && !stop.isStopped && clock.now() < changedEndMs));
}
