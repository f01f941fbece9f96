/**
 * The benchmark: settings to plan, plan to result, result to reports and exit code.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { autofindSearchFrom } from "../../campaign/autofind_options.ts";
import { OPEN_LOOP_CONNECTIONS } from "../../load/rate_options.ts";
import { thinkJitterFrom, thinkMsFrom } from "../../load/users_options.ts";
import { clientProblems } from "../../client/registry.ts";
import { checkFleetOptions, isWorker } from "../../fleet/fleet_options.ts";
import type { RunOptions } from "../../fleet/coordination/run_local.ts";
import { EXIT } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { uniqueRowProblems } from "../../scenario/data_set.ts";
import { stepsOf } from "../../plan/scenario.ts";
import { exitCodeOf } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { watchThresholds } from "../../run/conduct/abort_watch.ts";
import { machineProblems } from "../../run/compose/resource_limits.ts";
import { readBaseline } from "../../run/deliver/baseline.ts";
import { deliverOutcome } from "../../run/deliver/deliver_outcome.ts";
import { judgedOutcome, type Judging, thresholdNotes } from "../../run/deliver/judged_outcome.ts";
import { composePlan } from "../../run/compose/compose_plan.ts";
import { LOCAL_SOURCES } from "../../run/compose/plan_sources.ts";
import { permissionProblems } from "../../run/compose/permissions.ts";
import { mainCommand } from "../main_command.ts";
import { tryReports } from "../../run/deliver/deliver_reports.ts";
import { forgetEnvironmentProxies } from "../../run/compose/environment_proxies.ts";
import { type Exporting, startExporting } from "../../run/conduct/exporting.ts";
import { checkThresholdSteps } from "../../run/settings/verdict_options.ts";
import { runAutofind } from "../../run/conduct/run_autofind.ts";
import { runUrlList } from "../../run/conduct/run_url_list.ts";
import { openRunner } from "../../run/conduct/open_runner.ts";
import { localThreads, type Runner, runnerProblems } from "../../run/conduct/runner.ts";
import { type MainValues, readSettings, refuseProblems, type Settings } from "../../run/settings/settings.ts";
import { startLogging, withLog } from "../../run/conduct/request_logging.ts";
import { showRun } from "../show_run.ts";
import { type Interrupts, watchInterrupts } from "../signals.ts";
import { printError, printOut } from "../terminal.ts";
import { settleTls } from "../../run/compose/tls_policy.ts";

/** Runs one benchmark; returns the exit code. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const reading = await readSettings(mainCommand, argv, {
    environment: Deno.env.toObject(),
    readTextFile: (path) => Deno.readTextFile(path),
  });
  if (reading.kind !== "settings") {
    printOut(`${reading.text.trimEnd()}\n`);
    return EXIT.ok;
  }
  const { settings } = reading;
  if (isWorker(settings.values)) {
    const { workerCommand } = await import("./worker.ts");
    return await workerCommand(settings);
  }
  const plan = await checkedPlan(settings);
  refuseProblems(await permissionProblems(plan, localThreads(plan, settings.values)));
  if (plan.client.kind === "fetch") forgetEnvironmentProxies();
  const baseline = await readBaseline(settings, plan);
  const settled = await settleTls(plan, settings.values);
  for (const warning of settings.warnings) printError(`bench: ${warning}\n`);
  const notes = [...settled.notes, ...thresholdNotes(settings)];
  using interrupts = watchInterrupts();
  if (settings.values.check) {
    const { checkScenario } = await import("./check_scenario.ts");
    return await checkScenario(settled.plan, settings, interrupts.signal);
  }
  const options = {
    signal: interrupts.signal,
    ...(settled.certificate && { certificate: settled.certificate }),
  };
  const logging = await startLogging(settings.values);
  const exporting = withLog(logging, await startExporting(settings.values));
  await using runner = await openRunner(settings.values, interrupts.signal);
  const run = (plan: RunPlan) => {
    const observers = exporting.observe(plan);
    return measure(plan, settings.values, { ...options, interrupts, observers, runner });
  };
  return await runWhatIsAsked(settled.plan, { run, settings, baseline, notes, exporting });
}

/** A search, one URL after another, or, mostly, a single run. */
async function runWhatIsAsked(
  plan: RunPlan,
  { run, settings, baseline, notes, exporting }: Judging & {
    readonly run: (plan: RunPlan) => Promise<RunResult>;
    readonly exporting: Exporting;
  },
): Promise<number> {
  const { values } = settings;
  const search = autofindSearchFrom(values, searchContext(settings));
  if (search) return await runAutofind(plan, search, { run, settings, exporting });
  if (values.urlMode === "sequential" && values.urlFile !== undefined) {
    const judge = (result: RunResult) => judgedOutcome(result, { settings, baseline, notes });
    return await runUrlList(plan, { run, settings, exporting, judge });
  }
  const result = await run(plan);
  const exported = await exporting.finish(result);
  const outcome = judgedOutcome(result, { settings, baseline, notes: [...notes, ...exported.notes] });
  const isDelivered = await deliverOutcome(outcome, values);
  return exitCodeOf({ ...outcome, undelivered: !isDelivered || !exported.isComplete });
}

