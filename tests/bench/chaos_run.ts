/**
 * One run of this program, as a process of its own, against a real nginx that restarts again and again behind a proxy
 * that misbehaves in every way it knows; and what must hold of it.
 *
 * @module
 */
import { ended, startProgram } from "../_support/program.ts";
import { type ChaosCounts, startChaosProxy } from "./chaos_proxy.ts";
import { startNginx } from "./nginx.ts";
import { firstAndLast, peakOf, type ProcessSample, watchProcess } from "./watch_process.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause, until } from "../_support/wait.ts";

/** How long and how hard. */
export interface ChaosOptions {
  readonly seconds: number;
  readonly connections: number;
  readonly threads: number;
  readonly seed: number;
  /** Whose sockets; absent: as the program chooses. */
  readonly sockets?: string;
  /** The run may end as soon as this holds; absent: it takes its time. */
  readonly isEnough?: (counts: ChaosCounts, restarts: number) => boolean;
}

/** What was seen. */
export interface ChaosReport {
  readonly code: number;
  /** What the program said on standard error. */
  readonly said: string;
  /** Its JSON result. */
  readonly result: ChaosResult;
  readonly counts: ChaosCounts;
  readonly restarts: number;
  readonly samples: readonly ProcessSample[];
  /** Peaks in the first and the last fifth of the run. */
  readonly descriptors: readonly [first: number, last: number];
  readonly bytes: readonly [first: number, last: number];
}

/** The parts of the JSON result that are looked at. */
export interface ChaosResult {
  readonly total_requests: number;
  readonly total_errors: number;
  readonly unfinished_requests: number;
  readonly reconnects: number;
  readonly connections_opened: number;
  readonly error_types: Readonly<Record<string, number>>;
  readonly lost_workers: readonly unknown[];
}

/** The timeout of each request: longer than good answers take on a busy machine, short enough for many of them. */
const TIMEOUT_SEC = 1;
const RESTART_EVERY_MS = 3000;

/** Failures of requests that may never have arrived. */
const MAYBE_UNSENT = ["connection_refused", "connect_timeout", "connection_reset", "no_response"]
  .concat("unexpected_bytes", "timeout", "HTTP 503");

/** Runs. Needs nginx and openssl. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seconds } = options;
  await using temp = await tempDir();
  const dir = temp.path;
  const nginx = await startNginx();
  const proxy = await startChaosProxy(Number(new URL(nginx.url("small", false)).port), options.seed);
  let isRunning = true;
  let restarts = 0;
  const restarting = (async () => {
    while (isRunning) {
      await pause(RESTART_EVERY_MS);
      if (isRunning) await nginx.restart();
      restarts++;
    }
  })();
  try {
    const child = startProgram([
      ...[
        "--sockets",
        options.sockets ?? "auto",
        "-d",
        `${seconds}`,
        "-c",
        `${options.connections}`,
        "-t",
        `${options.threads}`,
        "--no-progress",
      ],
      ...[
        "--timeout",
        `${TIMEOUT_SEC}`,
        "--json",
        `${dir}/result.json`,
        `http://127.0.0.1:${proxy.port}/small`,
      ],
    ]);
    const output = ended(child);
    let isOver = false;
    const ending = options.isEnough === undefined
      ? undefined
      : until(() => isOver || options.isEnough!(proxy.counts, restarts)).finally(() => stop(child));
    const samples = await watchProcess(child, seconds + 60);
    const { code, err } = await output;
    isOver = true;
    await ending;
    isRunning = false;
    await restarting;
    const [first, last] = firstAndLast(samples);
    const over = (key: "bytes" | "descriptors") => [peakOf(first, key), peakOf(last, key)] as const;
    return {
      code,
      said: err,
      result: JSON.parse(await Deno.readTextFile(`${dir}/result.json`)),
      counts: proxy.counts,
      restarts,
      samples,
      descriptors: over("descriptors"),
      bytes: over("bytes"),
    };
  } finally {
    isRunning = false;
    await restarting;
    await proxy.close();
    await nginx.stop();
  }
}

function stop(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGINT");
  } catch {
    // It has ended by itself.
  }
}

/** What did not hold, one sentence each. `maxGrowth`: of memory, last fifth over first. */
export function chaosProblems(
  report: ChaosReport,
  options: ChaosOptions,
  maxGrowth: number,
): readonly string[] {
  const { result, counts, code, said } = report;
  const succeeded = result.total_requests - result.total_errors;
  const started = result.total_requests + result.unfinished_requests;
  const dropped = MAYBE_UNSENT.reduce((sum, kind) => sum + (result.error_types[kind] ?? 0), 0);
  const failed = Object.values(result.error_types).reduce((sum, count) => sum + count, 0);
  // Answers that go out whole as the misbehaviours of their names have it: to be read as successes.
  const wholeResponses = counts.good + (counts.misdeeds["a late second answer"] ?? 0) +
    (counts.misdeeds["drip"] ?? 0);
  const maxDescriptors = 2 * options.connections + 100;
  const checks: readonly (readonly [boolean, string])[] = [
    [code === 0, `exit code ${code}, not 0`],
    [!/unhandled|uncaught|panick|\n\s+at /i.test(said), `an exception: ${said.slice(0, 500)}`],
    [result.lost_workers.length === 0, `lost threads: ${JSON.stringify(result.lost_workers)}`],
    [failed === result.total_errors, `${failed} errors by kind, ${result.total_errors} in all`],
    [succeeded > 0, "no request succeeded"],
    [
      counts.requests <= started + result.reconnects,
      `${counts.requests} requests arrived, of ${started} started`,
    ],
    [
      counts.requests >= started - result.unfinished_requests - dropped,
      `${counts.requests} requests arrived, of ${started} started, of which ${dropped} may not have been sent`,
    ],
    [succeeded <= wholeResponses, `${succeeded} successes, ${wholeResponses} whole answers sent`],
    [
      wholeResponses - succeeded <= result.total_errors + result.unfinished_requests + result.reconnects,
      `${wholeResponses} whole answers sent, ${succeeded} successes`,
    ],
    [
      Math.max(...report.descriptors) <= maxDescriptors,
      `${Math.max(...report.descriptors)} open descriptors, more than ${maxDescriptors}`,
    ],
    [
      report.bytes[1] <= report.bytes[0] * maxGrowth,
      `memory grew from ${report.bytes[0]} to ${report.bytes[1]} bytes`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, problem]) => problem);
}
