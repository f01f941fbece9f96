/**
 * Calls a function of the user's module once, by one user beside any load: setup, teardown and dry runs.
 *
 * @module
 */
import { pause } from "../../lib/clock.ts";
import { CookieJar } from "../../client/exchange/cookie_jar.ts";
import type { HttpClient } from "../../client/exchange/http_client.ts";
import { loadAuth } from "../../client/auth/load_auth.ts";
import { createClients } from "../../client/registry.ts";
import { TalkSet } from "../../client/websocket/talk.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { Recorder } from "../../metrics/recorder.ts";
import type { CodeStep } from "../../plan/code_step.ts";
import { noFeed } from "../../plan/feed.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { stepsOf } from "../../plan/scenario.ts";
import { WHOLE } from "../../plan/share.ts";
import { Counters } from "../../template/counters.ts";
import { makeWork } from "./code_steps.ts";
import { describeException } from "./error_place.ts";
import { logLine } from "./log_line.ts";
import type { ScriptFunction } from "./load_module.ts";
import type { ObservedRequest } from "./observed_request.ts";
import { ScriptCookies } from "./script_cookies.ts";
import { RowsSpent } from "./script_rows.ts";
import { ScriptSession } from "./script_session.ts";

/** The longest wait between two looks at deadlines, in ms. */
const WATCH_MS = 50;

/** What a call came to. */
export interface CallResult {
  /** What the function returned. */
  readonly value: unknown;
  /** Why it did not return; absent: it did. */
  readonly exception?: string;
  /** Names of checks that did not hold. */
  readonly broken: readonly string[];
}

/** How a function is called. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal: AbortSignal;
  /** Is told of every request. */
  readonly observe?: (request: ObservedRequest) => void;
  /** Is told what the code logs; absent: nobody. */
  readonly log?: (line: string) => void;
}

/** Calls a function with what `bench` hands to iterations. Never rejects. */
export async function callOnce(
  run: ScriptFunction,
  plan: RunPlan,
  { signal, observe, log }: CallOptions,
): Promise<CallResult> {
  const steps = stepsOf(plan.scenario);
  const step = steps.find((one): one is CodeStep => one.kind === "code")!;
  const recorder = new Recorder({
    isOpenLoop: false,
    phases: plan.client.phases,
    perAddress: false,
    verbosity: 0,
    plannedSteps: steps.length,
  });
  await loadAuth(plan.client);
  const makeClient = createClients(plan.client);
  const clients: HttpClient[] = [];
  const idle: HttpClient[] = [];
  const newClient = () => {
    const client = makeClient();
    clients.push(client);
    return client;
  };
  const work = {
    ...makeWork(plan, { step, index: steps.indexOf(step), run }, {
      share: WHOLE,
      recorder,
      budget: { left: Infinity },
      givenRows: new Counters(WHOLE),
      iterations: 1,
      startMs: () => 0,
      isOver: () => signal.aborted,
      sleep: (ms) => pause(observe ? 0 : ms, signal),
      newClient,
      readPart: noFeed,
      watch: (client) => void clients.push(client),
    }),
    ...(observe && { observe }),
    ...(log && { log: (values: readonly unknown[]) => log(`${plan.module!.name}: ${logLine(values)}`) }),
  };
  const over = Promise.withResolvers<void>();
  const talks = new TalkSet();
  clients.push(talks);
  const session = new ScriptSession(work, {
    takeClient: () => idle.pop() ?? newClient(),
    giveBack: (client) => idle.push(client),
    talks,
    onCut: () => over.resolve(),
    onIdle() {},
    onSpent() {},
  }, { user: 0, cookies: new ScriptCookies(new CookieJar()) });
  session.begin(0, -1);
  const onAbort = () => {
    for (const client of clients) client.abort(FAILURE.unfinished);
    over.resolve();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const watchdog = setInterval(() => {
    for (const client of clients) if (client.deadlineMs <= performance.now()) client.abort(FAILURE.timeout);
  }, WATCH_MS);
  try {
    const call = (async () => await run(session.bench))();
    const value = await Promise.race([call, over.promise]);
    await session.endSockets();
    return { value, broken: brokenChecks(recorder) };
  } catch (error) {
    await session.endSockets();
    const exception = error instanceof RowsSpent
      ? "no row of a data set is left"
      : describeException(error, plan.module!.url);
    return { value: undefined, exception, broken: brokenChecks(recorder) };
  } finally {
    session.isAlive = false;
    clearInterval(watchdog);
    signal.removeEventListener("abort", onAbort);
    for (const client of clients) client.close();
  }
}

function brokenChecks(recorder: Recorder): readonly string[] {
  const { checks = {} } = recorder.custom.take();
  return Object.entries(checks).filter(([, { failed }]) => failed > 0).map(([name]) => name);
}
