/**
 * Makes the users of a slot: the plain kind where an iteration is one request that never changes, the kind that runs
 * flows where it is more.
 *
 * @module
 */
import { LIMITS } from "../metrics/limits.ts";
import { decodeBody } from "../client/exchange/content_coding.ts";
import { CookieJar } from "../client/exchange/cookie_jar.ts";
import type { HttpClient, PreparedRequest } from "../client/exchange/http_client.ts";
import { iterationsIn } from "../load/pacer.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { type Scenario, stepsOf } from "../plan/scenario.ts";
import { rotation, type Share } from "../plan/share.ts";
import { compileScenario } from "../scenario/compile.ts";
import { type FlowContext, FlowUser } from "../scenario/iteration.ts";
import { knownSecrets, secretsSentBy } from "../steps/http/known_secrets.ts";
import type { EndingUser } from "../steps/ending_user.ts";
import { prepareStep } from "../steps/http/prepare.ts";
import { shownHeads } from "../steps/http/shown_head.ts";
import { StaticUser, type StaticWork } from "../steps/http/static_user.ts";
import type { StepOutcome } from "../steps/http/step_outcome.ts";

/** What users need of their slot. */
export interface UserContext {
  readonly recorder: Recorder;
  readonly budget: { left: number };
  /** The run's zero on the clock of `performance.now()`. */
  startMs(): number;
  /** Whether no further request may start at a time of that clock. */
  isOver(nowMs: number): boolean;
  /** Resolves after `ms`, at the end of the run, or when the load is stopped. */
  sleep(ms: number): Promise<void>;
}

/** The users of one slot. */
export interface UserFactory {
  newUser(client: HttpClient, number: number): EndingUser;
  /** A request whose connection can be opened ahead of the load. */
  readonly firstRequest: PreparedRequest | null;
  readonly pauseThemselves: boolean;
}

/** Prepares a plan's scenario for a slot. */
export function createUsers(plan: RunPlan, share: Share, around: UserContext): Promise<UserFactory> {
  return isStatic(plan.scenario)
    ? Promise.resolve(staticUsers(plan, share, around))
    : flowUsers(plan, share, around);
}

/** Whether every iteration is one request that is known beforehand, whose answer is only counted. */
function isStatic(scenario: Scenario): boolean {
  return scenario.cookies === "ignore" && scenario.pick === "rotate" &&
    scenario.flows.every(({ steps }) => steps.length === 1) &&
    stepsOf(scenario).every((step) =>
      !step.isTemplate && step.thinkMs === undefined && step.checks.length + step.extract.length === 0
    );
}

function staticUsers(plan: RunPlan, share: Share, around: UserContext): UserFactory {
  const isBusting = plan.scenario.cacheBust;
  const work: StaticWork = {
    ...around,
    client: plan.client,
    requests: stepsOf(plan.scenario).map((step, index) =>
      prepareStep(step, index, {
        client: plan.client,
        isRepeated: !isBusting,
        wantsHead: plan.verbosity >= 4,
        wantsBody: false,
        wantsCookies: false,
      })
    ),
    turnOf: rotation(plan.scenario.flows.length, share, iterationsIn(plan.load)),
    lengths: plan.client.verifyLength ? new Map() : null,
    bustsCaches: isBusting,
  };
  return {
    newUser: (client) => new StaticUser(client, work),
    firstRequest: work.requests[0] ?? null,
    pauseThemselves: false,
  };
}

async function flowUsers(plan: RunPlan, share: Share, around: UserContext): Promise<UserFactory> {
  const program = await compileScenario(plan.scenario, {
    share,
    iterations: iterationsIn(plan.load),
    seed: plan.seed,
    prepare: (step, index, wants) =>
      prepareStep(step, index, {
        client: plan.client,
        isRepeated: wants.isRepeated,
        wantsHead: wants.head,
        wantsBody: wants.body,
        wantsCookies: wants.cookies,
      }),
    closeConnection: !plan.client.keepAlive,
    followsRedirects: plan.client.maxRedirects > 0,
    needsPreparation: plan.client.expectContinue === true,
    ...(plan.verbosity >= 4 && { keepResponses: "heads" }),
  });
  const { thinkMs, thinkJitter } = loadFacts(plan.load);
  const context: FlowContext = {
    ...around,
    program,
    seed: plan.seed,
    thinkMs,
    thinkJitter,
    pausesAtEnd: !isOpenLoop(plan),
    lengths: plan.client.verifyLength ? new Map() : null,
    observe: plan.verbosity >= 4 ? showHeads(around.recorder, plan) : null,
    createCookies: () => new CookieJar((limit) => around.recorder.limits.add(limit)),
    onBodyCut: () => around.recorder.limits.add(LIMITS.bodyBytes),
    decodeBody: (exchange) => decodeBody(exchange, plan.client.maxBodyBytes),
    now: () => performance.now(),
    wallClockMs: () => Date.now(),
  };
  return {
    newUser: (client, number) => new FlowUser(client, number, context),
    firstRequest: program.flowOf(share.index).steps[0]?.fixed?.request ?? null,
    pauseThemselves: true,
  };
}

/** Keeps the heads of one exchange a window. */
function showHeads(recorder: Recorder, { client, scenario }: RunPlan): (outcome: StepOutcome) => void {
  return (outcome) => {
    const { request, exchange } = outcome;
    if (request === null || exchange.head === null || !recorder.reserveHead()) return;
    const secrets = [...knownSecrets(scenario, outcome), ...secretsSentBy(request)];
    recorder.detail("head", shownHeads({ request, client, exchange, secrets }), true);
  };
}
