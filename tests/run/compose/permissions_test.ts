/** The program with fewer permissions: what works, and what is said of the rest. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startTarget } from "../../../src/target/serve.ts";
import { freePort } from "../../_support/peers.ts";
import { type Run, run } from "../../_support/run.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const MAIN = fileURLToPath(new URL("../../../main.ts", import.meta.url));

/** Runs the program with these permissions alone. */
function withPermissions(permissions: readonly string[], args: readonly string[]): Promise<Run> {
  return run(Deno.execPath(), ["run", "--no-prompt", "--no-check", ...permissions, MAIN, ...args], {
    env: { NO_COLOR: "1" },
  });
}

/** One line that begins with the program's name; no stack, no load, nothing on standard output. */
function assertRefused({ code, out, err }: Run, flag: string): void {
  assertEquals([code, out], [1, ""]);
  const [line, ...rest] = err.trimEnd().split("\n");
  assertMatch(line!, /^bench: /);
  assertStringIncludes(line!, flag);
  assertEquals(rest.filter((line) => !line.startsWith("Try: bench ")), []);
}

Deno.test("--allow-net and --allow-env are enough for one thread without files", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const { host } = new URL(target.url);
  for (const net of ["--allow-net", `--allow-net=${host}`]) {
    const { code, out } = await withPermissions([net, "--allow-env"], [
      ...["-n", "10", "-t", "1", "--json", "-"],
      `${target.url}/`,
    ]);
    assertEquals([code, JSON.parse(out).total_errors], [0, 0]);
  }
});

Deno.test("the permissions of a compiled program are enough for threads and files", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const folder = temp.path;
  const { code, err } = await withPermissions(
    ["--allow-net", "--allow-env", "--allow-read", `--allow-write=${folder}`],
    ["-n", "20", "-c", "4", "-t", "2", "--html-report", `${folder}/r.html`, `${target.url}/`],
  );
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(await Deno.readTextFile(`${folder}/r.html`), "<!doctype html>");
});

/** What is missing, what is asked for, and the flag that the message must name. */
const REFUSALS: readonly {
  readonly has: readonly string[];
  readonly args: readonly string[];
  readonly flag: string;
}[] = [
  { has: [], args: ["http://127.0.0.1:1/"], flag: "--allow-env" },
  { has: ["--allow-env"], args: ["-t", "1", "http://127.0.0.1:1/"], flag: "--allow-net=127.0.0.1:1" },
  { has: ["--allow-env"], args: ["-t", "1", "http://[::1]:1/"], flag: "--allow-net=[::1]:1" },
  { has: ["--allow-env"], args: ["-t", "1", "http://localhost:1/"], flag: "--allow-net=localhost" },
  {
    has: ["--allow-env", "--allow-net=127.0.0.1:2"],
    args: ["-t1", "http://127.0.0.1:1/"],
    flag: "--allow-net=",
  },
  {
    has: ["--allow-env", "--allow-net"],
    args: ["-t", "2", "-c", "2", "http://127.0.0.1:1/"],
    flag: "--allow-read",
  },
  {
    has: ["--allow-env", "--allow-net"],
    args: ["-t", "1", "--scenario", "fixtures/scenarios/login.yaml", "http://127.0.0.1:1/"],
    flag: "--allow-read",
  },
  {
    has: ["--allow-env", "--allow-net", "--allow-read"],
    args: ["--html-report", "report.html", "http://127.0.0.1:1/"],
    flag: "--allow-write",
  },
  {
    has: ["--allow-env", "--allow-net", "--allow-read"],
    args: ["--ca-bundle", "fixtures/certificates/ca.pem", "https://127.0.0.1:1/"],
    flag: "--allow-sys",
  },
  { has: ["--allow-env"], args: ["serve", "--port", "0"], flag: "--allow-net" },
  { has: [], args: ["har-import", "fixtures/har/shop.har"], flag: "--allow-read" },
];

for (const { has, args, flag } of REFUSALS) {
  Deno.test(`bench ${args.join(" ")} with ${has.join(" ") || "no permission"} asks for ${flag}`, async () => {
    assertRefused(await withPermissions(has, args), flag);
  });
}

Deno.test("a worker that may not ask for the machine's name is called worker", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const port = String(freePort());
  const permissions = ["--allow-net", "--allow-env", "--allow-read"];
  const [master, worker] = await Promise.all([
    withPermissions(permissions, [
      ...["--master", "--expect-workers", "1", "--port", port, "-n", "10", "-c", "2", "--json", "-"],
      `${target.url}/`,
    ]),
    withPermissions(permissions, ["--worker", `127.0.0.1:${port}`]),
  ]);
  assertEquals([master.code, worker.code], [0, 0], master.err + worker.err);
  assertStringIncludes(master.err, "Worker 1 of 1: worker 1 (worker), ");
  assertEquals(JSON.parse(master.out).total_requests, 10);
});
