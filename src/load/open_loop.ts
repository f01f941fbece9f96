/**
 * The open loop: arrivals on a schedule that does not care about the responses. Latency counts from the moment an arrival
 * was due, so a stalled server cannot hide the requests it kept waiting ("coordinated omission", Gil Tene). An arrival
 * that finds no free connection waits in line; none is dropped while the run and its grace last.
 *
 * @module
 */
import type { RateLoad } from "../plan/run_plan.ts";
import { globalNumber, partOf, userNumber, usersIn } from "../plan/share.ts";
import type { LoadContext, VirtualUser } from "./load_model.ts";
import { createArrivals } from "./arrivals.ts";
import { steeredArrivals } from "./steered_arrivals.ts";

/** An arrival that starts later than this counts as delayed. */
const DELAYED_MS = 1;

/** Longest sleep before it is looked whether the schedule was changed. */
const MAX_SLEEP_MS = 100;

/** How long is waited for a schedule before it is looked whether the load was stopped. */
const MAX_UNKNOWN_MS = 100;

/** Runs a share of an open loop; resolves when the last arrival that it sent has been answered. */
export async function runOpenLoop(load: RateLoad, context: LoadContext): Promise<void> {
  const { clock, share, steering, stop, tally } = context;
  const endMs = load.durationMs ?? Infinity;
  const amount = load.amount === undefined ? Infinity : partOf(load.amount, share);
  const maxUsers = Math.max(1, usersIn(load.maxConnections, share));
  // Two views of one schedule: arrivals that have become due, and, behind it, arrivals sent.
  let dueSchedule = context.arrivals ?? createArrivals(load, context.seed);
  let sendSchedule = context.arrivals ?? createArrivals(load, context.seed);
  const idle: VirtualUser[] = [];
  const working = new Set<Promise<void>>();
  let users = 0;
  let due = 0;
  let sent = 0;
  // Rows that end users are their thread's: when one user has none left, no other has.
  let isSpent = false;
  /** What must be there before it is known when the next arrival is due. */
  let unknown: Promise<void> | null = null;
  let nextDueMs = nextTime();
  let isSteered = false;
  if (context.arrivals === undefined) {
    steering.onChange(() => {
      isSteered = true;
      dueSchedule = steeredArrivals(load, context);
      sendSchedule = steeredArrivals(load, context);
      nextDueMs = nextTime();
    });
  }

  function nextTime(): number {
    if (due >= amount) return Infinity;
    const number = globalNumber(due, share);
    unknown = dueSchedule.whenKnown?.(number) ?? null;
    return unknown === null ? dueSchedule.timeOf(number) : Infinity;
  }

  /** Lines up what has become due. */
  function lineUp(nowMs: number): void {
    while (nextDueMs <= nowMs && nextDueMs < endMs) {
      due++;
      tally.scheduleLag.record((nowMs - nextDueMs) * 1000);
      nextDueMs = nextTime();
    }
  }

  /** Moves the line up to the present and sends what connections are free for. */
  function dispatch(): void {
    if (!stop.isStopped) lineUp(clock.now());
    while (sent < due && !stop.isStopped && !isSpent) {
      const user = idle.pop() ?? grow();
      if (!user) return;
      const work = serve(user);
      working.add(work);
      work.finally(() => working.delete(work));
    }
  }

  function grow(): VirtualUser | undefined {
    if (users >= maxUsers) return undefined;
    return context.newUser(userNumber(users++, share));
  }

  /** Sends arrivals with one user for as long as there are any in line. */
  async function serve(user: VirtualUser): Promise<void> {
    tally.counts.users++;
    while (sent < due && !stop.isStopped && !isSpent) {
      const number = globalNumber(sent++, share);
      const dueMs = sendSchedule.timeOf(number);
      const nowMs = clock.now();
      const delayMs = nowMs - dueMs;
      tally.startDelay.record(delayMs * 1000);
      if (delayMs > DELAYED_MS) tally.counts.delayed++;
      await user.iterate(number, dueMs, nowMs);
      if (user.isSpent) isSpent = true;
      dispatch();
    }
    tally.counts.users--;
    idle.push(user);
  }

  /** Counts what is left in the line, and what became due while nobody looked. */
  function drop(nowMs: number): void {
    lineUp(nowMs);
    if (sent === due) return;
    const anyone = idle[0] ?? grow()!;
    while (sent < due) {
      const number = globalNumber(sent++, share);
      anyone.drop(number, nowMs - sendSchedule.timeOf(number));
    }
  }

  let waitedFor = -1;
  while (!stop.isStopped && !isSpent && (unknown !== null || nextDueMs < endMs)) {
    if (unknown !== null) {
      if (isSteered && clock.now() >= endMs) break;
      await Promise.race([unknown, clock.sleep(MAX_UNKNOWN_MS)]);
      nextDueMs = nextTime();
      continue;
    }
    const waitMs = nextDueMs - clock.now();
    if (waitMs > 0) {
      if (waitedFor !== due) tally.counts.scheduleWaits++;
      waitedFor = due;
      // Where sleeps end late, the loop stays awake for the last stretch.
      await (waitMs > clock.lateMs
        ? clock.sleep(Math.min(waitMs - clock.lateMs, MAX_SLEEP_MS))
        : yieldToEvents());
    }
    dispatch();
  }
  // Who stops a run waits for no arrival any more; else they wait until the grace is over.
  const stoppedMs = stop.isStopped ? clock.now() : undefined;
  while (working.size > 0) await Promise.all(working);
  if (!isSpent) drop(stoppedMs ?? clock.now());
}

/** Lets pending input and output be handled, then goes on. */
function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
