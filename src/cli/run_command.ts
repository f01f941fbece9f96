/**
 * The benchmark: settings to plan, plan to result, result to reports and exit code.
 *
 * @module
 */
import { autofindSearchFrom } from "../campaign/autofind_options.ts";
import { OPEN_LOOP_CONNECTIONS } from "../load/rate_options.ts";
import { thinkMsFrom } from "../load/users_options.ts";
import { clientProblems } from "../client/registry.ts";
import { checkFleetOptions, isWorker } from "../fleet/fleet_options.ts";
import type { RunOptions } from "../fleet/run_local.ts";
import { EXIT } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { uniqueRowProblems } from "../scenario/data_set.ts";
import { stepsOf } from "../plan/scenario.ts";
import { exitCodeOf, type Note, type Outcome } from "../result/outcome.ts";
import { overallStats, type RunResult, stepStats } from "../result/run_result.ts";
import { judge } from "../result/threshold.ts";
import { isSound } from "../result/trust.ts";
import { composePlan } from "./compose_plan.ts";
import { LOCAL_SOURCES } from "./plan_sources.ts";
import { permissionProblems } from "./permissions.ts";
import { configSnapshot } from "./config_snapshot.ts";
import { mainCommand } from "./main_command.ts";
import { deliverReports, tryReports } from "./deliver_reports.ts";
import { forgetEnvironmentProxies } from "./environment_proxies.ts";
import { type Exporting, startExporting } from "./exporting.ts";
import { checkThresholdSteps } from "./report_options.ts";
import { runAutofind } from "./run_autofind.ts";
import { runUrlList } from "./run_url_list.ts";
import { openRunner } from "./open_runner.ts";
import { localThreads, type Runner, runnerProblems } from "./runner.ts";
import { machineLimits, machineProblems, resourceNotes } from "./resource_limits.ts";
import { type MainValues, readSettings, refuseProblems, type Settings } from "./settings.ts";
import { showRun } from "./show_run.ts";
import { type Interrupts, watchInterrupts } from "./signals.ts";
import { printError, printOut } from "./terminal.ts";
import { settleTls } from "./tls_policy.ts";
import { trustNotes } from "./trust_notes.ts";

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
    const { workerCommand } = await import("./worker_command.ts");
    return await workerCommand(settings);
  }
  const plan = await checkedPlan(settings);
  refuseProblems(await permissionProblems(plan, localThreads(plan, settings.values)));
  if (plan.client.kind === "fetch") forgetEnvironmentProxies();
  const settled = await settleTls(plan, settings.values);
  for (const warning of settings.warnings) printError(`bench: ${warning}\n`);
  const notes = [...settled.notes, ...unitNotes(settings)];
  using interrupts = watchInterrupts();
  if (settings.values.check) {
    const { checkScenario } = await import("./check_scenario.ts");
    return await checkScenario(settled.plan, settings, interrupts.signal);
  }
  const options = {
    signal: interrupts.signal,
    ...(settled.certificate && { certificate: settled.certificate }),
  };
  const exporting = await startExporting(settings.values);
  await using runner = await openRunner(settings.values, interrupts.signal);
  const run = (plan: RunPlan) => {
    const observers = exporting.observe(plan);
    return measure(plan, settings.values, { ...options, interrupts, observers, runner });
  };
  return await runWhatIsAsked(settled.plan, { run, settings, notes, exporting });
}

/** A search, one URL after another, or, mostly, a single run. */
async function runWhatIsAsked(
  plan: RunPlan,
  { run, settings, notes, exporting }: {
    readonly run: (plan: RunPlan) => Promise<RunResult>;
    readonly settings: Settings;
    readonly notes: readonly Note[];
    readonly exporting: Exporting;
  },
): Promise<number> {
  const { values } = settings;
  const search = autofindSearchFrom(values, searchContext(settings));
  if (search) return await runAutofind(plan, search, { run, settings, exporting });
  if (values.urlMode === "sequential" && values.urlFile !== undefined) {
    const judge = (result: RunResult) => judged(result, settings, notes);
    return await runUrlList(plan, { run, settings, exporting, judge });
  }
  const result = await run(plan);
  const exported = await exporting.finish(result);
  const outcome = judged(result, settings, [...notes, ...exported.notes]);
  const delivered = await deliverReports(outcome, values);
  return exitCodeOf({ ...outcome, undelivered: !delivered || !exported.isComplete });
}

/** What a search for capacity takes from the options of other loads. */
function searchContext({ values, origins }: Settings): Parameters<typeof autofindSearchFrom>[1] {
  return {
    thinkMs: thinkMsFrom(values, values.scenario !== undefined),
    thinkJitter: values.thinkJitter,
    maxConnections: origins.has("connections") ? values.connections : OPEN_LOOP_CONNECTIONS,
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
    ...uniqueRowProblems(plan.scenario, plan.load),
    ...runnerProblems(settings.values, plan),
    ...(settings.values.master ? [] : machineProblems(plan, localThreads(plan, settings.values))),
  ]);
  checkThresholdSteps(settings.values.threshold, stepsOf(plan.scenario).map((step) => step.name));
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
  try {
    const observers = [...options.observers ?? [], ...shown.observers];
    return await runner.run(plan, { ...options, observers });
  } finally {
    shown.close();
  }
}

function judged(result: RunResult, settings: Settings, notes: readonly Note[]): Outcome {
  const steps = stepsOf(result.plan.scenario).map((step) => step.name);
  return {
    result,
    config: configSnapshot(settings, result.plan),
    tags: Object.fromEntries(settings.values.tag),
    thresholds: settings.values.threshold.map((threshold) =>
      judge(
        threshold,
        threshold.step === undefined
          ? overallStats(result)
          : stepStats(result, steps.indexOf(threshold.step)),
      )
    ),
    notes: [...notes, ...resourceNotes(result, machineLimits()), ...trustNotes(result)],
    regressed: false,
    undelivered: false,
    distrusted: settings.values.strictTrust && !isSound(result),
  };
}

function unitNotes({ values }: Settings): readonly Note[] {
  return values.threshold.filter(({ isUnitMissing }) => isUnitMissing).map(({ expression }) => ({
    level: "warning",
    text: `"${expression}" has no unit: taken as seconds`,
  }));
}
