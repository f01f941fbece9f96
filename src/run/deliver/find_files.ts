/**
 * Files by their paths or by patterns.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { nodeModule } from "../../lib/node_modules.ts";

/**
 * The files that some words name, in the order of the words; those that match a pattern in the order of their names.
 * @throws {UsageError} when a pattern matches none
 */
export async function findFiles(words: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const word of words) files.push(...await findMatches(word));
  return [...new Set(files)];
}

async function findMatches(pattern: string): Promise<readonly string[]> {
  if (!/[*?[{]/.test(pattern)) return [pattern];
  const paths: string[] = [];
  for await (const path of nodeModule("node:fs/promises").glob(pattern)) paths.push(path);
  if (paths.length === 0) throw new UsageError(`Cannot read ${JSON.stringify(pattern)}: no file matches`);
  return paths.sort();
}
