/** What comes out of the program when something was wrong: visible text, and nothing that moves a cursor. */
import { assertEquals } from "@std/assert";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("main() shows what was found in a file as visible text, a problem a line", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/file.json`;
  const step = { path: "http://a.test/", method: "GET\r\n\x1b[2J" };
  await Deno.writeTextFile(path, JSON.stringify({ name: "x", steps: [step, step] }));
  const { code, err } = await program(["--scenario", path]);
  const problem = (number: number) =>
    `${path}:1: Step ${number}: Cannot use method "GET\\r\\n\\x1b[2J": expected a word such as POST\n`;
  assertEquals([code, err], [1, `bench: ${problem(1)}       ${problem(2)}Try: bench help scenarios\n`]);
});
