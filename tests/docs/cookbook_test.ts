/** The recipes of the cookbook, under a load: every file runs against the built-in target without an error. */
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { blocksOf, commandLines, filesIn, ROOT } from "./_documents.ts";

const BLOCKS = blocksOf(await Deno.readTextFile(`${ROOT}docs/cookbook.md`));
const RECIPES = filesIn(BLOCKS);

Deno.test("there are at least twelve recipes, and the realistic visit takes at most 40 lines", () => {
  assertGreaterOrEqual(Object.keys(RECIPES).length, 12);
  assertLessOrEqual(RECIPES["visit.yaml"]!.trimEnd().split("\n").length, 40);
});

Deno.test("every recipe passes its checks under a load of several users", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  for (const { text } of commandLines(BLOCKS).filter((line) => line.text.startsWith("printf "))) {
    assertEquals((await run("sh", ["-c", text], { cwd: temp.path })).code, 0, text);
  }
  for (const [name, text] of Object.entries(RECIPES)) {
    const path = `${temp.path}/${name}`;
    await Deno.writeTextFile(path, text.replaceAll("http://localhost:8080", target.url));
    const { code, out, err } = await program(
      ["--scenario", path, "--iterations", "12", "-c", "3", "-t", "1", "--json", "-"],
    );
    assertEquals(code, 0, `${name}: ${err}`);
    const result = JSON.parse(out);
    assertEquals(
      [result.iterations, result.total_errors, result.error_types],
      [12, 0, {}],
      `${name}: ${JSON.stringify(result.error_found)}`,
    );
    assert(result.total_requests >= 12, name);
  }
});
