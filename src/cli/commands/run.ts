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
import { RunControl } from "../../fleet/coordination/run_control.ts";
import type { RunOptions } from "../../fleet/coordination/run_local.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { exitCodeOf } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { watchThresholds } from "../../run/conduct/abort_watch.ts";
import { watchPrecision } from "../../run/conduct/until_watch.ts";
import { keepWindows } from "../../run/conduct/warmup_watch.ts";
import { untilNote } from "../../result/verdict/until_verdict.ts";
import { withoutWarmup } from "../../result/without_warmup.ts";
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
import type { Runner } from "../../run/conduct/runner.ts";
import { type MainValues, outputsOf, refuseProblems, type Settings } from "../../run/settings/settings.ts";
import { watchedOnPage, type WatchedRun } from "../../run/conduct/watched_on_page.ts";
import { watchAbsence } from "../../run/conduct/absence_watch.ts";
import { logIn } from "../../run/conduct/log_in.ts";
import { waitReady } from "../../run/conduct/wait_ready.ts";
import { startLogging, withLog } from "../../run/conduct/request_logging.ts";
import { assumedUrl } from "../assumed_scheme.ts";
import { BRIEF_HELP } from "../help/brief.ts";
import { showRun } from "./show_run.ts";
import { type Interrupts, watchInterrupts } from "../signals.ts";
import { printError, TERMINAL } from "../terminal.ts";
import { overwriteProblems } from "../../run/settings/output_place.ts";
import { settleTls } from "../../run/compose/tls_policy.ts";

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
  const baseline = await readBaseline(settings, plan);
  refuseProblems([...searchProblems(settings), ...await overwriteProblems(outputsOf(settings))]);
  using interrupts = watchInterrupts();
  const { signal } = interrupts;
  if (settings.values.waitReady !== undefined) {
    await waitReady(plan, { timeoutMs: settings.values.waitReady, signal, printer: TERMINAL });
  }
  const settledTls = await settleTls(plan, settings.values);
  const loggedIn = await logIn(settledTls.plan);
  for (const { text } of loggedIn.notes) sayLine(TERMINAL, text);
  const settled = { ...settledTls, plan: loggedIn.plan, notes: [...settledTls.notes, ...loggedIn.notes] };
  for (const [i, word] of settings.operands.entries()) {
    if (word !== given.operands[i]) sayLine(TERMINAL, `no scheme given: testing ${word}`);
  }
  for (const hint of bodyHints(settings.values, settings)) sayLine(TERMINAL, hint);
  for (const warning of settings.warnings) printError(`bench: ${warning}\n`);
  const unseen = blindSpot(plan.client.kind);
  const notes: readonly Note[] = [
    ...settled.notes,
    ...thresholdNotes(settings),
    ...(unseen === undefined ? [] : [{ level: "info", text: unseen } as const]),
  ];
  if (settings.values.check) {
    const { checkScenario } = await import("./check_scenario.ts");
    return await checkScenario(settled.plan, settings, interrupts.signal);
  }
  const options = {
    signal: interrupts.signal,
    ...(settled.certificate && { certificate: settled.certificate }),
  };
  const logging = await startLogging(settings.values, TERMINAL);
  const exporting = withLog(logging, await startExporting(settings.values, TERMINAL));
  await using runner = await openRunner(settings.values, { signal: interrupts.signal, printer: TERMINAL });
  // Of several runs, what was measured before a server went away is still told.
  let needsTarget = settings.values.urlMode !== "sequential";
  const told = new Map<RunResult, readonly Note[]>();
  const runPlan = (plan: RunPlan, ending?: RunWatch) => {
    const observers = exporting.observe(plan);
    const running = measure(plan, settings.values, {
      ...options,
      interrupts,
      observers,
      runner,
      needsTarget,
      page,
      ...(ending && { ending }),
      tell: (result, notes) => told.set(result, notes),
    });
    needsTarget = false;
    return running;
  };
  if (settings.values.inspect) (await import("../await_debugger.ts")).awaitDebugger(TERMINAL);
  await using page = watchedOnPage(settings, { printer: TERMINAL, baseline });
  let isCleanedUp = true;
  const code = await runAround(settled.plan, {
    once: onceOf(settled.plan),
    signal,
    setupTimeoutMs: settings.values.setupTimeout,
    warn: (sentence) => {
      isCleanedUp = false;
      sayLine(TERMINAL, sentence);
    },
  }, (plan) =>
    runWhatIsAsked(plan, {
      ...{ run: runPlan, settings, baseline, notes, exporting, page },
      notesOf: (result) => told.get(result) ?? [],
    }));
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

