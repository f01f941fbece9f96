/** How programs are compiled, and what they are allowed to do. */
import { assert, assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { checksums, compileArguments, readRequest } from "../../tools/compile.ts";
import { fileNameOf, nativeTarget, TARGETS } from "../../tools/targets.ts";
import { unixTest } from "../_support/peers.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("readRequest() builds all targets, or those that are named", () => {
  const names = (...args: string[]) => readRequest(args, undefined).targets.map(({ name }) => name);
  assertEquals(names(), ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64", "windows-x64"]);
  assertEquals(names("--target", "macos-arm64", "--target=x86_64-pc-windows-msvc"), [
    "macos-arm64",
    "windows-x64",
  ]);
  assertEquals(names("--target", "native"), [nativeTarget()!.name]);
  assertEquals(readRequest(["--out", "x"], undefined).folder, "x");
});

Deno.test("readRequest() refuses unknown targets, unknown options and one runtime for several targets", () => {
  assertThrows(() => readRequest(["--target", "beos"], undefined), TypeError, "linux-x64");
  assertThrows(() => readRequest(["--target"], undefined), TypeError, "argument");
  assertThrows(() => readRequest(["--fast", "1"], undefined), TypeError, "--fast");
  assertThrows(() => readRequest([], "/x/denort"), TypeError, "one target");
});

Deno.test("compileArguments() give each program a name of its own and no more than it needs", () => {
  for (const target of TARGETS) {
    const args = compileArguments(target, "/dist");
    assertEquals(args[args.indexOf("--target") + 1], target.triple);
    assertEquals(args[args.indexOf("--output") + 1], `/dist/${fileNameOf(target)}`);
    assertEquals(args.filter((word) => /^-A$|^--allow-|^--no-code-cache/.test(word)), [
      ...["--allow-net", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
      ...(target.os === "windows" ? [] : ["--allow-ffi"]),
    ]);
    assertEquals(args.slice(-5, -4).concat(args.slice(-1)), ["--target", "main.js"]);
    assertEquals(args[args.indexOf("--include") + 1], "src/fleet/thread_entry.js");
  }
});

Deno.test("checksums() are what sha256sum writes", async () => {
  await using temp = await tempDir();
  const folder = temp.path;
  await Deno.writeTextFile(`${folder}/b`, "abc");
  await Deno.writeTextFile(`${folder}/a`, "");
  assertEquals(
    await checksums(folder, ["b", "a"]),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n" +
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n",
  );
});

/** Any executable can be packed; only a Deno runtime finds the program in it again. */
unixTest("deno task compile packs the program behind a runtime, with a checksum", ["true"], async () => {
  if (Deno.build.os !== "linux") return;
  await using temp = await tempDir();
  const folder = temp.path;
  const { code, out, err } = await run(Deno.execPath(), [
    ...["task", "compile", "--target", "native", "--out", folder],
  ], { cwd: ROOT, env: { DENORT_BIN: "/bin/true", NO_COLOR: "1" } });
  assertEquals(code, 0, err);
  assertMatch(out, /bench-linux-\w+: \d+\.\d MB/);
  const name = fileNameOf(nativeTarget()!);
  assertEquals(await Deno.readTextFile(`${folder}/SHA256SUMS`), await checksums(folder, [name]));
  const { size, mode } = await Deno.stat(`${folder}/${name}`);
  const { size: runtime } = await Deno.stat("/bin/true");
  assertLess(size - runtime, 10e6);
  assert((mode! & 0o111) !== 0, "no program");
});
