/**
 * `bench duel A B`: two targets, option sets or builds against each other in short blocks, until the difference is known.
 *
 * @module
 */
import { unfitForBlocks } from "../../campaign/duel.ts";
import { takeOverThread } from "../../client/net/native/own_thread.ts";
import { onceOf } from "../../engine/run_module_once.ts";
import { splitShellCommands } from "../../convert/curl/shell_words.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { type Side, SIDES } from "../../result/duel/duel_block.ts";
import { localThreads } from "../../run/compose/local_threads.ts";
import { type DuelFighter, runDuel } from "../../run/conduct/duel/run_duel.ts";
import { deliverDuel, duelExitCode, duelProgress } from "../../run/deliver/deliver_duel.ts";
import { type DuelCorner, prepareSides } from "../../run/conduct/duel/prepare_sides.ts";
import { freePort, type ServerProcess, startServer } from "../../run/conduct/duel/server_process.ts";
import { runAround } from "../../run/conduct/run_around.ts";
import { waitReady } from "../../run/conduct/wait_ready.ts";
import { sayLine } from "../../run/printer.ts";
import { duelOptions, measureOfRule } from "../../run/settings/duel_options.ts";
import { overwriteProblems } from "../../run/settings/output_place.ts";
import { outputsOf, readSettings, refuseProblems } from "../../run/settings/settings.ts";
import { unitNotes } from "../../result/verdict/judge_run.ts";
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { readTextWithin } from "../../lib/files/read_within.ts";
import { unknownPartProblems } from "../../run/settings/verdict_options.ts";
import { assumedUrl } from "../assumed_scheme.ts";
import type { Command, Door } from "../command.ts";
import { watchInterrupts } from "../signals.ts";
import { printOut, TERMINAL } from "../terminal.ts";

const spec: CommandSpec<typeof duelOptions> = {
  name: "bench duel",
  usage: "[OPTIONS] URL_A URL_B",
  summary:
    "Measures two targets against each other in short interleaved blocks, until it is known how much they " +
    "differ: ratios with intervals that hold whenever you stop.",
  options: duelOptions,
  operands: { max: 2, label: "URLs" },
  sections: [{
    title: "Examples",
    rows: [
      ["bench duel http://localhost:8080/ http://localhost:8081/", "two servers, for a minute at most"],
      ["bench duel --a '' --b '--http2' https://example.com/", "one server, two ways to talk to it"],
      [
        "bench duel --a-run './old -p {port}' --b-run './new -p {port}' 'http://localhost:{port}/'",
        "two builds, started and ended",
      ],
      ["bench duel --fail-on 'p95 > +5%' -d 2m URL_A URL_B", "exit code 3 when B is worse"],
      ["bench duel --rate 500 --metrics p50,p99 URL_A URL_B", "latency at a steady rate"],
    ],
  }],
  version: VERSION,
};

/** How long a server may take until it responds. */
const READY_MS = 30_000;

async function run(argv: readonly string[], door: Door): Promise<number> {
  const reading = await readSettings(spec, argv, {
    environment: {},
    readTextFile: (path) => readTextWithin(path, MAX_TEXT_BYTES),
  });
  if (reading.kind !== "settings") {
    printOut(`${reading.text.trimEnd()}\n`);
    return EXIT.ok;
  }
  const { settings, given } = reading;
  const { values } = settings;
  takeOverThread();
  const corners = await prepareSides({
    settings,
    given,
    bench: door.bench,
    splitWords,
    withScheme: (word) => assumedUrl(word) ?? word,
    portFor: portFinder(),
    warn: say,
  });
  refuseProblems([
    ...SIDES.flatMap((side) => {
      const unfit = unfitForBlocks(corners[side].plan);
      return unfit === undefined ? [] : [
        `Cannot cut the load of ${side.toUpperCase()} into blocks: expected connections, users or a steady rate, found ${unfit}`,
      ];
    }),
    ...new Set(
      SIDES.flatMap((side) => unknownPartProblems("--fail-on", values.failOn, { plan: corners[side].plan })),
    ),
    ...await overwriteProblems(outputsOf(settings)),
  ]);
  for (const { text } of unitNotes(values.failOn)) say(text);
  using interrupts = watchInterrupts();
  const { signal } = interrupts;
  await using servers = new AsyncDisposableStack();
  const ready = async (side: Side): Promise<DuelFighter> => {
    const corner = corners[side];
    const server = corner.start === undefined ? undefined : servers.use(
      startServer(corner.start, { name: side.toUpperCase(), port: corner.port }),
    );
    if (server !== undefined) await awaitReady(corner, server, signal);
    else if (corner.values.waitReady !== undefined) {
      await waitReady(corner.plan, { timeoutMs: corner.values.waitReady, signal, printer: TERMINAL });
    }
    return { ...corner, ...(server && { serverEnded: server.ended }) };
  };
  const fighters = { a: await ready("a"), b: await ready("b") };
  const ruled = values.failOn.flatMap(measureOfRule);
  const measures = [
    ...new Map([...values.metrics, ...ruled].map((measure) => [measure.key, measure])).values(),
  ];
  const progress = duelProgress(values, TERMINAL, values.duration);
  const judging = {
    measures,
    rules: values.failOn,
    confidence: values.confidence,
    precision: values.precision,
  };
  let isCleanedUp = true;
  const around = (side: Side) => ({
    once: onceOf(corners[side].plan),
    signal,
    setupTimeoutMs: corners[side].values.setupTimeout,
    warn: (sentence: string) => {
      isCleanedUp = false;
      say(sentence);
    },
  });
  const result = await runAround(
    corners.a.plan,
    around("a"),
    (a) =>
      runAround(
        corners.b.plan,
        around("b"),
        (b) =>
          runDuel({ a: { ...fighters.a, plan: a }, b: { ...fighters.b, plan: b } }, {
            ...judging,
            durationMs: values.duration,
            blockMs: values.block,
            seed: corners.a.plan.seed,
            threadsFor: (plan) => localThreads(plan, corners.a.values),
            signal,
            onPair: (pairs, elapsedMs) => progress.show(pairs, judging, elapsedMs),
          }),
      ),
  );
  progress.clear();
  const isDelivered = await deliverDuel(result, values, TERMINAL);
  const code = duelExitCode(result);
  return code === EXIT.ok && !(isDelivered && isCleanedUp) ? EXIT.failed : code;
}

function say(sentence: string): void {
  sayLine(TERMINAL, sentence);
}

/** Waits for a server that a command started; its early end ends the wait. */
async function awaitReady(
  { plan }: DuelCorner,
  { ended }: ServerProcess,
  signal: AbortSignal,
): Promise<void> {
  const either = AbortSignal.any([signal, ended]);
  await waitReady(plan, { timeoutMs: READY_MS, signal: either, printer: TERMINAL });
  if (ended.aborted) throw ended.reason;
  if (signal.aborted) throw new UsageError("The duel was interrupted before it began");
}

/** @throws {UsageError} when that is more than one command's words */
function splitWords(text: string): readonly string[] {
  const { commands } = splitShellCommands(text);
  if (commands.length > 1) throw new UsageError(`put quotes around what has &, ; or | in it: ${text}`);
  return commands[0]?.words ?? [];
}

/** Finds a free port for each side, the same each time. */
function portFinder(): (side: Side) => number {
  const ports: Partial<Record<Side, number>> = {};
  return (side) => ports[side] ??= freePort();
}

/** `bench duel`. */
export const duelCommand: Command = { spec, run };
