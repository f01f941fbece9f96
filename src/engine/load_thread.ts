/**
 * One share of one plan in this thread: runs its loads side by side, and hands out a snapshot a second of all of them.
 *
 * @module
 */
import { readClock } from "../lib/clock.ts";
import { endConnections, socketsInUse, tlsLibraryInUse } from "../client/net/choose_transport.ts";
import { loadAuth } from "../client/auth/load_auth.ts";
import { Histogram } from "../metrics/histogram.ts";
import type { RecorderOptions } from "../metrics/recorder.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { RequestLogOptions } from "../metrics/request_log.ts";
import { Random } from "../lib/random.ts";
import { type FeedPart, noFeed } from "../plan/feed.ts";
import type { LoadChange } from "../plan/load_change.ts";
import { isOpenLoop } from "../plan/load_kinds.ts";
import type { OwnerRules } from "../plan/owner_rules.ts";
import { type PlanPart, planParts, shareOfPart } from "../plan/parts/plan_parts.ts";
import type { LogSpec, RunPlan } from "../plan/run_plan.ts";
import { isCode, stepsOf } from "../plan/scenario.ts";
import { partOf, type Share } from "../plan/share.ts";
import { usedSets } from "../scenario/compile.ts";
import type { RowNumbers } from "../steps/step_kind.ts";
import { Counters } from "../template/counters.ts";
import { createLoadPart, type LoadPart } from "./load_part.ts";
import { snapshotOfParts } from "./snapshot_of_parts.ts";
import { Stop } from "./stop.ts";
import { watchThread } from "./thread_usage.ts";
import { timersFor } from "./timers.ts";

const WINDOW_MS = 1000;

/** Users draw from streams up to twice 2^32. */
const LOG_STREAM = 2 ** 34;

/** A share of a plan, ready to run. */
export interface LoadThread {
  /**
   * Opens the connections that the load starts with, at least one if connections are kept. Resolves with the reason when
   * none can be opened: there is nobody to connect to.
   */
  prepare(): Promise<string | undefined>;
  /**
   * Runs the load from `startMs` on the clock of `performance.now()`; resolves when all is over and the last snapshot
   * is out.
   */
  run(startMs: number): Promise<void>;
  /** Changes the load while it runs. */
  change(change: LoadChange): void;
  /** Starts nothing more and gives what is in flight the plan's grace. */
  stop(): void;
}

/** What a thread has besides its share of a plan. */
export interface ThreadOptions {
  /** Gets what was seen since the last time. */
  onSnapshot(snapshot: Snapshot): void;
  /** The next part of what the plan's kind of step feeds its threads with; absent: nothing. Never rejects. */
  readonly readPart?: () => Promise<FeedPart>;
  /** Where connections may lead; absent: wherever the plan says. */
  readonly rules?: OwnerRules;
}

