/**
 * The compiled program, where nothing of its sources helps it: other folders, a home and a temporary folder that cannot be
 * written, no network but loopback, closed standard streams, strangers' files beside it. `COMPILED_BENCH=FILE` names it.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../src/lib/version.ts";
import { startTarget } from "../../src/target/serve.ts";
import { freePort, programPath, unixTest } from "../_support/peers.ts";
import { COMPILED } from "../_support/program.ts";
import { type Run, run } from "../_support/run.ts";
import { starter, tryProgram } from "../_support/try_program.ts";

const TRY_SCRIPT = fileURLToPath(new URL("../../.github/try_program.sh", import.meta.url));
const BENCH = COMPILED ?? "";

/** Nothing can be made below it, whoever tries. */
const UNWRITABLE = "/proc";

function compiledTest(name: string, programs: readonly string[], fn: () => Promise<void>): void {
  if (COMPILED !== undefined) return unixTest(name, programs, fn);
  Deno.test({ name, ignore: true, fn });
}

/** The program in a folder of its own, whose name asks for quotes everywhere. */
async function inOddFolder(use: (folder: string, program: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  const folder = `${parent}/Maß – 試驗 & "more"`;
  try {
    await Deno.mkdir(folder);
    await Deno.copyFile(BENCH, `${folder}/bench it`);
    await use(folder, `${folder}/bench it`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function totals({ code, out, err }: Run): readonly unknown[] {
  if (out === "") return [code, err];
  const { threads, total_requests, total_errors } = JSON.parse(out);
  return [code, threads, total_requests, total_errors];
}

compiledTest("the compiled program does everything on its own", [], async () => {
  await tryProgram(starter(BENCH, []));
});

compiledTest("the script that tries a released program passes with the compiled one", ["bash"], async () => {
  const { code, out, err } = await run("bash", [TRY_SCRIPT, BENCH, VERSION], { env: { NO_COLOR: "1" } });
  assertEquals(code, 0, out + err);
});

compiledTest(
  "it runs under a name and in a folder of any letters, and writes there",
  [],
  () =>
    inOddFolder(async (folder, program) => {
      await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
      const end = await run(program, [
        "-n",
        "40",
        "-c",
        "4",
        "-t",
        "2",
        "--json",
        "it's.json",
        `${target.url}/`,
      ], {
        cwd: folder,
        env: { NO_COLOR: "1" },
      });
      const out = await Deno.readTextFile(`${folder}/it's.json`);
      assertEquals(totals({ ...end, out }), [0, 2, 40, 0]);
    }),
);

compiledTest(
  "it needs no environment, and neither a home nor a temporary folder to write to",
  [],
  async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    const args = ["-n", "40", "-c", "4", "-t", "2", "--json", "-", `${target.url}/`];
    for (const env of [{}, { HOME: UNWRITABLE, TMPDIR: UNWRITABLE, XDG_CACHE_HOME: UNWRITABLE }]) {
      const end = await run(BENCH, args, { cwd: "/", clearEnv: true, env });
      assertEquals(totals(end), [0, 2, 40, 0]);
    }
  },
);

compiledTest(
  "it runs as a user who owns nothing, also where that user may not write",
  ["setpriv"],
  async () => {
    if (Deno.uid() !== 0) return;
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs"];
    await inOddFolder(async (folder, program) => {
      await Deno.chmod(folder.slice(0, folder.lastIndexOf("/")), 0o755);
      const args = ["-n", "40", "-c", "4", "-t", "2", "--json", "-", `${target.url}/`];
      const end = await run("setpriv", [...nobody, program, ...args], { cwd: folder, env: { HOME: folder } });
      assertEquals(totals(end), [0, 2, 40, 0]);
      const denied = await run("setpriv", [
        ...nobody,
        program,
        "-n",
        "4",
        "--json",
        "x.json",
        `${target.url}/`,
      ], {
        cwd: folder,
      });
      assertEquals(denied.code, 1);
      assertStringIncludes(denied.err, "x.json");
      assertEquals(denied.err.includes("mistake in the program"), false, denied.err);
    });
  },
);

/** Streams that the shell closes, and what is left to see. */
const CLOSED: readonly (readonly [what: string, shell: string])[] = [
  ["standard input", `exec "$@" <&-`],
  ["standard error", `exec "$@" 2>&-`],
  ["standard input and error", `exec "$@" <&- 2>&-`],
];

for (const [what, shell] of CLOSED) {
  compiledTest(`it runs with ${what} closed`, ["sh"], async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    const args = ["-n", "40", "-c", "4", "-t", "2", "--json", "-", `${target.url}/`];
    assertEquals(totals(await run("sh", ["-c", shell, "sh", BENCH, ...args])), [0, 2, 40, 0]);
  });
}

compiledTest("it needs no network but loopback", ["unshare", "ip", "bash"], async () => {
  const inside = `ip link set lo up && exec bash "$1" "$2" "$3"`;
  const unshare = ["--map-root-user", "--net"];
  if ((await run("unshare", [...unshare, programPath("true")!])).code !== 0) return; // Not allowed here.
  const words = [...unshare, "bash", "-c", inside, "bash", TRY_SCRIPT, BENCH, VERSION];
  const { code, out, err } = await run("unshare", words, { env: { NO_COLOR: "1" } });
  assertEquals(code, 0, out + err);
});

compiledTest("it loads nothing from folders around it", [], async () => {
  const folder = await Deno.makeTempDir();
  try {
    const stranger = `require("fs").writeFileSync(${JSON.stringify(`${folder}/HIT`)}, "");`;
    for (const name of ["bufferutil", "utf-8-validate", "supports-color"]) {
      await Deno.mkdir(`${folder}/node_modules/${name}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/node_modules/${name}/index.js`, stranger);
    }
    for (const name of ["libc.so.6", "libssl.so.3", "libcrypto.so.3"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "no library");
    }
    await Deno.writeTextFile(`${folder}/deno.json`, `{ "imports": { "node:fs": "./none.js" } }`);
    await Deno.copyFile(BENCH, `${folder}/bench`);
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    const port = String(freePort());
    const options = { cwd: folder, env: { NO_COLOR: "1", TMPDIR: folder } };
    // A master and a worker load most of the packages that look for others.
    const [master, worker] = await Promise.all([
      run(`${folder}/bench`, [
        ...["--master", "--expect-workers", "1", "--port", port, "-n", "40", "-c", "4", "--json", "-"],
        `${target.url}/`,
      ], options),
      run(`${folder}/bench`, ["--worker", `127.0.0.1:${port}`, "-t", "2"], options),
    ]);
    assertEquals([master.code, worker.code], [0, 0], master.err + worker.err);
    assertEquals(JSON.parse(master.out).total_requests, 40);
    assertMatch(master.err, /Worker 1 of 1: worker 1 \(.+\), 2 threads/);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assertEquals(names.includes("HIT"), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