/** Remarks on a request body that may be meant otherwise. */
function bodyHints(
  { body, method, postFile }: MainValues,
  { origins, operands }: Settings,
): readonly string[] {
  if (isGrpcUrl(operands[0])) return [];
  const isFile = body !== undefined && /^@[^\s{}]+$/.test(body);
  const hasMethod = origins.has("method");
  return [
    ...(isFile ? [`-b sends its text as is; -p ${body!.slice(1)} sends the file`] : []),
    ...((body !== undefined || postFile !== undefined) && !hasMethod
      ? [`the body is sent with ${method}; -m POST sends it with POST`]
      : []),
  ];
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

async function measure(
  plan: RunPlan,
  values: MainValues,
  { interrupts, runner, page, tell, ending, ...options }: RunOptions & {
    /** Ends the run before its time. */
    readonly ending?: RunWatch;
    readonly interrupts: Interrupts;
    readonly runner: Runner;
    readonly page: WatchedRun;
    /** Takes what is to be said of a result. */
    readonly tell: (result: RunResult, notes: readonly Note[]) => void;
  },
): Promise<RunResult> {
  const control = new RunControl(plan, {
    isFleet: values.master,
    onStop: () => interrupts.signal.aborted || interrupts.interrupt(),
  });
  const watched = await page.begin(plan, { threads: runner.threadsFor(plan), control });
  const shown = await showRun(plan, values, { threads: runner.threadsFor(plan), interrupts, control });
  const watch = values.abortOnFail && !values.autofind
    ? watchThresholds(plan, { thresholds: values.threshold, ...values.abortOnFail })
    : undefined;
  const absence = options.needsTarget ? watchAbsence(plan) : undefined;
  const precision = values.until.length > 0 ? watchPrecision(plan, values.until) : undefined;
  const start = values.warmup === "auto" ? keepWindows() : undefined;
  const endings = [ending, ...(precision ? [precision] : [])].filter((watch) => watch !== undefined);
  const signals = [
    ...[options.signal, watch?.signal, absence?.signal].filter((signal) => signal !== undefined),
    ...endings.map(({ signal }) => signal),
  ];
  try {
    const observers = [
      ...options.observers ?? [],
      ...shown.observers,
      ...watched,
      ...(watch ? [watch.observe] : []),
      ...(absence ? [absence.observe] : []),
      ...endings.map(({ observe }) => observe),
      ...(start ? [start.observe] : []),
    ];
    const whole = await runner.run(plan, {
      ...options,
      signal: AbortSignal.any(signals),
      observers,
      control,
    });
    absence?.check();
    const trimmed = start && withoutWarmup(whole, start.windows);
    // What ended when all was known has not been cut short.
    const isWhole = endings.some(({ signal }) => signal.aborted) && !options.signal?.aborted &&
      !watch?.aborted;
    const isCut = whole.interrupted && !isWhole;
    const until = precision?.verdicts();
    const result = {
      ...(trimmed?.result ?? whole),
      interrupted: isCut,
      ...(watch?.aborted && { aborted: watch.aborted }),
      ...(until && { until }),
    };
    tell(result, [...(trimmed ? [trimmed.note] : []), ...(until?.map(untilNote) ?? [])]);
    return result;
  } finally {
    shown.close();
  }
}

/** The benchmark itself. */
export const runCommand: Command = {
  spec: benchSpec({}),
  run: (argv, door) => runBench(argv, door),
};
