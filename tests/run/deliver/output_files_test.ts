/** Files that reports go to: whole or not at all, and what was there keeps its mode, its links and its other names. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RunError, UsageError } from "../../../src/lib/errors.ts";
import { openOutput, ShortWrite, tryOutput, writeOutput } from "../../../src/run/deliver/output_files.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const isWindows = Deno.build.os === "windows";
const namesIn = async (path: string) =>
  (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();

Deno.test("a file that may be written is not made by the attempt, and one that is there stays as it is", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/old`, "old");
  await tryOutput(`${temp.path}/new`, "--json");
  await tryOutput(`${temp.path}/old`, "--json");
  assertEquals(await namesIn(temp.path), ["old"]);
  assertEquals(await Deno.readTextFile(`${temp.path}/old`), "old");
});

Deno.test("what cannot be written is one message with the option, the path and the reason", async () => {
  await using temp = await tempDir();
  const problem = async (path: string) =>
    (await assertRejects(() => tryOutput(path, "--csv"), UsageError)).message;
  assertStringIncludes(
    await problem(temp.path),
    `Cannot write --csv ${JSON.stringify(temp.path)}: it is a directory`,
  );
  assertStringIncludes(await problem(`${temp.path}/a/b`), "there is no such directory");
  await assertRejects(() => writeOutput(`${temp.path}/a/b`, "x"), RunError, "there is no such directory");
});

Deno.test("an output appears under its name only when it is whole", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/log`;
  const output = await openOutput(path, "--log");
  await output.write("one\n");
  assertEquals((await namesIn(temp.path)).includes("log"), false);
  await output.write("two\n");
  await output.close();
  assertEquals([await namesIn(temp.path), await Deno.readTextFile(path)], [["log"], "one\ntwo\n"]);
});

Deno.test("an output that is discarded leaves nothing, and what was there before", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/log`;
  await Deno.writeTextFile(path, "before");
  const output = await openOutput(path, "--log");
  await output.write("half");
  await output.discard();
  assertEquals([await namesIn(temp.path), await Deno.readTextFile(path)], [["log"], "before"]);
});

Deno.test("an output without text empties the file", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/log`;
  await Deno.writeTextFile(path, "before");
  await (await openOutput(path, "--log")).close();
  assertEquals(await Deno.readTextFile(path), "");
});

Deno.test("a file keeps its mode, links are followed, and all names of a file have the new text", {
  ignore: isWindows,
}, async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  await Deno.writeTextFile(path, "before");
  await Deno.chmod(path, 0o640);
  await Deno.symlink(path, `${temp.path}/link`);
  await writeOutput(`${temp.path}/link`, "after");
  assertEquals((await Deno.lstat(`${temp.path}/link`)).isSymlink, true);
  assertEquals([await Deno.readTextFile(path), (await Deno.stat(path)).mode! & 0o777], ["after", 0o640]);
  await Deno.link(path, `${temp.path}/second`);
  await writeOutput(path, "shorter");
  assertEquals(await Deno.readTextFile(`${temp.path}/second`), "shorter");
  assertEquals(await namesIn(temp.path), ["link", "r.json", "second"]);
});

Deno.test("a device that takes nothing tells how many whole lines it has", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const output = await openOutput("/dev/full", "--log");
  const error = await assertRejects(() => output.write("one\ntwo\n"), ShortWrite);
  assertEquals(error.lines, 0);
  await output.close();
});
