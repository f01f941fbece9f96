/** A run with all its files, and the same made again of its JSON. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Ended } from "../_support/program.ts";

const FILES = ["csv", "html-report", "hgrm", "junit", "json"] as const;

/** Words of the program that write every file of a run; `round` tells its files from those of other runs. */
export function outputs(folder: string, round: string): readonly string[] {
  return FILES.flatMap((name) => [`--${name}`, `${folder}/${round}.${name}`]);
}

/** Words that make everything again of what {@linkcode outputs} wrote in round `of`. */
export function reportAgain(folder: string, of: string, round: string): readonly string[] {
  return ["report", `${folder}/${of}.json`, ...outputs(folder, round)];
}

/** What was printed, and each file, is the same in both rounds, and holds no secret. */
export async function assertSame(
  [ran, again]: readonly [Ended, Ended],
  { folder, rounds: [first, second] }: {
    readonly folder: string;
    readonly rounds: readonly [string, string];
  },
): Promise<void> {
  assertStringIncludes(ran.out, "Total Requests:", ran.err);
  assertEquals(again.err, "");
  const text = ({ out }: Ended) => out.replace(/^.* written to .*\n/gm, "");
  assertEquals(text(again), text(ran));
  const read = (round: string, name: string) => Deno.readTextFile(`${folder}/${round}.${name}`);
  for (const name of FILES) assertEquals(await read(second, name), await read(first, name), name);
  assert(!(await read(first, "json")).includes("secret@"), "a secret is in the saved run");
}
