/**
 * Files and streams of the importers: a recording, description or command in, a scenario or list of URLs out. Each
 * importer is handed an {@linkcode ImportIo}, so that tests run it without a terminal or a disk.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { MAX_FILE_BYTES } from "../../lib/size_limits.ts";
import type { ScenarioFormat } from "../../convert/script_file.ts";
import { quoted } from "../../convert/wording.ts";
import { fileReason, RunError, UsageError } from "../../lib/errors.ts";
import { noteInput } from "../../lib/files/input_files.ts";
import { readFileWithin, readStreamWithin } from "../../lib/files/read_within.ts";
import { writeOutput } from "../../run/deliver/output_files.ts";
import { printError, printOut } from "../terminal.ts";

/** Files and streams of one import. */
export interface ImportIo {
  /** The bytes of a file, at most `max`; `-` is standard input. Rejects as `readFileWithin` does. */
  readFile(path: string, max: number): Promise<Uint8Array>;
  /** Creates or replaces a file. Rejects as `Deno.writeTextFile` does. */
  writeFile(path: string, text: string): Promise<void>;
  /** Writes text to standard output as it is. */
  printOut(text: string): void;
  /** Writes text to standard error as it is. */
  printError(text: string): void;
}

/** The files and streams of this process. */
export const PROCESS_IO: ImportIo = {
  readFile: async (path, max) => {
    noteInput(path);
    return path === "-" ? await readStreamWithin(Deno.stdin.readable, max) : await readFileWithin(path, max);
  },
  writeFile: writeOutput,
  printOut,
  printError,
};

/** The bytes of a file that the user names. @throws {UsageError} when it cannot be read, or is larger than `max` bytes */
export async function readInput(file: string, io: ImportIo, max = MAX_FILE_BYTES): Promise<Uint8Array> {
  try {
    return await io.readFile(file, max);
  } catch (error) {
    throw new UsageError(`Cannot read ${quoted(file)}: ${fileReason(error)}`);
  }
}

/** A converted text and what is said about it. */
export interface Delivery {
  readonly text: string;
  readonly remarks: readonly string[];
  /** The text in words: `Scenario with 3 steps`. */
  readonly what: string;
  /** Where it goes; absent: standard output. */
  readonly output: string | undefined;
}

/** Writes the result where it belongs, and the remarks to standard error. @throws {RunError} */
export async function deliver({ text, remarks, what, output }: Delivery, io: ImportIo): Promise<void> {
  io.printError(remarks.map((remark) => `${remark}\n`).join(""));
  if (output === undefined || output === "-") return io.printOut(text);
  try {
    await io.writeFile(output, text);
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(`Cannot write ${quoted(output)}: ${fileReason(error)}`, { cause: error });
  }
  io.printOut(`${what} written to ${quoted(output)}\n`);
}

/** What was written, in words: `Scenario with 3 steps`, `Module with 3 requests`, `3 URLs`. */
export function resultIn(format: ScenarioFormat | "url-file", count: number): string {
  if (format === "script") return `Module with ${formatCounted(count, "request")}`;
  return format === "scenario"
    ? `Scenario with ${formatCounted(count, "step")}`
    : formatCounted(count, "URL");
}
