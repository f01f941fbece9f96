/** Runs a module with the real command against a target of its own. */
import { startTarget } from "../../src/target/serve.ts";
import { freePort } from "../_support/peers.ts";
import { program, programUntil } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** What it printed, its result, and what the target counted; with `isSeen`, the load ends as soon as the target counts so. */
export async function runModule(
  source: string,
  flags: readonly string[],
  files: Readonly<Record<string, string>> = {},
  isSeen?: (counts: ReadonlyMap<string, number>) => boolean,
) {
  await using temp = await tempDir();
  const path = `${temp.path}/shop.ts`;
  await Deno.writeTextFile(path, source);
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${temp.path}/${name}`, text);
  const port = freePort();
  await using server = startTarget({ port, hostname: "127.0.0.1" });
  const wantsText = flags.includes("--check");
  const args = [
    ...[path, `http://127.0.0.1:${port}`, ...flags],
    ...(wantsText ? [] : ["--json", "-", "--no-progress"]),
  ];
  const ended = isSeen === undefined
    ? await program(args)
    : await programUntil(() => isSeen(server.counts), args);
  const result = ended.out === "" || wantsText ? undefined : JSON.parse(ended.out);
  return { ...ended, result, counts: new Map(server.counts) };
}
