/** Files that outputs must not harm, and files that they are written into. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { type Command, manyPrograms } from "../_support/many_programs.ts";
import { run } from "../_support/run.ts";

interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  path(name: string): string;
}

async function open(): Promise<Place> {
  const target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const folder = await Deno.realPath(await Deno.makeTempDir());
  return {
    folder,
    url: target.url,
    path: (name) => `${folder}/${name}`,
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("no output is written over an input, whatever the file is called", async () => {
  await using place = await open();
  const { url, path, folder } = place;
  const files: Record<string, string> = {
    "s.yaml": `name: a\nbase_url: ${url}\ndata: {u: {file: u.csv}}\nsteps: [{path: "/echo?\${u.a}"}]\n`,
    "u.csv": "a\n1\n",
    "body.txt": "hello",
    "bench.yaml": "num-requests: 1\n",
    "urls.txt": `${url}/\n`,
    "cookies.har": JSON.stringify({ log: { entries: [] } }),
    "curl.txt": `curl ${url}/\n`,
    "api.yaml":
      `openapi: 3.0.0\ninfo: {title: a, version: "1"}\nservers: [{url: ${url}}]\npaths: {/: {get: {}}}\n`,
  };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(path(name), text);
  const [first] = await manyPrograms([{ args: ["-n", "2", "--json", path("r.json"), `${url}/`] }]);
  assertEquals(first?.code, 0, first?.err);
  files["r.json"] = await Deno.readTextFile(path("r.json"));
  await Deno.symlink(path("s.yaml"), path("soft"));
  await Deno.link(path("u.csv"), path("hard"));
  const scenario = ["--scenario", path("s.yaml"), "-n", "2"];
  const commands: readonly (readonly string[])[] = [
    [...scenario, "--json", path("s.yaml")],
    [...scenario, "--csv", `${folder}/./s.yaml`],
    [...scenario, "--html-report", path("soft")],
    [...scenario, "--log", path("hard")],
    [...scenario, "--check", "--json", path("u.csv")],
    ["-n", "2", "-p", path("body.txt"), "--hgrm", path("body.txt"), url],
    ["--config", path("bench.yaml"), "--junit", path("bench.yaml"), url],
    ["-n", "2", "--url-file", path("urls.txt"), "--json", path("urls.txt")],
    ["-n", "2", "--baseline", path("r.json"), "--save-baseline", path("r.json"), url],
    ["-n", "2", "--baseline", path("r*.json"), "--json", path("r.json"), url],
    ["report", path("r.json"), "--csv", path("r.json")],
    ["summary", path("r.json"), "-o", path("r.json")],
    ["curl-import", path("curl.txt"), "-o", path("curl.txt")],
    ["openapi-import", path("api.yaml"), "-o", path("api.yaml")],
  ];
  const ended = await manyPrograms(commands.map((args): Command => ({ args })));
  for (const [i, { code, err }] of ended.entries()) {
    assertEquals(code, 1, commands[i]!.join(" "));
    assertMatch(err, /would overwrite ".*", which is (?:an|the) input/, commands[i]!.join(" "));
  }
  for (const [name, text] of Object.entries(files)) assertEquals(await Deno.readTextFile(path(name)), text);
});

Deno.test("no two outputs go to one file, whatever it is called", async () => {
  await using place = await open();
  const { url, path, folder } = place;
  await Deno.symlink(path("x"), path("link"));
  const commands = [
    ["--json", path("x"), "--csv", `${folder}/./x`],
    ["--json", path("x"), "--log", path("link")],
    ["--json", path("x"), "--save-baseline", path("x")],
  ];
  for (
    const { code, err } of await manyPrograms(commands.map((args) => ({ args: ["-n", "1", ...args, url] })))
  ) {
    assertEquals(code, 1);
    assertStringIncludes(err, "cannot both go to");
  }
});

Deno.test("outputs keep a file's mode, its other names and its links", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using place = await open();
  const { url, path } = place;
  for (const name of ["mode", "target", "first"]) await Deno.writeTextFile(path(name), "x".repeat(100_000));
  await Deno.chmod(path("mode"), 0o604);
  await Deno.symlink(path("target"), path("soft"));
  await Deno.symlink("new", path("dangling"));
  await Deno.link(path("first"), path("second"));
  const outputs = [
    "--json",
    path("mode"),
    "--csv",
    path("soft"),
    "--log",
    path("second"),
    "--hgrm",
    path("dangling"),
  ];
  const [ended] = await manyPrograms([{ args: ["-n", "2", ...outputs, url] }]);
  assertEquals(ended?.code, 0, ended?.err);
  assertEquals((await Deno.stat(path("mode"))).mode! & 0o777, 0o604);
  assertEquals(JSON.parse(await Deno.readTextFile(path("mode"))).total_requests, 2);
  assertEquals((await Deno.lstat(path("soft"))).isSymlink, true);
  assertMatch(await Deno.readTextFile(path("target")), /^100,[\d.]+$/m);
  assertEquals((await Deno.lstat(path("dangling"))).isSymlink, true);
  assertStringIncludes(await Deno.readTextFile(path("new")), "Percentile");
  assertEquals((await Deno.readTextFile(path("first"))).trimEnd().split("\n").length, 2);
  assertEquals(
    (await Array.fromAsync(Deno.readDir(place.folder))).some(({ name }) => name.includes(".part")),
    false,
  );
});

const canMount = Deno.build.os === "linux" && Deno.uid() === 0;

Deno.test("a full disk costs the rest of a log, not its beginning, and says when", {
  ignore: !canMount,
}, async (t) => {
  await using place = await open();
  const disk = place.path("disk");
  await Deno.mkdir(disk);
  const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", disk]);
  if (mounted.code !== 0) return void await t.step({ name: mounted.err, ignore: true, fn: () => {} });
  try {
    const [ended] = await manyPrograms([
      { args: ["-n", "3000", "-t", "1", "--log", `${disk}/log`, `${place.url}/`] },
    ]);
    assertEquals(ended?.code, 1);
    assertMatch(ended?.err ?? "", /Cannot write --log .*: No space left on device/);
    const out = (ended?.out ?? "").replace(/\s+/g, " ");
    const [, count, missing] =
      /([\d,]+) requests logged in \S+, up to \d+\.\d s; ([\d,]+) more are missing/.exec(out) ?? [];
    const [there, lost] = [count, missing].map((text) => Number(text?.replaceAll(",", "")));
    const lines = (await Deno.readTextFile(`${disk}/log`)).trimEnd().split("\n");
    assertEquals(lines.length, there, out);
    assertEquals(there! + lost!, 3000);
    for (const line of lines) JSON.parse(line);
  } finally {
    await run("umount", [disk]);
  }
});
