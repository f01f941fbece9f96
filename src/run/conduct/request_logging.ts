/**
 * The log of single requests: lines are written while the load runs, and the file is there when it has ended. A disk that
 * cannot keep up costs lines, never memory and never load.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { formatCount, formatCounted, formatTime } from "../../lib/number_format.ts";
import type { ValuesOf } from "../../options/option.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { requestLines } from "../../report/request_lines.ts";
import type { Note } from "../../result/outcome.ts";
import type { Exporting } from "./exporting.ts";
import type { logOptions } from "../settings/log_options.ts";
import { openOutput, type Output, ShortWrite } from "../deliver/output_files.ts";
import { type Printer, sayLine } from "../printer.ts";

type LogValues = ValuesOf<typeof logOptions>;

/** A disk that takes so long for what it had left at the end of the load did not keep up, in ms. */
const FAR_BEHIND_MS = 1000;
/** Text that waits for the disk at most, in characters. */
const MAX_WAITING = 16_777_216;

/** What runs and reports need of the log. */
export interface RequestLogging {
  /** Observers for one run of a plan. */
  observe(plan: RunPlan): readonly RunObserver[];
  /** Closes the file; says how many lines it has and lacks. */
  finish(): Promise<{ readonly notes: readonly Note[]; readonly isComplete: boolean }>;
}

/**
 * Opens the log that the options ask for.
 * @throws {UsageError} when it cannot be written.
 */
export async function startLogging(
  { log: path, logLimit }: LogValues,
  printer: Printer,
): Promise<RequestLogging> {
  if (path === undefined) {
    return { observe: () => [], finish: () => Promise.resolve({ notes: [], isComplete: true }) };
  }
  const writer = new LogWriter(await openOutput(path, "--log"), logLimit);
  let runs = 0;
  return {
    observe: (plan) => {
      const linesOf = requestLines(plan, runs++ === 0 ? undefined : runs);
      return [({ window }) => writer.write(linesOf(window), window.unlogged, window.toMs)];
    },
    finish: async () => {
      const endedMs = performance.now();
      const failure = await writer.close();
      const behindMs = performance.now() - endedMs;
      const { written, missing } = writer;
      const count = `${formatCounted(written, "request")} logged in ${path}`;
      if (failure !== undefined) {
        const when = failure.atMs === undefined ? "" : `, up to ${(failure.atMs / 1000).toFixed(1)} s`;
        const text = `${count}${when}; ${formatCount(missing)} more are missing: ${failure.reason}`;
        sayLine(printer, `Cannot write --log ${path}: ${failure.reason}`);
        return { notes: [{ level: "warning", text }], isComplete: false };
      }
      const lacks = missing > 0 ? `; ${formatCount(missing)} more were too many for it` : "";
      const isBehind = behindMs >= FAR_BEHIND_MS;
      const lateness = isBehind
        ? `; the disk did not keep up: the last lines were written ${
          formatTime(behindMs)
        } after the load's end`
        : "";
      return {
        notes: [{ level: missing > 0 || isBehind ? "warning" : "info", text: `${count}${lacks}${lateness}` }],
        isComplete: true,
      };
    },
  };
}

/** Exports and log as one, for whoever only wants them served. */
export function withLog(logging: RequestLogging, exporting: Exporting): Exporting {
  return {
    observe: (plan) => [...exporting.observe(plan), ...logging.observe(plan)],
    finish: async (result) => {
      const parts = [await exporting.finish(result), await logging.finish()];
      return {
        notes: parts.flatMap(({ notes }) => notes),
        isComplete: parts.every(({ isComplete }) => isComplete),
      };
    },
  };
}

/** Why a log ended early. */
interface LogFailure {
  readonly reason: string;
  /** When the first missing request ended, in ms since the run's start; absent: not known. */
  readonly atMs?: number;
}

/** Writes behind the load's back, in order. A disk that takes no more costs what follows, and nothing before. */
class LogWriter {
  written = 0;
  missing = 0;
  readonly #output: Output;
  readonly #limit: number;
  #taken = 0;
  #waiting = 0;
  #failure: LogFailure | undefined;
  #tail: Promise<void> = Promise.resolve();

  constructor(output: Output, limit: number) {
    this.#output = output;
    this.#limit = limit;
  }

  /** `atMs`: since the run's start. */
  write(lines: readonly string[], unlogged: number, atMs: number): void {
    const isStopped = this.#failure !== undefined || this.#waiting > MAX_WAITING;
    const room = isStopped ? 0 : this.#limit - this.#taken;
    const kept = lines.length > room ? lines.slice(0, room) : lines;
    this.missing += unlogged + lines.length - kept.length;
    this.#taken += kept.length;
    if (kept.length === 0) return;
    const text = kept.join("");
    this.#waiting += text.length;
    this.#tail = this.#tail.then(() => this.#append(text, kept.length, atMs)).finally(() =>
      this.#waiting -= text.length
    );
  }

  async #append(text: string, lines: number, atMs: number): Promise<void> {
    let isThere = 0;
    try {
      if (this.#failure !== undefined) return;
      await this.#output.write(text);
      isThere = lines;
    } catch (error) {
      if (error instanceof ShortWrite) isThere = error.lines;
      this.#failure = { reason: messageOf(error), atMs };
    } finally {
      this.written += isThere;
      this.missing += lines - isThere;
    }
  }

  /** Puts the file where it belongs; returns why it ended early. */
  async close(): Promise<LogFailure | undefined> {
    await this.#tail;
    try {
      await this.#output.close();
    } catch (error) {
      this.#failure ??= { reason: messageOf(error) };
    }
    return this.#failure;
  }
}
