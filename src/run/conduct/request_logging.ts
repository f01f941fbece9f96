/**
 * The log of single requests: lines are written while the load runs, and the file is there when it has ended. A disk that
 * cannot keep up costs lines, never memory and never load.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { formatCount } from "../../lib/number_format.ts";
import type { ValuesOf } from "../../options/option.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { LogSpec, RunPlan } from "../../plan/run_plan.ts";
import { requestLines } from "../../report/request_lines.ts";
import type { Note } from "../../result/outcome.ts";
import type { Exporting } from "./exporting.ts";
import type { logOptions } from "../settings/log_options.ts";
import { openOutput, type Output } from "../deliver/output_files.ts";
import { printError } from "../../cli/terminal.ts";

type LogValues = ValuesOf<typeof logOptions>;

/** Lines a second, over all slots. */
const MAX_PER_SECOND = 10_000;
/** Text that waits for the disk at most, in characters. */
const MAX_WAITING = 16_777_216;

/** What runs and reports need of the log. */
export interface RequestLogging {
  /** Observers for one run of a plan. */
  observe(plan: RunPlan): readonly RunObserver[];
  /** Closes the file; says how many lines it has and lacks. */
  finish(): Promise<{ readonly notes: readonly Note[]; readonly isComplete: boolean }>;
}

/** What a plan says about the log; `undefined`: there is none. */
export function logSpecOf({ log, logSample }: LogValues): LogSpec | undefined {
  return log === undefined ? undefined : { share: logSample / 100, maxPerSecond: MAX_PER_SECOND };
}

/**
 * Opens the log that the options ask for.
 * @throws {UsageError} when it cannot be written.
 */
export async function startLogging({ log: path, logLimit }: LogValues): Promise<RequestLogging> {
  if (path === undefined) {
    return { observe: () => [], finish: () => Promise.resolve({ notes: [], isComplete: true }) };
  }
  const writer = new LogWriter(await openOutput(path, "--log"), logLimit);
  let runs = 0;
  return {
    observe: (plan) => {
      const linesOf = requestLines(plan, runs++ === 0 ? undefined : runs);
      return [({ window }) => writer.write(linesOf(window.requests), window.unlogged)];
    },
    finish: async () => {
      try {
        await writer.close();
      } catch (error) {
        printError(
          `bench: Cannot write --log ${escapeTerminal(path)}: ${escapeTerminal(messageOf(error))}\n`,
        );
        return { notes: [], isComplete: false };
      }
      const { written, missing } = writer;
      const lacks = missing > 0 ? `; ${formatCount(missing)} more were too many for it` : "";
      return {
        notes: [{
          level: missing > 0 ? "warning" : "info",
          text: `${formatCount(written)} requests logged in ${path}${lacks}`,
        }],
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

/** Writes behind the load's back, in order. */
class LogWriter {
  written = 0;
  missing = 0;
  readonly #output: Output;
  readonly #limit: number;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(output: Output, limit: number) {
    this.#output = output;
    this.#limit = limit;
  }

  write(lines: readonly string[], unlogged: number): void {
    const room = this.#waiting > MAX_WAITING ? 0 : this.#limit - this.written;
    const kept = lines.length > room ? lines.slice(0, room) : lines;
    this.missing += unlogged + lines.length - kept.length;
    this.written += kept.length;
    if (kept.length === 0) return;
    const text = kept.join("");
    this.#waiting += text.length;
    this.#tail = this.#tail.then(() => this.#output.write(text)).finally(() => this.#waiting -= text.length);
    // Told about at the end; the load goes on.
    this.#tail.catch(() => {});
  }

  async close(): Promise<void> {
    try {
      await this.#tail;
    } catch (error) {
      await this.#output.discard();
      throw error;
    }
    await this.#output.close();
  }
}
