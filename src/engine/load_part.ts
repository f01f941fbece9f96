/**
 * One load of a thread, with its users, connections and counters: all there is in most runs, one of several scenarios in
 * others. It knows nothing of those beside it.
 *
 * @module
 */
import { pause, readClock } from "../lib/clock.ts";
import { stepSecrets } from "../steps/secrets.ts";
import { createClients } from "../client/registry.ts";
import { Exchange, type HttpClient, type PreparedRequest } from "../client/exchange/http_client.ts";
import type { Clock, LoadContext, VirtualUser } from "../load/load_model.ts";
import { runLoad, warmupLoad } from "../load/run_load.ts";
import { Steering, UNSTEERED } from "../load/steering.ts";
import { FAILURE, IS_ABSENT } from "../metrics/failure.ts";
import type { Histogram } from "../metrics/histogram.ts";
import { Recorder, type RecorderOptions } from "../metrics/recorder.ts";
import type { FeedPart } from "../plan/feed.ts";
import type { LoadChange } from "../plan/load_change.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { OwnerRules } from "../plan/owner_rules.ts";
import type { PlanPart } from "../plan/parts/plan_parts.ts";
import type { ClientSpec } from "../plan/client_spec.ts";
import { clientOf, shortestTimeoutMs } from "../plan/run_plan.ts";
import { knownUrls } from "../plan/scenario.ts";
import { partOf, partOfUsers, type Share, userPosition, type UserShare, usersIn } from "../plan/share.ts";
import type { EndingUser } from "../steps/ending_user.ts";
import type { UserFactory } from "../steps/step_kind.ts";
import { probeRequest } from "../client/exchange/probe_request.ts";
import { absenceText } from "./absent_target.ts";
import { Stop } from "./stop.ts";
import type { Timers } from "./timers.ts";
import { createUsers, type UserContext } from "./users.ts";
import { watchDeadlines } from "./watch_deadlines.ts";

/** How long the first connection may take before its target counts as absent. */
const MAX_SEARCH_MS = 5000;

/** A share of one load, ready to run. Times are those of `performance.now()`. */
export interface LoadPart {
  readonly recorder: Recorder;
  /** When nothing more started; `Infinity`: it still may. */
  readonly overMs: number;
  /**
   * Opens the connections that the load starts with, at least one if connections are kept. Resolves with the reason when
   * none can be opened: there is nobody to connect to.
   */
  prepare(): Promise<string | undefined>;
  /** Begins to watch deadlines; `loopLag` gets how late the watch itself comes. */
  watch(loopLag?: Histogram): void;
  /** Applies load from `startMs` on that is not measured; resolves when its responses are in. */
  warmUp(startMs: number): Promise<void>;
  /** Applies the load from `startMs` on; resolves when all is over. */
  run(startMs: number): Promise<void>;
  /** Changes the load while it runs; the change's time is the run's. */
  change(change: LoadChange): void;
  /** A second is over. */
  onWindow(): void;
  /** Starts nothing more and gives what is in flight the plan's grace. */
  stop(): void;
  /** Closes all connections. */
  close(): void;
}

/** What the loads of a thread share. */
export interface PartContext {
  readonly timers: Timers;
  readonly recorderOptions: RecorderOptions;
  /** Numbers that no two users of the run may get, and rows that are each given once. */
  readonly numbers: UserContext["numbers"];
  /** The next part of what the plan's kind of step feeds its threads with; never rejects. */
  readPart(): Promise<FeedPart>;
  /** Where connections may lead; absent: wherever the plan says. */
  readonly rules?: OwnerRules;
}

