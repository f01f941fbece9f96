/**
 * One pass through one flow, by one user who makes no pauses and whose steps are told and not counted: what dry runs, setup
 * and teardown are made of.
 *
 * @module
 */
import { GroupRecorder } from "../metrics/group_recorder.ts";
import type { HttpClient } from "../client/exchange/http_client.ts";
import { loadAuth } from "../client/auth/load_auth.ts";
import { createClients } from "../client/registry.ts";
import { FAILURE } from "../metrics/failure.ts";
import { clientOf, type RunPlan } from "../plan/run_plan.ts";
import type { DataValue, Flow } from "../plan/scenario.ts";
import { WHOLE } from "../plan/share.ts";
import { compileScenario } from "../scenario/compile.ts";
import { END } from "../scenario/run_blocks.ts";
import { FlowUser } from "../scenario/iteration.ts";
import { knownValues } from "../scenario/known_values.ts";
import type { StepReport } from "../steps/checked_step.ts";
import { stepKind } from "../steps/registry.ts";
import { secretVariables, stepSecrets } from "../steps/secrets.ts";
import type { StepRecorder } from "../steps/step_kind.ts";

/** What one pass was like. */
export interface FlowRun {
  /** What its steps did, in order: each with its position in the flow. All of it is masked. */
  readonly steps: readonly { readonly index: number; readonly report: StepReport }[];
  /** It went to its end: steps that it did not come by were not to be done. */
  readonly isWhole: boolean;
  /** What is known at its end. */
  readonly variables: ReadonlyMap<string, DataValue>;
}

/** The longest wait between two looks at deadlines, in ms. */
const WATCH_MS = 50;

/** Runs a flow of a plan, or one beside it, once. `signal` ends the step under way. */
export async function runFlow(flow: Flow, plan: RunPlan, signal: AbortSignal): Promise<FlowRun> {
  const own: RunPlan = { ...plan, scenario: { ...plan.scenario, flows: [flow] } };
  const steps: { readonly index: number; readonly report: StepReport }[] = [];
  const now = () => performance.now();
  const { constants, initial } = knownValues(own);
  const secrets = secretVariables(own);
  const clients: HttpClient[] = [];
  const program = await compileScenario(own.scenario, {
    share: WHOLE,
    seed: plan.seed,
    constants,
    open: (kind) =>
      stepKind(kind).open({
        plan: own,
        constants,
        secretVariables: secrets,
        recorder: UNCOUNTED,
        onStep: (report, index) => steps.push({ index, report }),
        now,
        watch: (client) => void clients.push(client),
      }),
  });
  await loadAuth(plan.client);
  const makeClient = createClients(clientOf(own), stepSecrets(own));
  const newClient = () => {
    const client = makeClient();
    clients.push(client);
    return client;
  };
  const client = newClient();
  const user = new FlowUser(client, 0, {
    program,
    initial,
    recorder: {
      counts: { iterations: 0, cutIterations: 0 },
      drop() {},
      countUnfilled: (index, rule) => steps.push({ index, report: undone(rule) }),
      limits: UNCOUNTED.limits,
    },
    newClient,
    budget: { left: Infinity },
    seed: plan.seed,
    thinkMs: 0,
    thinkJitter: 0,
    pausesAtEnd: false,
    now,
    startMs: () => 0,
    isOver: () => signal.aborted,
    sleep: () => Promise.resolve(),
    wallClockMs: () => Date.now(),
  });
  using _watch = watch(clients, signal);
  await user.iterate(0, -1);
  for (const one of clients) one.close();
  const isWhole = flow.blocks === undefined ? steps.length === flow.steps.length : user.end === END.goesOn;
  return { steps, isWhole, variables: user.variables };
}

/** A block could not be done, which is told at its first step. */
function undone(rule: string): StepReport {
  const problem = rule.replace(/^TemplateError: /, "Cannot do the block: ");
  return { passed: false, problems: [problem], extracted: {}, checks: [] };
}

/** Nothing of it is counted. */
const UNCOUNTED: StepRecorder = {
  start() {},
  countUnfilled() {},
  record() {},
  group: (_step, name) => new GroupRecorder(name),
  countLengthError() {},
  custom: { check: () => ({ passed: 0, failed: 0 }) },
  limits: { add() {} },
  reserveHead: () => false,
  foundInstead: { has: () => true, note() {} },
  noteDetail() {},
};

/** Ends late exchanges, and the one under way when the user has had enough. */
function watch(clients: readonly HttpClient[], signal: AbortSignal): Disposable {
  const onAbort = () => clients.forEach((client) => client.abort(FAILURE.unfinished));
  const timer = setInterval(() => {
    const now = performance.now();
    for (const client of clients) if (client.deadlineMs <= now) client.abort(FAILURE.timeout);
  }, WATCH_MS);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
