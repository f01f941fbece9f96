/**
 * The benchmark: settings to plan, plan to result, result to reports and exit code.
 *
 * @module
 */
import { takeOverThread } from "../../client/net/native/own_thread.ts";
import { blindSpot } from "../../client/registry.ts";
import type { Note } from "../../result/outcome.ts";
import { autofindSearchFrom } from "../../campaign/autofind_options.ts";
import { OPEN_LOOP_CONNECTIONS } from "../../load/load_options.ts";
import { thinkJitterFrom, thinkMsFrom } from "../../load/users_options.ts";
import { checkFleetOptions, isWorker } from "../../fleet/fleet_options.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { exitCodeOf } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { readBaseline } from "../../run/deliver/baseline.ts";
import { deliverOutcome } from "../../run/deliver/deliver_outcome.ts";
import { hasOtherWork } from "../../run/compose/local_threads.ts";
import { judgedOutcome, type Judging, thresholdNotes } from "../../run/deliver/judged_outcome.ts";
import { isGrpcUrl } from "../../run/compose/grpc_target.ts";
import { composeChecked } from "../../run/compose/compose_checked.ts";
import { tryReports } from "../../run/deliver/deliver_reports.ts";
import type { Command, Door } from "../command.ts";
import { gatherSettings } from "../command_settings.ts";
import { benchSpec } from "../help/bench_spec.ts";
import { forgetEnvironmentProxies } from "../../run/compose/environment_proxies.ts";
import { sayLine } from "../../run/printer.ts";
import { type Exporting, startExporting } from "../../run/conduct/exporting.ts";
import { onceOf } from "../../engine/run_module_once.ts";
import { runAround } from "../../run/conduct/run_around.ts";
import { runAutofind, type RunWatch, searchProblems } from "../../run/conduct/run_autofind.ts";
import { runUrlList } from "../../run/conduct/run_url_list.ts";
import { openRunner } from "../../run/conduct/open_runner.ts";
import { type MainValues, outputsOf, refuseProblems, type Settings } from "../../run/settings/settings.ts";
import { watchedOnPage, type WatchedRun } from "../../run/conduct/watched_on_page.ts";
import { logIn } from "../../run/conduct/log_in.ts";
import { waitReady } from "../../run/conduct/wait_ready.ts";
import { startLogging, withLog } from "../../run/conduct/request_logging.ts";
import { assumedUrl } from "../assumed_scheme.ts";
import { BRIEF_HELP } from "../help/brief.ts";
import { type Interrupts, watchInterrupts } from "../signals.ts";
import { printError, TERMINAL } from "../terminal.ts";
import { measureRun } from "../running/measure_run.ts";
import { overwriteProblems } from "../../run/settings/output_place.ts";
import { type SettledTls, settleTls } from "../../run/compose/tls_policy.ts";

/** Runs one benchmark; returns the exit code. `command`: what repeats it, where its words would not. */
export async function runBench(
  argv: readonly string[],
  { bench }: Door,
  command?: string,
): Promise<number> {
  const given = await gatherSettings(bench, argv, Deno.env.toObject());
  if (given === undefined) return EXIT.ok;
  const settings = { ...withScheme(given), ...(command !== undefined && { command }) };
  if (argv.length === 0 && settings.operands.length === 0 && !namesTarget(settings)) {
    printError(`${BRIEF_HELP}\n\nbench: no target: expected a URL, such as http://localhost:8080/\n`);
    return EXIT.failed;
  }
  if (isWorker(settings.values)) {
    const { runWorker } = await import("./worker.ts");
    return await runWorker(settings);
  }
  if (!hasOtherWork(settings.values)) takeOverThread();
  const plan = await readPlan(settings);
  const baseline = await readBaseline(settings, plan);
  refuseProblems([...searchProblems(settings), ...await overwriteProblems(outputsOf(settings))]);
  using interrupts = watchInterrupts();
  const ready = await makeReady(plan, settings, interrupts.signal);
  for (const hint of hintsOn(settings, given)) sayLine(TERMINAL, hint);
  for (const warning of settings.warnings) printError(`bench: ${warning}\n`);
  if (settings.values.check) {
    const { checkScenario } = await import("./check_scenario.ts");
    return await checkScenario(ready.plan, settings, interrupts.signal);
  }
  return await runToEnd(ready, settings, { baseline, interrupts });
}

/** The plan that the settings ask for. @throws {UsageError} with everything that can be found wrong before any load */
async function readPlan(settings: Settings): Promise<RunPlan> {
  const composing = composeChecked(settings, {
    warn: (sentence) => sayLine(TERMINAL, sentence),
    alongside: [
      tryReports(settings.values),
      Promise.try(() => refuseProblems(checkFleetOptions(settings.values))),
    ],
  });
  const plan = await composing.catch((error) => {
    throw withScenarioHelp(error, settings.values);
  });
  if (plan.client.kind === "fetch") forgetEnvironmentProxies();
  return plan;
}

/** A plan whose server is there, and what its reports are to say besides. */
interface Ready extends Pick<SettledTls, "plan" | "certificate"> {
  readonly notes: readonly Note[];
}

