/**
 * Results that earlier runs have saved.
 *
 * @module
 */
import { MAX_FILE_BYTES } from "../../lib/size_limits.ts";
import { readStreamWithin, readTextWithin } from "../../lib/files/read_within.ts";
import { fileReason, UsageError } from "../../lib/errors.ts";
import { noteInput } from "../../lib/files/input_files.ts";
import type { ComparedRun } from "../../result/verdict/compared_run.ts";
import type { Outcome } from "../../result/outcome.ts";

/**
 * The run in a file, as it was judged; `-` reads standard input.
 * @throws {UsageError} when there is none, or there are several, naming the file.
 */
export async function readOutcome(path: string): Promise<Outcome> {
  const outcomes = await readOutcomes(path);
  const [only, ...others] = outcomes;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(`Cannot read ${JSON.stringify(path)}: it holds ${outcomes.length} runs, expected one`);
}

/**
 * The runs in a file: of several URLs, one each.
 * @throws {UsageError} when there is none, naming the file.
 */
export async function readOutcomes(path: string): Promise<readonly Outcome[]> {
  const name = JSON.stringify(path);
  const text = await readText(path);
  const { readJsonDocuments } = await import("../../result/document/read_document.ts");
  const { restoreOutcome } = await import("../../result/document/restore_outcome.ts");
  return readJsonDocuments(text, name).map((document) => restoreOutcome(document, name));
}

/**
 * The run in a file that another tool wrote; `undefined`: it is none that is known.
 * @throws {UsageError} when the file cannot be read
 */
export async function readForeignRun(path: string): Promise<ComparedRun | undefined> {
  // Standard input can be read only once.
  if (path === "-") return undefined;
  const text = await readText(path);
  const { parseForeignRun } = await import("../../result/foreign/parse_foreign_run.ts");
  return parseForeignRun(text, path);
}

async function readText(path: string): Promise<string> {
  noteInput(path);
  try {
    return path === "-"
      ? new TextDecoder().decode(await readStreamWithin(Deno.stdin.readable, MAX_FILE_BYTES))
      : await readTextWithin(path, MAX_FILE_BYTES);
  } catch (error) {
    const reason = fileReason(error);
    throw new UsageError(`Cannot read ${JSON.stringify(path)}: ${reason}`);
  }
}