/** What a search for capacity takes from the options of other loads. */
function searchContext({ values, origins }: Settings): Parameters<typeof autofindSearchFrom>[1] {
  return {
    thinkMs: thinkMsFrom(values, values.scenario !== undefined),
    thinkJitter: thinkJitterFrom(values, values.scenario !== undefined),
    maxConnections: origins.has("connections")
      ? values.connections * (values.streams ?? 1)
      : OPEN_LOOP_CONNECTIONS,
  };
}

/** The plan, after everything that can be refused has been; no load is sent before. */
async function checkedPlan(settings: Settings): Promise<RunPlan> {
  const warnings: string[] = [];
  const attempts = await Promise.allSettled([
    composePlan(settings, { ...LOCAL_SOURCES, warn: (sentence) => warnings.push(sentence) }),
    tryReports(settings.values),
    Promise.try(() => refuseProblems(checkFleetOptions(settings.values))),
  ]);
  const failed = attempts.filter((attempt) => attempt.status === "rejected");
  const unexpected = failed.find(({ reason }) => !Array.isArray(reason?.problems));
  if (unexpected) throw unexpected.reason;
  refuseProblems(failed.flatMap(({ reason }) => reason.problems as string[]));
  const plan = (attempts[0] as PromiseFulfilledResult<RunPlan>).value;
  refuseProblems([
    ...clientProblems(plan.client),
    ...(settings.values.check ? [] : uniqueRowProblems(plan.scenario, plan.load)),
    ...runnerProblems(settings.values, plan),
    ...(settings.values.master ? [] : machineProblems(plan, localThreads(plan, settings.values))),
  ]);
  checkThresholdSteps(settings.values.threshold, stepsOf(plan.scenario).map((step) => maskUrlsIn(step.name)));
  for (const warning of warnings) printError(`bench: ${escapeTerminal(warning)}\n`);
  return plan;
}

async function measure(
  plan: RunPlan,
  values: MainValues,
  { interrupts, runner, ...options }: RunOptions & {
    readonly interrupts: Interrupts;
    readonly runner: Runner;
  },
): Promise<RunResult> {
  const shown = await showRun(plan, values, { threads: runner.threadsFor(plan), interrupts });
  const watch = values.abortOnFail && !values.autofind
    ? watchThresholds(plan, { thresholds: values.threshold, ...values.abortOnFail })
    : undefined;
  const signals = [options.signal, watch?.signal].filter((signal) => signal !== undefined);
  try {
    const observers = [...options.observers ?? [], ...shown.observers, ...(watch ? [watch.observe] : [])];
    const result = await runner.run(plan, { ...options, signal: AbortSignal.any(signals), observers });
    return watch?.aborted ? { ...result, aborted: watch.aborted } : result;
  } finally {
    shown.close();
  }
}
