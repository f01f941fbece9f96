/**
 * A dry run: each flow of a scenario once, by one user who makes no pauses, with all that was sent, received, extracted
 * and judged, secrets masked.
 *
 * @module
 */
import { maskUrlsIn } from "../lib/mask_url.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import { scenariosOfFlows } from "../plan/parts/plan_parts.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { DataValue, Flow } from "../plan/scenario.ts";
import type { CheckedStep, StepReport } from "../steps/checked_step.ts";
import { type FlowRun, runFlow } from "./run_flow.ts";

/** What one flow did. */
export interface CheckedFlow {
  readonly name: string;
  /** Which of several scenarios it belongs to; absent: there is only one. */
  readonly scenario?: string;
  /** It runs once a run, and is no part of the load. */
  readonly once?: "setup" | "teardown";
  readonly steps: readonly CheckedStep[];
}

/**
 * Runs every flow once, setup before and teardown after them. `signal` ends the step under way. When setup fails, nothing
 * else is tried.
 */
export async function checkFlows(plan: RunPlan, signal: AbortSignal): Promise<readonly CheckedFlow[]> {
  const { setup, teardown } = plan.once ?? {};
  const before = setup && await checkFlow(setup, plan, signal);
  const flows: CheckedFlow[] = before ? [before.checked] : [];
  if (before?.checked.steps.some(({ passed, skipped }) => passed !== true && !skipped)) return flows;
  const prepared = before ? { ...plan, vars: Object.fromEntries(before.variables) } : plan;
  const scenarios = scenariosOfFlows(plan);
  for (const [i, flow] of [...plan.scenario.flows, ...(teardown ? [teardown] : [])].entries()) {
    if (signal.aborted) break;
    const { checked } = await checkFlow(flow, prepared, signal);
    const scenario = scenarios[i];
    flows.push({ ...checked, ...(scenario !== undefined && { scenario: maskUrlsIn(scenario) }) });
  }
  return flows;
}

async function checkFlow(
  flow: Flow,
  plan: RunPlan,
  signal: AbortSignal,
): Promise<{ readonly checked: CheckedFlow; readonly variables: ReadonlyMap<string, DataValue> }> {
  const { steps: reports, variables, isWhole } = await runFlow(flow, plan, signal);
  const pauseMs = loadFacts(plan.load).thinkMs;
  const steps = flow.steps.map((step, i): CheckedStep => ({
    name: maskUrlsIn(step.name),
    ...(reportOf(i, reports) ?? (isWhole ? SKIPPED : UNREACHED)),
    pauseMs: step.thinkMs ?? pauseMs,
  }));
  const { setup, teardown } = plan.once ?? {};
  const once = flow === setup ? "setup" : flow === teardown ? "teardown" : undefined;
  return { checked: { name: maskUrlsIn(flow.name), ...(once && { once }), steps }, variables };
}

/** What is told of a step that was done several times: the first time that it failed. */
function reportOf(step: number, reports: FlowRun["steps"]): StepReport | undefined {
  const own = reports.filter(({ index }) => index === step).map(({ report }) => report);
  const told = own.find(({ passed }) => passed === false) ?? own[0];
  return told && own.length > 1 ? { ...told, times: own.length } : told;
}

/** The flow ended before the step. */
const UNREACHED: StepReport = { problems: [], extracted: {}, checks: [] };
/** It was not to be done. */
const SKIPPED: StepReport = { ...UNREACHED, skipped: true };
