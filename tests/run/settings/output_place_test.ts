/** One file is known under all its names, so that nothing is written over an input or another output. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { forgetInputs, noteInput } from "../../../src/lib/files/input_files.ts";
import { followLinks, identifyFile, overwriteProblems } from "../../../src/run/settings/output_place.ts";
import { tempDir } from "../../_support/temp_dir.ts";

Deno.test("followLinks() goes through links, also to what is not there yet", async () => {
  await using temp = await tempDir();
  const root = await Deno.realPath(temp.path);
  await Deno.mkdir(`${root}/real`);
  await Deno.symlink("real", `${root}/folder`);
  await Deno.symlink("folder/new.json", `${root}/second`);
  await Deno.symlink("second", `${root}/first`);
  assertEquals(await followLinks(`${root}/first`), `${root}/real/new.json`);
  assertEquals(await followLinks(`${root}/real/../folder/./x`), `${root}/real/x`);
});

Deno.test("links that lead in a circle have no place", async () => {
  await using temp = await tempDir();
  await Deno.symlink("b", `${temp.path}/a`);
  await Deno.symlink("a", `${temp.path}/b`);
  assertEquals(await identifyFile(`${temp.path}/a`), `${temp.path}/a`);
});

Deno.test("identifyFile() knows hard links and links, and tells files apart", async () => {
  await using temp = await tempDir();
  const [one, two] = [`${temp.path}/one`, `${temp.path}/two`];
  await Deno.writeTextFile(one, "x");
  await Deno.writeTextFile(two, "x");
  await Deno.link(one, `${temp.path}/hard`);
  await Deno.symlink(one, `${temp.path}/soft`);
  const known = await identifyFile(one);
  assertEquals([await identifyFile(`${temp.path}/hard`), await identifyFile(`${temp.path}/soft`)], [
    known,
    known,
  ]);
  assertNotEquals(await identifyFile(two), known);
  assertEquals(await identifyFile(temp.path), undefined);
});

Deno.test("overwriteProblems() names the input by the name it was given", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/data.csv`;
  await Deno.writeTextFile(path, "x");
  await Deno.symlink(path, `${temp.path}/out`);
  forgetInputs();
  noteInput(path);
  const outputs = [
    { path: `${temp.path}/out`, option: "--csv" },
    { path: `${temp.path}/new`, option: "--json" },
    { path: `${temp.path}/./new`, option: "--junit" },
  ];
  assertEquals(await overwriteProblems(outputs), [
    `--csv would overwrite ${JSON.stringify(outputs[0]!.path)}, which is the input ${JSON.stringify(path)}`,
    `--json and --junit cannot both go to ${JSON.stringify(outputs[2]!.path)}`,
  ]);
  forgetInputs();
});
