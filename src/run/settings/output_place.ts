/**
 * Which file a path leads to, whatever it is called: by another spelling, through links, in another case.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { inputFiles } from "../../lib/files/input_files.ts";

/** As many links as Linux follows. */
const MAX_LINKS = 40;

/** Where a path leads, links followed, also when nothing is there yet. */
export async function followLinks(path: string): Promise<string> {
  let place = resolve(path);
  for (let left = MAX_LINKS; left > 0; left--) {
    try {
      return await Deno.realPath(place);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const next = await Deno.readLink(place).catch(() => undefined);
    if (next === undefined) break;
    place = resolve(dirname(place), next);
  }
  const folder = await Deno.realPath(dirname(place)).catch(() => dirname(place));
  return join(folder, basename(place));
}

/** The same text for every name of one file; `undefined` for what is no file, such as a pipe. */
export async function identifyFile(path: string): Promise<string | undefined> {
  const place = await followLinks(path).catch(() => resolve(path));
  const info = await Deno.stat(place).catch(() => undefined);
  if (info !== undefined && !info.isFile) return undefined;
  if (info?.ino) return `${info.dev}:${info.ino}`;
  return ["windows", "darwin"].includes(Deno.build.os) ? place.toLowerCase() : place;
}

/** An output, and the option that names it. */
export interface NamedOutput {
  readonly path: string;
  readonly option: string;
}

/** What is wrong with outputs that would overwrite an input, or each other; one sentence each. */
export async function overwriteProblems(outputs: readonly NamedOutput[]): Promise<readonly string[]> {
  const inputs = new Map<string, string>();
  for (const path of inputFiles()) {
    const identity = await identifyFile(path);
    if (identity !== undefined) inputs.set(identity, path);
  }
  const problems: string[] = [];
  const taken = new Map<string, string>();
  for (const { path, option } of outputs) {
    const identity = await identifyFile(path);
    if (identity === undefined) continue;
    const input = inputs.get(identity);
    const other = taken.get(identity);
    if (input !== undefined) {
      const name = input === path ? "which is an input" : `which is the input ${JSON.stringify(input)}`;
      problems.push(`${option} would overwrite ${JSON.stringify(path)}, ${name}`);
    } else if (other !== undefined) {
      problems.push(`${other} and ${option} cannot both go to ${JSON.stringify(path)}`);
    }
    taken.set(identity, option);
  }
  return problems;
}
