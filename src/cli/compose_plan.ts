/**
 * Makes the plan of a run out of the settings: only what workers need, all of it JSON-safe.
 *
 * @module
 */
import { checkHttpOptions } from "../client/http_options.ts";
import { UsageError } from "../lib/errors.ts";
import { composeLoad } from "./compose_load.ts";
import type { PlanSources } from "./plan_sources.ts";
import { composeScenario } from "./compose_scenario.ts";
import type { ClientSpec, RunPlan } from "../plan/run_plan.ts";
import { trustedRoots } from "./request_spec.ts";
import { refuseProblems } from "./settings.ts";
import type { MainValues, Settings } from "./settings.ts";

/**
 * The plan for one URL.
 *
 * @throws {UsageError} with every problem: those of the settings, and those that show only now.
 */
export async function composePlan(settings: Settings, sources: PlanSources): Promise<RunPlan> {
  const { values } = settings;
  const problems = [...settings.problems, ...checkHttpOptions(values)];
  const attempt = async <T>(make: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const load = await attempt(() => composeLoad(settings, sources.files.readTextFile));
  const scenario = await attempt(() => composeScenario(settings, sources));
  const caCerts = await attempt(() => trustedRoots(values.caBundle, sources.files));
  refuseProblems(problems);
  return {
    version: 1,
    load: load!,
    scenario: scenario!,
    client: composeClient(values, caCerts ?? []),
    graceMs: values.grace,
    warmupMs: values.warmup,
    seed: values.seed ?? sources.randomSeed(),
    verbosity: values.verbosity,
  };
}

/** How requests travel. `caCerts`: PEM texts. */
export function composeClient(values: MainValues, caCerts: readonly string[]): ClientSpec {
  return {
    kind: values.client,
    keepAlive: values.keepalive,
    timeoutMs: values.timeout,
    maxHeaderBytes: values.maxHeaderSize,
    tls: { verify: !values.insecure, caCerts },
    phases: false,
    verifyLength: values.verifyLength,
    maxRedirects: 0,
    http2: false,
    resolve: [],
    perAddress: false,
  };
}