/** Waits for the server if that is asked for, settles TLS with it, and logs in. */
async function makeReady(plan: RunPlan, settings: Settings, signal: AbortSignal): Promise<Ready> {
  const { waitReady: timeoutMs } = settings.values;
  if (timeoutMs !== undefined) await waitReady(plan, { timeoutMs, signal, printer: TERMINAL });
  const settledTls = await settleTls(plan, settings.values);
  const loggedIn = await logIn(settledTls.plan);
  for (const { text } of loggedIn.notes) sayLine(TERMINAL, text);
  const unseen = blindSpot(plan.client.kind);
  return {
    ...settledTls,
    plan: loggedIn.plan,
    notes: [
      ...settledTls.notes,
      ...loggedIn.notes,
      ...thresholdNotes(settings),
      ...(unseen === undefined ? [] : [{ level: "info", text: unseen } as const]),
    ],
  };
}

/** From a plan that is ready to reports and exit code. */
async function runToEnd(
  { plan: ready, certificate, notes }: Ready,
  settings: Settings,
  { baseline, interrupts }: Pick<Judging, "baseline"> & { readonly interrupts: Interrupts },
): Promise<number> {
  const { values } = settings;
  const { signal } = interrupts;
  const logging = await startLogging(values, TERMINAL);
  const exporting = withLog(logging, await startExporting(values, TERMINAL));
  await using runner = await openRunner(values, { signal, printer: TERMINAL });
  await using page = watchedOnPage(settings, { printer: TERMINAL, baseline });
  // Of several runs, what was measured before a server went away is still told.
  let needsTarget = values.urlMode !== "sequential";
  const told = new Map<RunResult, readonly Note[]>();
  const run = (plan: RunPlan, ending?: RunWatch) => {
    const running = measureRun(plan, values, {
      ...(certificate && { certificate }),
      interrupts,
      observers: exporting.observe(plan),
      runner,
      needsTarget,
      page,
      ...(ending && { ending }),
      tell: (result, notes) => told.set(result, notes),
    });
    needsTarget = false;
    return running;
  };
  if (values.inspect) (await import("../await_debugger.ts")).awaitDebugger(TERMINAL);
  let isCleanedUp = true;
  const around = {
    once: onceOf(ready, (line) => printError(`${escapeTerminal(line)}\n`)),
    signal,
    setupTimeoutMs: values.setupTimeout,
    warn: (sentence: string) => {
      isCleanedUp = false;
      sayLine(TERMINAL, sentence);
    },
  };
  const notesOf = (result: RunResult) => told.get(result) ?? [];
  const code = await runAround(
    ready,
    around,
    (plan) => runWhatIsAsked(plan, { run, settings, baseline, notes, exporting, page, notesOf }),
  );
  return code === EXIT.ok && !isCleanedUp ? EXIT.failed : code;
}

/** Whether a file that was given may name the target. */
function namesTarget({ values }: Settings): boolean {
  return values.scenario !== undefined || values.urlFile !== undefined || values.worker !== undefined ||
    values.nats !== undefined || values.config !== undefined;
}

/** What is wrong in a scenario file is explained by its topic. */
function withScenarioHelp(error: unknown, { scenario }: MainValues): unknown {
  const isOfFile = error instanceof UsageError && scenario !== undefined &&
    error.problems.some((problem) => problem.startsWith(`${scenario}:`));
  if (isOfFile) error.help = "bench help scenarios";
  return error;
}

/** The settings with `http://` before a target where nothing else can be meant. */
function withScheme(settings: Settings): Settings {
  const operands = settings.operands.map((word) => assumedUrl(word) ?? word);
  return { ...settings, operands };
}

/** Remarks on what may be meant otherwise: targets without a scheme, and request bodies. */
function hintsOn({ values, operands, origins }: Settings, given: Settings): readonly string[] {
  const { body, method, postFile } = values;
  const assumed = operands.filter((word, i) => word !== given.operands[i]);
  const hints = assumed.map((word) => `no scheme given: testing ${word}`);
  if (isGrpcUrl(operands[0])) return hints;
  if (body !== undefined && /^@[^\s{}]+$/.test(body)) {
    hints.push(`-b sends its text as is; -p ${body.slice(1)} sends the file`);
  }
  if ((body !== undefined || postFile !== undefined) && !origins.has("method")) {
    hints.push(`the body is sent with ${method}; -m POST sends it with POST`);
  }
  return hints;
}

/** A search, one URL after another, or, mostly, a single run. */
async function runWhatIsAsked(
  plan: RunPlan,
  { run, settings, baseline, notes, exporting, page, notesOf }: Judging & {
    readonly run: (plan: RunPlan, ending?: RunWatch) => Promise<RunResult>;
    readonly exporting: Exporting;
    readonly page: WatchedRun;
    /** What is to be told of one run alone. */
    readonly notesOf: (result: RunResult) => readonly Note[];
  },
): Promise<number> {
  const { values } = settings;
  const search = autofindSearchFrom(values, searchContext(settings));
  if (search) return await runAutofind(plan, search, { run, settings, exporting, printer: TERMINAL });
  if (values.urlMode === "sequential" && values.urlFile !== undefined) {
    const judge = (result: RunResult) =>
      judgedOutcome(result, { settings, baseline, notes: [...notes, ...notesOf(result)] });
    return await runUrlList(plan, { run, settings, exporting, judge, printer: TERMINAL });
  }
  const result = await run(plan);
  const exported = await exporting.finish(result);
  const told = [...notes, ...notesOf(result), ...exported.notes];
  const outcome = judgedOutcome(result, { settings, baseline, notes: told });
  const isDelivered = await deliverOutcome(outcome, values, TERMINAL);
  await page.finish(outcome);
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

/** The benchmark itself. */
export const runCommand: Command = {
  spec: benchSpec({}),
  run: (argv, door) => runBench(argv, door),
};
