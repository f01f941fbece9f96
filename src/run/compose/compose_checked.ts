/**
 * The plan that settings ask for, after everything that can be refused has been: the same checks for the command and for
 * the library. No load is sent before.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { clientProblems } from "../../client/registry.ts";
import { awaitAll } from "../../lib/errors.ts";
import { connectionsOf, loadFacts } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { isCode, isReplay, stepsOf } from "../../plan/scenario.ts";
import { planParts } from "../../plan/parts/plan_parts.ts";
import { uniqueRowProblems } from "../../scenario/data_set.ts";
import { stepKind } from "../../steps/registry.ts";
import { asTyped } from "../settings/as_typed.ts";
import { refuseProblems, type Settings } from "../settings/settings.ts";
import { checkThresholdParts, unknownPartProblems } from "../settings/verdict_options.ts";
import { composePlan } from "./compose_plan.ts";
import { localThreads } from "./local_threads.ts";
import { findPermissionProblems } from "./permissions.ts";
import { LOCAL_SOURCES } from "./plan_sources.ts";
import { machineProblems } from "./resource_limits.ts";

/** What goes along with composing. */
export interface Checking {
  /** Takes what is odd and yet no reason to refuse it; called when nothing is refused. */
  warn(sentence: string): void;
  /** Further checks, whose problems are told together with the plan's. */
  readonly alongside?: readonly Promise<void>[];
}

/**
 * Composes and checks.
 *
 * @throws {UsageError} with every problem found
 */
export async function composeChecked(settings: Settings, checking: Checking): Promise<RunPlan> {
  try {
    return await composeAndCheck(settings, checking);
  } catch (error) {
    throw asTyped(error, settings);
  }
}

async function composeAndCheck(
  settings: Settings,
  { warn, alongside = [] }: Checking,
): Promise<RunPlan> {
  const { values } = settings;
  const warnings: string[] = [];
  const sources = { ...LOCAL_SOURCES, warn: (sentence: string) => warnings.push(sentence) };
  const [plan] = await awaitAll<[RunPlan, ...void[]]>([composePlan(settings, sources), ...alongside]);
  const threads = localThreads(plan, values);
  refuseProblems([
    ...clientProblems(plan.client),
    ...(values.check ? [] : await findRowProblems(plan)),
    ...divisionProblems(plan, values),
    ...(values.master ? [] : machineProblems(plan, threads)),
  ]);
  // What a module calls its requests is known when it makes them.
  if (!isCode(plan.scenario) && !isReplay(plan.scenario)) {
    const { scenario } = plan;
    const checks = stepsOf(scenario).flatMap((step) => stepKind(step.kind).checks?.(step, scenario) ?? []);
    checkThresholdParts(values.threshold, { plan }, { checks, metrics: [] });
  }
  refuseProblems([
    ...unknownPartProblems("--until", values.until, { plan }),
    ...unknownPartProblems("--fail-on", values.failOn, { plan }),
    ...await findPermissionProblems(plan, threads),
  ]);
  warnings.forEach(warn);
  return plan;
}

/** Data sets with too few rows for a load, or for one of several that draws from them. */
async function findRowProblems(plan: RunPlan): Promise<readonly string[]> {
  if (loadFacts(plan.load).parts === undefined) return uniqueRowProblems(plan.scenario, plan.load);
  const { usedSets } = await import("../../scenario/compile.ts");
  const problems = planParts(plan).flatMap(({ plan: { scenario, load } }) => {
    const used = new Set(scenario.flows.flatMap((flow) => usedSets(flow, scenario)));
    return uniqueRowProblems({ ...scenario, data: scenario.data.filter((_, i) => used.has(i)) }, load);
  });
  return [...new Set(problems)];
}

/** What speaks against dividing a plan among the workers that were asked for. */
function divisionProblems(
  plan: RunPlan,
  { master, expectWorkers }: Settings["values"],
): readonly string[] {
  const users = connectionsOf(plan);
  if (!master || expectWorkers === undefined || users >= expectWorkers) return [];
  return [
    `Cannot divide ${formatCounted(users, "connection")} among ${expectWorkers} workers: ` +
    "give each at least one, with -c or -u",
  ];
}
