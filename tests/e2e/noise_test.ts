/** `bench noise` tells the figure for `--run-noise`, and writes it. */
import { assertEquals, assertMatch } from "@std/assert";
import { program } from "../_support/program.ts";
import { restlessLines } from "../../src/cli/comparing/noise.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("bench noise measures this machine with the built-in target", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/noise.txt`;
  const { code, out } = await program(["noise", "--runs", "3", "-d", "300ms", "-c", "2", "-o", path]);
  assertEquals(code, 0);
  const [, figure = ""] = /--run-noise (\d+\.\d)$/m.exec(out) ?? [];
  assertMatch(out, /3 equal runs of 300ms .*\n\n {4}rps +\d+\.\d%\n {4}p50/);
  assertEquals(await Deno.readTextFile(path), `${figure}\n`);
});

Deno.test("a figure with which comparisons find nothing is not given without a warning", () => {
  assertEquals(restlessLines(3), []);
  assertMatch(restlessLines(95.5).join("\n"), /Warning: .*\n.*96%\. .* bench duel/s);
});
