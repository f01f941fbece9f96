/**
 * The closed loop: a fixed number of users, each of which starts an iteration when its last one is over. How fast the
 * server answers decides how much load there is.
 *
 * @module
 */
import { globalNumber, userNumber, usersIn } from "../plan/share.ts";
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
  const { share, clock, stop, budget, tally } = context;
  let left = loop.iterations === undefined ? Infinity : context.partOf(loop.iterations);
  let next = 0;

  async function live(user: VirtualUser, userNumber: number): Promise<void> {
    if (loop.periodsOf === undefined) {
      return await work(user, userNumber, [loop.rampUpMs * userNumber / loop.users, loop.durationMs]);
    }
    for (const period of loop.periodsOf(userNumber)) await work(user, userNumber, period);
  }

  /** Does what there is to do from one time to another. */
  async function work(
    user: VirtualUser,
    userNumber: number,
    [startMs, endMs]: readonly [number, number],
  ): Promise<void> {
    if (startMs > 0) await clock.sleep(startMs - clock.now());
    if (stop.isStopped || startMs >= endMs) return;
    tally.counts.users++;
    let now = clock.now();
    while (!stop.isStopped && left > 0 && budget.left > 0 && !user.isSpent && now < endMs) {
      left--;
      await user.iterate(globalNumber(next++, share), -1, now);
      now = user.freeAtMs;
      if (loop.pauseMs) {
        const pause = Math.min(loop.pauseMs(userNumber), endMs - now);
        if (pause > 0) await clock.sleep(pause);
        now = clock.now();
      }
    }
    tally.counts.users--;
  }

  const lives: Promise<void>[] = [];
  for (let i = 0; i < usersIn(loop.users, share); i++) {
    const number = userNumber(i, share);
    lives.push(live(context.newUser(number), number));
  }
  await Promise.all(lives);
}