/** Makes the part for a share of its users. */
export function createLoadPart(
  { plan, firstUser, startMs: offsetMs }: PlanPart,
  share: Share,
  { timers, recorderOptions, numbers, readPart, rules }: PartContext,
): LoadPart {
  const facts = loadFacts(plan.load);
  const recorder = new Recorder(recorderOptions);
  const clients: HttpClient[] = [];
  /** Those of users who send several requests at the same time. */
  const furtherClients: HttpClient[] = [];
  const userShare: UserShare = { ...share, group: plan.client.streams ?? 1 };
  const makeClient = createClients(clientOf(plan), stepSecrets(plan), rules);
  const stopping = new Stop(timers);
  const steering = new Steering();
  let startMs = 0;
  const { durationMs = Infinity } = facts;
  const budget = { left: Infinity };
  /** The end of what is going on: of the warm-up, then of the measurement. */
  let endMs = plan.warmupMs > 0 ? plan.warmupMs : durationMs;
  let overMs = Infinity;
  const timing = {
    startMs: () => startMs,
    isOver: (nowMs: number) => stopping.isStopped || nowMs - startMs >= endMs,
    sleep: (ms: number) => stopping.wait(Math.min(ms, endMs - (readClock() - startMs))),
  };
  const clock: Clock = {
    now: () => readClock() - startMs,
    lateMs: timers.lateMs,
    sleep: (ms) => stopping.wait(ms),
  };
  let users: UserFactory;
  let watchdog: { stop(): void } | undefined;
  const atWork: EndingUser[] = [];
  let isPreparing = false;
  /** A connection could be opened, or failed for another reason than that nobody is there. */
  let isReached = false;
  /** What is known of a target that is not there. */
  let absence: string | undefined;
  /** Looks whether the target is there for clients that keep no connection, or open one only to send a request. */
  let scout: HttpClient | null = null;

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
    const user = users.newUser(client, firstUser + number);
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
    const around = {
      recorder,
      budget,
      newClient,
      watch: (client: HttpClient) => void furtherClients.push(client),
      numbers,
      readPart,
      ...timing,
      ...(rules && { rules }),
    };
    users = await createUsers(plan, share, around);
    const { connections } = users;
    if (connections !== undefined) clients.push(...connections.clients);
    const [url] = knownUrls(plan.scenario);
    const request = users.firstRequest ?? (url ? probeRequest(url, plan.client) : null);
    if (request === null) return undefined;
    isPreparing = true;
    const isLater = offsetMs > 0;
    if (!plan.client.keepAlive || plan.client.kind === "fetch" || isLater) scout = makeScout();
    const opening = scout === null ? clients : [scout];
    const deadlines = watchDeadlines(opening, { timers, timeoutMs: plan.client.timeoutMs });
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
    deadlines.stop();
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
    // An arrival that was due in time, and that a thread which stood still finds only now, is sent in this moment.
    if (recorder.inFlight === 0) await Promise.race([load, pause(0)]);
    if (recorder.inFlight > 0) await Promise.race([load, pause(plan.gracefulStopMs)]);
    stopping.stop();
    for (const client of clients) client?.abort(FAILURE.unfinished);
    for (const client of furtherClients) client.abort(FAILURE.unfinished);
    for (const user of atWork) user.leave?.();
    await load;
  }

  function watch(loopLag?: Histogram): void {
    watchdog = watchDeadlines(clients, { timers, timeoutMs: shortestTimeoutMs(plan) }, {
      ...(loopLag && { loopLag }),
      furtherClients,
      users: atWork,
    });
  }

  function contextOf(): LoadContext {
    return {
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
  }

  async function warmUp(at: number): Promise<void> {
    if (plan.warmupMs === 0) return;
    startMs = at;
    // Arrivals still in line at its end are dropped: the measurement begins in time, whatever the server does.
    const stop = {
      get isStopped() {
        return timing.isOver(readClock());
      },
    };
    const load = runLoad(warmupLoad(plan.load, plan.warmupMs), { ...contextOf(), stop, steering: UNSTEERED });
    await Promise.race([load, stopping.wait(Infinity)]);
    if (stopping.isStopped) await finish(load);
    await load;
    atWork.length = 0;
  }

  function isHeld(): boolean {
    return steering.changes.findLast(({ isPaused }) => isPaused !== undefined)?.isPaused ?? false;
  }

  async function run(at: number): Promise<void> {
    startMs = at;
    endMs = durationMs;
    budget.left = requestBudget();
    if (at > readClock()) await clock.sleep(at - readClock());
    // What is held up when it is to begin begins when the others go on.
    while (isHeld() && !stopping.isStopped) await Promise.race([steering.next, stopping.wait(Infinity)]);
    const load = runLoad(plan.load, contextOf());
    // Timers cut fractions off, and what is due in the last one must still be sent.
    const ending = stopping.wait(Math.ceil(durationMs - clock.now()));
    await Promise.race([load, ending]);
    overMs = readClock();
    if (plan.gracefulStopMs > 0) { for (const user of atWork) user.loadEnded(); }
    await finish(load);
    await users.connections?.end();
    users.close?.();
    watchdog?.stop();
  }

  return {
    recorder,
    get overMs() {
      return overMs;
    },
    prepare,
    watch,
    warmUp,
    run,
    change: (change) => steering.add({ ...change, atMs: change.atMs - offsetMs }),
    onWindow: () => users.onWindow?.(),
    stop,
    close() {
      for (const client of [...clients, ...furtherClients]) client?.close();
    },
  };
}
