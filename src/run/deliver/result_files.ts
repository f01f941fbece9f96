/**
 * Results that earlier runs have saved.
 *
 * @module
 */
import { MAX_FILE_BYTES } from "../../lib/size_limits.ts";
import { readStreamWithin, readTextWithin } from "../../lib/read_within.ts";
import { fileReason, UsageError } from "../../lib/errors.ts";
import { noteInput } from "../../lib/input_files.ts";
import type { StoredDocument } from "../../result/document/json_document.ts";

/**
 * The result in a file; `-` reads standard input.
 * @throws {UsageError} when there is none, or there are several, naming the file.
 */
export async function readResult(path: string): Promise<StoredDocument> {
  const results = await readResults(path);
  const [only, ...others] = results;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(`Cannot read ${JSON.stringify(path)}: it holds ${results.length} runs, expected one`);
}

/**
 * The results in a file: of several URLs, one each.
 * @throws {UsageError} when there is none, naming the file.
 */
export async function readResults(path: string): Promise<readonly StoredDocument[]> {
  const name = JSON.stringify(path);
  const text = await readText(path);
  const { readJsonDocuments } = await import("../../result/document/read_document.ts");
  return readJsonDocuments(text, name);
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
