/** What docs/scripts.md, docs/grpc.md and docs/from-k6.md show is what the types say, and short enough. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { blocksOf, filesIn, ROOT } from "./_documents.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("every module in docs/scripts.md and docs/grpc.md has the right types; the shop is at most 40 lines", async () => {
  const files = filesIn(blocksOf(await Deno.readTextFile(`${ROOT}docs/scripts.md`)));
  const calls = filesIn(blocksOf(await Deno.readTextFile(`${ROOT}docs/grpc.md`)));
  const modules = Object.entries({ ...files, ...calls }).filter(([name]) => name.endsWith(".ts"));
  assertEquals(modules.length, 13);
  assertLessOrEqual(files["shop.ts"]!.trimEnd().split("\n").length, 40);
  await using temp = await tempDir();
  for (const [name, text] of modules) {
    const typed = text.replaceAll('"@x/bench/script"', JSON.stringify(`file://${ROOT}src/script.ts`));
    await Deno.writeTextFile(`${temp.path}/${name}`, typed);
  }
  const { code, err } = await run(Deno.execPath(), [
    ...["check", "--config", `${ROOT}deno.json`, ...modules.map(([name]) => `${temp.path}/${name}`)],
  ]);
  assertEquals(code, 0, err);
});
