/**
 * A dry run: each flow of a scenario once, by one user who makes no pauses, with all that was sent, received, extracted
 * and judged, secrets masked.
 *
 * @module
 */
import type { HttpClient } from "../client/exchange/http_client.ts";
import { createClients } from "../client/registry.ts";
import { maskUrlsIn } from "../lib/mask_url.ts";
import { FAILURE } from "../metrics/failure.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Flow } from "../plan/scenario.ts";
import { WHOLE } from "../plan/share.ts";
import { compileScenario } from "../scenario/compile.ts";
import { FlowUser } from "../scenario/iteration.ts";
import type { CheckedStep, StepReport } from "../steps/checked_step.ts";
import { stepSecrets } from "../steps/http/step_secrets.ts";
import { stepKind } from "../steps/registry.ts";
import type { StepRecorder } from "../steps/step_kind.ts";

/** What one flow did. */
export interface CheckedFlow {
  readonly name: string;
  readonly steps: readonly CheckedStep[];
}

/** Runs every flow once. `signal` ends the step under way. */
export async function checkFlows(plan: RunPlan, signal: AbortSignal): Promise<readonly CheckedFlow[]> {
  const flows: CheckedFlow[] = [];
  for (const flow of plan.scenario.flows) {
    if (signal.aborted) break;
    flows.push({ name: maskUrlsIn(flow.name), steps: await checkFlow(flow, plan, signal) });
  }
  return flows;
}

/** The longest wait between two looks at deadlines, in ms. */
const WATCH_MS = 50;

async function checkFlow(flow: Flow, plan: RunPlan, signal: AbortSignal): Promise<readonly CheckedStep[]> {
  const scenario = { ...plan.scenario, flows: [flow] };
  const reports: StepReport[] = [];
  const now = () => performance.now();
  const program = await compileScenario(scenario, {
    share: WHOLE,
    seed: plan.seed,
    open: (kind) =>
      stepKind(kind).open({
        plan: { ...plan, scenario },
        recorder: UNCOUNTED,
        onStep: (report) => reports.push(report),
        now,
      }),
  });
  const client = createClients(plan.client, stepSecrets(scenario))();
  const user = new FlowUser(client, 0, {
    program,
    recorder: { counts: { iterations: 0 }, drop() {} },
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
  using _watch = watch(client, signal);
  await user.iterate(0, -1);
  client.close();
  const pauseMs = loadFacts(plan.load).thinkMs;
  return flow.steps.map((step, i) => ({
    name: maskUrlsIn(step.name),
    ...(reports[i] ?? UNREACHED),
    pauseMs: step.thinkMs ?? pauseMs,
  }));
}

/** Nothing of a dry run is counted. */
const UNCOUNTED: StepRecorder = {
  start() {},
  countUnfilled() {},
  record() {},
  countLengthError() {},
  limits: { add() {} },
  reserveHead: () => false,
  noteDetail() {},
};

/** The flow ended before the step. */
const UNREACHED: StepReport = { problems: [], extracted: {}, checks: [] };

/** Ends late exchanges, and the one under way when the user has had enough. */
function watch(client: HttpClient, signal: AbortSignal): Disposable {
  const onAbort = () => client.abort(FAILURE.unfinished);
  const timer = setInterval(() => {
    if (client.deadlineMs <= performance.now()) client.abort(FAILURE.timeout);
  }, WATCH_MS);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