/** Makes the thread for a share. */
export function createLoadThread(
  plan: RunPlan,
  share: Share,
  { onSnapshot, rules, readPart = noFeed }: ThreadOptions,
): LoadThread {
  const timers = timersFor(plan.client);
  const nativeSockets = socketsInUse(plan.client) === "native" ? 1 : 0;
  const stopping = new Stop(timers);
  const counters = new Counters(share);
  const givenRows = new Counters(share);
  const shared = sharedSets(plan);
  let startMs = 0;
  const planned: PlanPart[] = [];
  const parts: LoadPart[] = [];
  for (const part of planParts(plan)) {
    const own = shareOfPart(share, part);
    if (own === undefined) continue;
    planned.push(part);
    parts.push(
      createLoadPart(part, own, {
        timers,
        recorderOptions: recorderOptions(part),
        numbers: { counters, rows: rowNumbers(own) },
        readPart,
        ...(rules && { rules }),
      }),
    );
  }

  /** A set that several scenarios draw from gives each row to one of them. */
  function rowNumbers(own: Share): RowNumbers {
    const ownRows = new Counters(own);
    return { next: (name) => (shared.has(name) ? givenRows : ownRows).next(name) };
  }

  function recorderOptions(part: PlanPart): RecorderOptions {
    return {
      // One definition for all of a run's requests: those of closed loops are due when they are sent.
      isOpenLoop: isOpenLoop(plan),
      phases: plan.client.phases,
      perAddress: plan.client.perAddress,
      serverTiming: plan.client.serverTiming === true,
      verbosity: plan.verbosity,
      plannedSteps: stepsOf(part.plan.scenario).length,
      ...(plan.log && { log: logOptions(plan.log, part) }),
    };
  }

  function logOptions(
    { share: logged, maxPerSecond }: LogSpec,
    { plan: { seed } }: PlanPart,
  ): RequestLogOptions {
    const random = new Random(seed, LOG_STREAM + share.index);
    return {
      share: logged,
      maxPerWindow: Math.max(1, Math.floor(partOf(maxPerSecond, share) / planParts(plan).length)),
      zeroMs: () => startMs,
      random: () => random.fraction(),
    };
  }

  async function prepare(): Promise<string | undefined> {
    await loadAuth(plan.client);
    const reasons = await Promise.all(parts.map((part) => part.prepare()));
    return reasons.find((reason) => reason !== undefined);
  }

  function stop(): void {
    stopping.stop();
    for (const part of parts) part.stop();
  }

  /** Applies load that is not measured, then sets the clock back to zero. */
  async function warmUp(): Promise<void> {
    if (plan.warmupMs === 0) return;
    await Promise.all(parts.map((part) => part.warmUp(startMs)));
    startMs = Math.max(readClock(), startMs + plan.warmupMs);
    if (!stopping.isStopped) await stopping.wait(startMs - readClock());
    for (const part of parts) part.recorder.endWarmup();
  }

  async function run(at: number): Promise<void> {
    startMs = at;
    const now = () => readClock() - startMs;
    if (at > readClock()) await stopping.wait(at - readClock());
    const loopLag = new Histogram();
    for (const [i, part] of parts.entries()) part.watch(i === 0 ? loopLag : undefined);
    await warmUp();
    loopLag.take();
    // A thread that was stopped when its time came begins late.
    loopLag.record(now() * 1000);
    const usage = watchThread();
    let reportedMs = 0;
    const report = (isLast: boolean) => {
      const nowMs = now();
      const overMs = Math.max(...parts.map((part) => part.overMs)) - startMs;
      const lastEndMs = Math.max(...parts.map((part) => part.recorder.lastEndMs)) - startMs;
      // Once nothing starts any more, the run lasts as long as responses come: waiting in vain is no part of it.
      const untilMs = nowMs < overMs ? nowMs : Math.max(overMs, reportedMs, lastEndMs);
      if (!isLast && nowMs >= overMs && untilMs - reportedMs < WINDOW_MS / 2) return;
      reportedMs = untilMs;
      for (const part of parts) part.onWindow();
      const openSsl = nativeSockets === 1 ? tlsLibraryInUse() : undefined;
      const health = {
        thread: share.index,
        ...usage(),
        nativeSockets,
        ...(openSsl !== undefined && { openSsl }),
        loopLag: loopLag.take(),
      };
      const taken = parts.map((part) => part.recorder.take(untilMs, startMs));
      onSnapshot({ ...snapshotOfParts(taken, planned, plan), threads: [health] });
    };
    const windows = everyWindow(now, () => report(false));
    await Promise.all(parts.map((part, i) => part.run(startMs + planned[i]!.startMs)));
    windows.stop();
    report(true);
    for (const part of parts) part.close();
    endConnections();
  }

  return {
    prepare,
    run,
    stop,
    change(change) {
      const { part, ...what } = change;
      for (const one of part === undefined ? parts : parts.slice(part, part + 1)) one.change(what);
    },
  };
}

/** Names of the data sets that several loads of a plan draw from; a module's may all do. */
function sharedSets(plan: RunPlan): ReadonlySet<string> {
  const { data } = plan.scenario;
  if (data.length === 0) return new Set();
  if (isCode(plan.scenario)) return new Set(data.map(({ name }) => name));
  const used = planParts(plan).map(({ plan: { scenario } }) =>
    new Set(scenario.flows.flatMap((flow) => usedSets(flow, scenario)))
  );
  return new Set(
    data.filter((_, i) => used.filter((sets) => sets.has(i)).length > 1).map(({ name }) => name),
  );
}

/** Calls back at every full second of the run's clock, or just after it. */
function everyWindow(nowMs: () => number, onWindow: () => void): { stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = () => {
    // Timers cut fractions off: a fractional one would come too early, and a second time for the same second.
    timer = setTimeout(() => {
      onWindow();
      schedule();
    }, Math.ceil(WINDOW_MS - (nowMs() % WINDOW_MS)));
  };
  schedule();
  return { stop: () => clearTimeout(timer) };
}
