/**
 * One share of one plan in this thread: makes users, runs the load model on them, watches their deadlines, and hands
 * out a snapshot a second.
 *
 * @module
 */
import { readClock } from "../lib/clock.ts";
import { stepSecrets } from "../steps/secrets.ts";
import { endConnections, socketsInUse, tlsLibraryInUse } from "../client/net/choose_transport.ts";
import { loadAuth } from "../client/auth/load_auth.ts";
import { createClients } from "../client/registry.ts";
import { Exchange, type HttpClient, type PreparedRequest } from "../client/exchange/http_client.ts";
import type { Clock, LoadContext, VirtualUser } from "../load/load_model.ts";
import { runLoad, warmupLoad } from "../load/run_load.ts";
import { Steering, UNSTEERED } from "../load/steering.ts";
import { FAILURE, IS_ABSENT } from "../metrics/failure.ts";
import { Histogram } from "../metrics/histogram.ts";
import { Recorder } from "../metrics/recorder.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { RequestLogOptions } from "../metrics/request_log.ts";
import { Random } from "../lib/random.ts";
import { type FeedPart, noFeed } from "../plan/feed.ts";
import type { LoadChange } from "../plan/load_change.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { OwnerRules } from "../plan/owner_rules.ts";
import type { ClientSpec } from "../plan/client_spec.ts";
import { clientOf, type LogSpec, type RunPlan, shortestTimeoutMs } from "../plan/run_plan.ts";
import { knownUrls, stepsOf } from "../plan/scenario.ts";
import { partOf, partOfUsers, type Share, userPosition, type UserShare, usersIn } from "../plan/share.ts";
import type { EndingUser } from "../steps/ending_user.ts";
import { absenceText } from "./absent_target.ts";
import { probeRequest } from "../client/exchange/probe_request.ts";
import type { UserFactory } from "../steps/step_kind.ts";
import { watchThread } from "./thread_usage.ts";
import { type Timers, timersFor } from "./timers.ts";
import { watchDeadlines } from "./watch_deadlines.ts";
import { createUsers } from "./users.ts";

const WINDOW_MS = 1000;

