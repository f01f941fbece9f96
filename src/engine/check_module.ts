/**
 * A dry run of a module: setup, one iteration, teardown, with every request that it made, secrets masked.
 *
 * @module
 */
import { maskUrlsIn } from "../lib/mask_url.ts";
import { scenariosOfFlows } from "../plan/parts/plan_parts.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { stepsOf } from "../plan/scenario.ts";
import { socketUrlOf } from "../plan/websocket_step.ts";
import type { CheckedStep } from "../steps/checked_step.ts";
import { callOnce } from "../steps/code/call_once.ts";
import { functionOf, loadModule } from "../steps/code/load_module.ts";
import { shareValue } from "../steps/code/shared_value.ts";
import { type ObservedRequest, shownMessages } from "../steps/code/observed_request.ts";
import { stepReporter } from "../steps/http/report_step.ts";
import { secretVariables } from "../steps/secrets.ts";
import type { HttpStep } from "../plan/http_step.ts";
import type { CheckedFlow } from "./check_flows.ts";

/**
 * Calls the module's functions once each, as far as it has them; after one that failed, only teardown. `log` is told what
 * they log, at once.
 */
export async function checkModule(
  plan: RunPlan,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<readonly CheckedFlow[]> {
  const module = plan.module!;
  const exports = await loadModule(module);
  const flows: CheckedFlow[] = [];
  let prepared = plan;
  const call = async (exported: string, around: Omit<CheckedFlow, "steps">): Promise<unknown> => {
    const steps: { step: CheckedStep; request: ObservedRequest }[] = [];
    const report = stepReporter({ ...prepared, secretVariables: secretVariables(prepared) });
    const observe = (request: ObservedRequest) => {
      const step = { name: maskUrlsIn(request.name), pauseMs: 0, ...report(outcomeOf(request)) };
      steps.push({ step: request.told ? withMessages(step, request) : step, request });
    };
    const problems: string[] = [];
    const { value, exception } = await callOnce(functionOf(exports, exported, module), prepared, {
      signal,
      observe,
      log,
    });
    if (exception !== undefined) problems.push(exception);
    if (signal.aborted) problems.push("interrupted");
    const shown = steps.map(({ step, request }): CheckedStep => {
      const checks = [...step.checks, ...request.pending.checks ?? []];
      return { ...step, checks, passed: step.passed === true && checks.every(({ holds }) => holds) };
    });
    flows.push({ ...around, steps: [...shown, ...ended(around.name, problems)] });
    return value;
  };
  const hasFailed = () => flows.some(({ steps }) => steps.some(({ passed }) => passed !== true));
  if (Object.hasOwn(exports, "setup")) {
    const value = await call("setup", { name: "setup", once: "setup" });
    prepared = { ...plan, vars: shareValue(value) };
  }
  if (!hasFailed()) {
    const scenarios = scenariosOfFlows(plan);
    for (const [i, step] of stepsOf(plan.scenario).entries()) {
      if (step.kind !== "code" || step.exported === undefined) continue;
      const scenario = scenarios[i];
      await call(step.exported, { name: step.name, ...(scenario !== undefined && { scenario }) });
    }
  }
  if (Object.hasOwn(exports, "teardown")) await call("teardown", { name: "teardown", once: "teardown" });
  return flows;
}

/** A WebSocket, or a stream, has messages in place of a response. */
function withMessages({ received: _, sent, ...step }: CheckedStep, observed: ObservedRequest): CheckedStep {
  const shown = observed.grpc ? sent : sent && { ...sent, method: "GET", url: socketUrlOf(sent.url) };
  return { ...step, ...(shown && { sent: shown }), messages: shownMessages(observed) };
}

/** A row for what no request is to blame for. */
function ended(name: string, problems: readonly string[]): readonly CheckedStep[] {
  if (problems.length === 0) return [];
  return [{ name, passed: false, problems, extracted: {}, checks: [], pauseMs: 0 }];
}

/** A request as a step that never was in a file. */
function outcomeOf(
  { name, request, exchange, expect, grpc }: ObservedRequest,
): Parameters<ReturnType<typeof stepReporter>>[0] {
  const isExpected = expect === undefined || expect.includes(exchange.status);
  const step: HttpStep = {
    kind: "http",
    name,
    method: request.method,
    url: request.url.href,
    headers: request.headers,
    isTemplate: false,
    ...(grpc && { grpc }),
    extract: [],
    checks: expect === undefined
      ? []
      : [{ kind: "status", equals: isExpected ? exchange.status : expect[0] ?? 0 }],
  };
  return {
    step,
    request,
    exchange,
    broken: [],
    notFound: [],
    variables: new Map(),
    rows: [],
    index: 0,
    judged: [],
    filled: [],
  };
}
