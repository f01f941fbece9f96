/** Setup and teardown of scenario files: once for a whole run, whatever runs it and however it ends. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startTarget, type Target } from "../../src/target/serve.ts";
import { ended, program, startProgram } from "../_support/program.ts";
import { freePort } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";
import { fleetTest, watch } from "./_fleet.ts";

const SCENARIO = `
vars: { color: red, lots: 3, words: [a, b] }
setup:
  - name: log in
    method: POST
    path: /login
    body: { user: anna, password: secret }
    assert_status: STATUS
    extract: { token: { json: token } }
steps:
  - name: use
    method: POST
    path: /echo?token=\${token}
    body: { color: "\${color}", lots: "\${lots}", words: "\${words}" }
teardown:
  - { name: bye, path: "/json?bye=\${token}" }
`;

async function writeScenario(folder: string, status = 200): Promise<string> {
  const path = `${folder}/once.yaml`;
  await Deno.writeTextFile(path, SCENARIO.replace("STATUS", String(status)));
  return path;
}

function requestsTo(server: Target, path: string): readonly string[] {
  return server.seen.filter((one) => one.path.startsWith(path)).map((one) => one.path);
}

function startKeeping(): Target {
  return startTarget({ port: 0, hostname: "127.0.0.1", keep: 10_000 });
}

Deno.test("setup and teardown run once, over several threads, and all users know what setup found out", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  const path = await writeScenario(temp.path);
  const { code, out, err } = await program([
    "--scenario",
    path,
    "-n",
    "40",
    "-t",
    "2",
    "-c",
    "4",
    server.url,
  ]);
  assertEquals([code, err], [0, ""], out);
  const used = requestsTo(server, "/echo");
  assertEquals([requestsTo(server, "/login").length, used.length], [1, 40]);
  assertEquals(new Set(used).size, 1, "all users have the same token");
  const [use = ""] = used;
  assertEquals(requestsTo(server, "/json"), [use.replace("/echo?token", "/json?bye")]);
  const body = server.seen.find((one) => one.path === use)!.body!;
  assertEquals(JSON.parse(body), { color: "red", lots: 3, words: ["a", "b"] });
});

Deno.test("a setup that fails ends the run before any load, and says at which step", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  const path = await writeScenario(temp.path, 201);
  const { code, out, err } = await program(["--scenario", path, "-n", "40", server.url]);
  assertEquals([code, out, requestsTo(server, "/echo")], [1, "", []]);
  assertStringIncludes(err, 'bench: Setup failed at step "log in": ');
  assertEquals(requestsTo(server, "/json?bye=").length, 1, "what setup had made by then is cleaned up");
});

Deno.test(
  "a setup that is interrupted or takes too long is cleaned up behind, as far as its values are known",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await using temp = await tempDir();
    await using server = startKeeping();
    const path = await writeScenario(temp.path);
    const hanging = SCENARIO.replace("STATUS", "200")
      .replace("\nsteps:", "\n  - { name: never, path: /delay/600000 }\nsteps:");
    await Deno.writeTextFile(path, hanging);
    const child = startProgram(["--scenario", path, "-n", "5", "--timeout", "600", server.url]);
    await until(() => requestsTo(server, "/login").length === 1);
    await until(() => requestsTo(server, "/delay").length === 1);
    child.kill("SIGINT");
    const interrupted = await ended(child);
    assertStringIncludes(interrupted.err, "Setup was interrupted");
    assertEquals(requestsTo(server, "/json?bye=").length, 1);
    const late = await program(
      ["--scenario", path, "-n", "5", "--timeout", "600", "--setup-timeout", "3", server.url],
    );
    assertEquals([late.code, late.out], [1, ""]);
    assertStringIncludes(late.err, "bench: Setup took longer than 3s and was cut off (--setup-timeout)");
    assertEquals([requestsTo(server, "/json?bye=").length, requestsTo(server, "/echo")], [2, []]);
  },
);

Deno.test(
  "teardown runs after Ctrl-C, and a teardown that fails is told",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await using temp = await tempDir();
    await using server = startKeeping();
    const path = await writeScenario(temp.path);
    const child = startProgram(["--scenario", path, "-d", "600", server.url]);
    await until(() => requestsTo(server, "/echo").length > 0);
    child.kill("SIGINT");
    const { out } = await ended(child);
    assertStringIncludes(out, "interrupted");
    assertEquals(requestsTo(server, "/json").length, 1);
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("/json?bye", "/status/500?bye"));
    const failed = await program(["--scenario", path, "-n", "5", server.url]);
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.err, 'bench: Teardown failed at step "bye": Error status 500');
    assertStringIncludes(failed.out, "Done: no errors");
  },
);

Deno.test("--check shows setup first and teardown last", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  const path = await writeScenario(temp.path);
  const { code, out } = await program(["--scenario", path, "--check", server.url]);
  assertEquals(code, 0, out);
  const at = ["Setup", "Flow once", "Teardown"].map((title) => out.indexOf(`${title}\n`));
  assertEquals(at.toSorted((a, b) => a - b), at);
  assertEquals(out.match(/\d\. \S.*passed/g)?.length, 3);
});

fleetTest("setup runs exactly once with three workers, who all know its values", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  const path = await writeScenario(temp.path);
  const port = String(freePort());
  const secret = { BENCH_SECRET: "correct horse battery" };
  const master = watch(
    [
      "--master",
      "--port",
      port,
      "--expect-workers",
      "3",
      "--scenario",
      path,
      "-n",
      "60",
      "-c",
      "6",
      server.url,
    ],
    secret,
  );
  const workers = [1, 2, 3].map(() => watch(["--worker", `127.0.0.1:${port}`], secret));
  const { code, out, err } = await master.ended;
  assertEquals(code, 0, `${out}${err}`);
  for (const worker of workers) await worker.ended;
  const used = requestsTo(server, "/echo");
  assertEquals([requestsTo(server, "/login").length, used.length, new Set(used).size], [1, 60, 1]);
  assertEquals(requestsTo(server, "/json").length, 1);
});