/** How long the first connection may take before its target counts as absent. */
const MAX_SEARCH_MS = 5000;

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
  const facts = loadFacts(plan.load);
  const recorder = new Recorder({
    isOpenLoop: facts.openLoop !== undefined,
    phases: plan.client.phases,
    perAddress: plan.client.perAddress,
    verbosity: plan.verbosity,
    plannedSteps: stepsOf(plan.scenario).length,
    ...(plan.log && { log: logOptions(plan.log) }),
  });
  const clients: HttpClient[] = [];
  /** Those of users who send several requests at the same time. */
  const furtherClients: HttpClient[] = [];
  const userShare: UserShare = { ...share, group: plan.client.streams ?? 1 };
  const makeClient = createClients(clientOf(plan), stepSecrets(plan), rules);
  const nativeSockets = socketsInUse(plan.client) === "native" ? 1 : 0;
  const timers = timersFor(plan.client);
  const stopping = new Stop(timers);
  const steering = new Steering();
  let startMs = 0;
  const { durationMs = Infinity } = facts;
  const budget = { left: Infinity };
  /** The end of what is going on: of the warm-up, then of the measurement. */
  let endMs = plan.warmupMs > 0 ? plan.warmupMs : durationMs;
  const timing = {
    startMs: () => startMs,
    isOver: (nowMs: number) => stopping.isStopped || nowMs - startMs >= endMs,
    sleep: (ms: number) => stopping.wait(Math.min(ms, endMs - (readClock() - startMs))),
  };
  let users: UserFactory;
  const atWork: EndingUser[] = [];
  let isPreparing = false;
  /** A connection could be opened, or failed for another reason than that nobody is there. */
  let isReached = false;
  /** What is known of a target that is not there. */
  let absence: string | undefined;
  /** Looks whether the target is there for clients that keep no connection, or open one only to send a request. */
  let scout: HttpClient | null = null;

  function logOptions({ share: part, maxPerSecond }: LogSpec): RequestLogOptions {
    const random = new Random(plan.seed, LOG_STREAM + share.index);
    return {
      share: part,
      maxPerWindow: Math.max(1, partOf(maxPerSecond, share)),
      zeroMs: () => startMs,
      random: () => random.fraction(),
    };
  }

  /**
   * This share of a fixed amount, by its users: else few of them would be left at work in the end. Where it matters which
   * iterations they are, for rows, counters and flows in turn, every share does the same number.
   */
  function amountOf(amount: number): number {
    const { flows, data } = plan.scenario;
    const areAlike = flows.length === 1 && data.length === 0 &&
      flows[0]!.steps.every((step) => step.kind === "http" && !step.isTemplate);
    return areAlike && facts.openLoop === undefined
      ? partOfUsers(amount, { users: facts.maxUsers, share: userShare })
      : partOf(amount, share);
  }

  /** Requests that this share may start. */
  function requestBudget(): number {
    const { amount } = facts;
    return amount?.unit === "requests" ? amountOf(amount.count) : Infinity;
  }

  function newUser(number: number): VirtualUser {
    const position = userPosition(number, userShare);
    const client = users.connections === undefined
      ? clients[position] ??= makeClient()
      : clients[position % clients.length]!;
    const user = users.newUser(client, number);
    atWork.push(user);
    return user;
  }

  /** Opens a client's first connection; resolves with the kind of failure. */
  async function warm(client: HttpClient, request: PreparedRequest): Promise<number> {
    const scratch = new Exchange();
    await client.warm(request, scratch);
    if (client !== scout) recorder.opened(scratch);
    if (IS_ABSENT[scratch.failure]) {
      const waitedMs = Math.min(MAX_SEARCH_MS, plan.client.timeoutMs);
      absence ??= absenceText(request.url, scratch, { client: plan.client, waitedMs });
    } else if (scratch.connects > 0 || scratch.failure !== FAILURE.none) isReached = true;
    return scratch.failure;
  }

  /** Its connection is closed before the load, so that every request still pays for its own. */
  function makeScout(): HttpClient {
    const { auth: _, ...client } = plan.client;
    const spec: ClientSpec = { ...client, kind: "raw", http2: false, maxRedirects: 0 };
    return createClients(spec, undefined, rules)();
  }

  async function prepare(): Promise<string | undefined> {
    const newClient = () => {
      const client = makeClient();
      furtherClients.push(client);
      return client;
    };
    const watch = (client: HttpClient) => void furtherClients.push(client);
    const around = { recorder, budget, newClient, watch, readPart, ...timing, ...(rules && { rules }) };
    await loadAuth(plan.client);
    users = await createUsers(plan, share, around);
    const { connections } = users;
    if (connections !== undefined) clients.push(...connections.clients);
    const [url] = knownUrls(plan.scenario);
    const request = users.firstRequest ?? (url ? probeRequest(url, plan.client) : null);
    if (request === null) return undefined;
    isPreparing = true;
    if (!plan.client.keepAlive || plan.client.kind === "fetch") scout = makeScout();
    const opening = scout === null ? clients : [scout];
    const watchdog = watchDeadlines(opening, { timers, timeoutMs: plan.client.timeoutMs });
    // Whoever cannot be reached for so long is not there; later attempts have all of the timeout.
    const giveUp = setTimeout(() => {
      if (!isReached) { for (const client of opening) client?.abort(FAILURE.timeout); }
    }, MAX_SEARCH_MS);
    const warming: Promise<number>[] = [];
    // A server that lets connections hang would have every hundred of them wait for the timeout: the load will show it.
    let isVain = false;
    const settle = async () => {
      const found = await Promise.all(warming.splice(0));
      isVain = !isReached || found.includes(FAILURE.connect_timeout);
    };
    // Users whose connections are opened before the clock starts: those that begin at once.
    const first = facts.rampUpMs === 0 ? usersIn(facts.minUsers, userShare) : 0;
    const wanted = users.firstRequest === null || scout !== null ? 0 : connections?.openedAhead ?? first;
    for (let i = 0; i < Math.max(1, wanted) && !isVain && !stopping.isStopped; i++) {
      warming.push(warm(scout ?? (clients[i] ??= makeClient()), request));
      // A server's queue of unaccepted connections is short.
      if (warming.length === 100) await settle();
    }
    await settle();
    clearTimeout(giveUp);
    watchdog.stop();
    scout?.close();
    isPreparing = false;
    return isReached || stopping.isStopped ? undefined : absence;
  }

  function stop(): void {
    stopping.stop();
    // A connection that is still opening would keep everyone waiting for its timeout.
    if (isPreparing) { for (const client of [scout, ...clients]) client?.abort(FAILURE.unfinished); }
  }

  /** Waits for a load to end; once that is only a matter of responses, no longer than the grace. */
  async function finish(load: Promise<void>): Promise<void> {
    await Promise.race([load, delay(recorder.inFlight > 0 ? plan.gracefulStopMs : 0)]);
    stopping.stop();
    for (const client of clients) client?.abort(FAILURE.unfinished);
    for (const client of furtherClients) client.abort(FAILURE.unfinished);
    for (const user of atWork) user.leave?.();
    await load;
  }

  /** Applies load that is not measured, then sets the clock back to zero. */
  async function warmUp(context: LoadContext, clock: Clock): Promise<void> {
    if (plan.warmupMs > 0) {
      // Arrivals still in line at its end are dropped: the measurement begins in time, whatever the server does.
      const stop = {
        get isStopped() {
          return timing.isOver(readClock());
        },
      };
      const load = runLoad(warmupLoad(plan.load, plan.warmupMs), { ...context, stop, steering: UNSTEERED });
      await Promise.race([load, stopping.wait(Infinity)]);
      if (stopping.isStopped) await finish(load);
      await load;
      startMs = Math.max(readClock(), startMs + plan.warmupMs);
      if (!stopping.isStopped) await clock.sleep(-clock.now());
      endMs = durationMs;
      recorder.endWarmup();
    }
    budget.left = requestBudget();
  }

  async function run(at: number): Promise<void> {
    startMs = at;
    const clock = createClock(() => startMs, stopping, timers);
    if (at > readClock()) await clock.sleep(at - readClock());
    const loopLag = new Histogram();
    const watchdog = watchDeadlines(clients, { timers, timeoutMs: shortestTimeoutMs(plan) }, {
      loopLag,
      furtherClients,
      users: atWork,
    });
    const context: LoadContext = {
      clock,
      share: userShare,
      stop: stopping,
      budget,
      partOf: amountOf,
      tally: recorder,
      seed: plan.seed,
      newUser,
      pausesItself: users.pauseThemselves,
      steering,
      ...(users.arrivals && { arrivals: users.arrivals }),
    };
    await warmUp(context, clock);
    atWork.length = 0;
    loopLag.take();
    // A thread that was stopped when its time came begins late.
    loopLag.record(clock.now() * 1000);
    const usage = watchThread();
    let overMs = Infinity;
    let reportedMs = 0;
    const report = (isLast: boolean) => {
      const now = clock.now();
      // Once nothing starts any more, the run lasts as long as responses come: waiting in vain is no part of it.
      const untilMs = now < overMs ? now : Math.max(overMs, reportedMs, recorder.lastEndMs - startMs);
      if (!isLast && now >= overMs && untilMs - reportedMs < WINDOW_MS / 2) return;
      reportedMs = untilMs;
      users.onWindow?.();
      const openSsl = nativeSockets === 1 ? tlsLibraryInUse() : undefined;
      const health = {
        thread: share.index,
        ...usage(),
        nativeSockets,
        ...(openSsl !== undefined && { openSsl }),
        loopLag: loopLag.take(),
      };
      onSnapshot({ ...recorder.take(untilMs, startMs), threads: [health] });
    };
    const windows = everyWindow(clock, () => report(false));
    const load = runLoad(plan.load, context);
    // Timers cut fractions off, and what is due in the last one must still be sent.
    const ending = stopping.wait(Math.ceil(durationMs - clock.now()));
    await Promise.race([load, ending]);
    overMs = clock.now();
    if (plan.gracefulStopMs > 0) { for (const user of atWork) user.loadEnded(); }
    await finish(load);
    await users.connections?.end();
    users.close?.();
    watchdog.stop();
    windows.stop();
    report(true);
    for (const client of [...clients, ...furtherClients]) client?.close();
    endConnections();
  }

  return { prepare, run, stop, change: (change) => steering.add(change) };
}

/** A stop that wakes whoever waits for it. */
class Stop {
  isStopped = false;
  readonly #timers: Timers;
  readonly #wakers = new Set<() => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  stop(): void {
    this.isStopped = true;
    for (const wake of [...this.#wakers]) wake();
  }

  /** Resolves after `ms` or when stopped. */
  wait(ms: number): Promise<void> {
    if (this.isStopped || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        callOff();
        this.#wakers.delete(wake);
        resolve();
      };
      const callOff = this.#timers.after(ms, wake);
      this.#wakers.add(wake);
    });
  }
}

function createClock(startMs: () => number, stopping: Stop, { lateMs }: Timers): Clock {
  return { now: () => readClock() - startMs(), lateMs, sleep: (ms) => stopping.wait(ms) };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Calls back at every full second of the clock, or just after it. */
function everyWindow(clock: Clock, onWindow: () => void): { stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = () => {
    // Timers cut fractions off: a fractional one would come too early, and a second time for the same second.
    timer = setTimeout(() => {
      onWindow();
      schedule();
    }, Math.ceil(WINDOW_MS - (clock.now() % WINDOW_MS)));
  };
  schedule();
  return { stop: () => clearTimeout(timer) };
}
