/** The real command against a server that counts. */
import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { ended, PROGRAM, program, startProgram } from "../_support/program.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";

function target(): ReturnType<typeof startTarget> {
  return startTarget({ port: 0, hostname: "127.0.0.1" });
}

async function countAt(url: string, path: string): Promise<number> {
  return (await (await fetch(`${url}/counter`)).json())[path] ?? 0;
}

for (const [words, requests] of [["-n 1", 1], ["-n 7 -c 3 -t 2", 7], ["-n 10000 -c 64", 10_000]] as const) {
  Deno.test(`bench ${words} sends exactly what the server counts`, async () => {
    await using server = target();
    const { code, out } = await program([...words.split(" "), "--json", "-", `${server.url}/bytes/10`]);
    const result = JSON.parse(out);
    assertEquals(code, 0);
    assertEquals([result.total_requests, result.total_errors], [requests, 0]);
    assertEquals(await countAt(server.url, "/bytes/10"), requests);
  });
}

Deno.test("bench -d reports as many requests as the server counted", async () => {
  await using server = target();
  const words = ["-d", "1", "-c", "8", "-t", "2", "--grace", "60", "--json", "-", `${server.url}/json`];
  const result = JSON.parse((await program(words)).out);
  assertEquals([result.total_requests, result.unfinished_requests], [await countAt(server.url, "/json"), 0]);
});

Deno.test("bench says which options are wrong, all in one message, before any load", async () => {
  const { code, out, err } = await program([
    "-c",
    "0",
    "-d",
    "nan",
    "--json",
    "/no/such/dir/x.json",
    "--csv",
    "/no/such/dir/x.csv",
    "ftp://x",
  ]);
  assertEquals([code, out], [1, ""]);
  for (const part of ["-c: ", "-d: ", "--json", "--csv", "ftp://x"]) {
    assertStringIncludes(err, part);
  }
  assert(!err.includes(".part"), "no name of the program's own");
  assert(!err.includes("    at "), "no stack");
});

Deno.test("bench suggests the option that was probably meant", async () => {
  const { code, err } = await program(["--duraton", "5", "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "--duration");
});

Deno.test("bench exits 1 and says why when nothing succeeded", async () => {
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    for await (const connection of server) connection.close();
  })();
  const { code, out } = await program(["-n", "3", `http://127.0.0.1:${server.addr.port}/`]);
  assertEquals(code, 1);
  assertMatch(out, /No request succeeded/);
});

Deno.test("bench says that it measured nothing but redirects, and does not when it followed them", async () => {
  await using server = target();
  const words = ["-n", "3", `${server.url}/redirect/1`];
  const [left, followed] = await Promise.all([program(words), program(["--follow-redirects", ...words])]);
  assertEquals([left.code, followed.code], [0, 0]);
  assertStringIncludes(left.out, "Every response was a redirect (302); --follow-redirects follows them");
  assert(!followed.out.includes("Every response was a redirect"));
});

Deno.test("bench -v 2 shows the first of each failure once, whatever the number of threads", async () => {
  await using server = target();
  const { err } = await program(["-v", "2", "-n", "8", "-c", "4", "-t", "4", `${server.url}/status/404`]);
  assertEquals(err, "HTTP 404: Error status\n");
});

Deno.test("bench says what to try when the server speaks the other of http: and https:", async () => {
  await using server = target();
  const { code, out } = await program(["-n", "3", server.url.replace("http:", "https:")]);
  assertEquals(code, 1);
  assertStringIncludes(out.replace(/\s+/g, " "), "if the server has no TLS, use http:");
});

Deno.test("bench refuses two reports in one place", async () => {
  const { code, err } = await program(["--json", "same", "--csv", "same", "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  assertStringIncludes(err, '--csv and --json cannot both go to "same"');
});

Deno.test({
  name: "a full standard output costs neither the other reports nor the verdict, and is no mistake of bench",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using server = target();
    await using temp = await tempDir();
    const file = `${temp.path}/file`;
    const codes = await Promise.all(["p50 > 0s", "p50 < 0s"].map(async (claim, i) => {
      const words = ["-n", "3", "--th", claim, "--json", `${file}.${i}`, `${server.url}/`];
      const { code, err } = await run("sh", ["-c", `exec "$@" > /dev/full`, "sh", ...PROGRAM, ...words]);
      assertMatch(err, /^bench: Cannot write to standard output: .*\n$/);
      assertEquals(JSON.parse(await Deno.readTextFile(`${file}.${i}`)).total_requests, 3);
      await Deno.remove(`${file}.${i}`);
      return code;
    }));
    assertEquals(codes, [1, 2]);
  },
});

Deno.test("bench exits 2 on a breached threshold, and shows it", async () => {
  await using server = target();
  const { code, out } = await program(["-n", "20", "--th", "p50 < 1us", "--th", "rps > 1", `${server.url}/`]);
  assertEquals(code, 2);
  assertMatch(out, /p50 < 1us.*FAIL/);
  assertMatch(out, /rps > 1.*PASS/);
});

/** On Windows a signal sent to a process ends it on the spot; only a console can interrupt. */
const canInterrupt = Deno.build.os !== "windows";

Deno.test("the first Ctrl-C ends the load, and the report follows", { ignore: !canInterrupt }, async () => {
  await using server = target();
  const child = startProgram(["-d", "60", "-c", "4", "--json", "-", `${server.url}/delay/5`]);
  await until(async () => await countAt(server.url, "/delay/5") >= 100);
  child.kill("SIGINT");
  const { code, out } = await ended(child);
  const result = JSON.parse(out);
  assertEquals([code, result.interrupted], [0, true]);
  assertGreater(result.total_requests, 0);
});

Deno.test("settings come from file, environment and command line, the last one first", async () => {
  await using server = target();
  await using temp = await tempDir();
  const file = `${temp.path}/file.yaml`;
  await Deno.writeTextFile(file, "connections: 2\nthreads: 1\nnum-requests: 9\n");
  const { out } = await program(["--config", file, "-n", "4", "--json", "-", `${server.url}/`], {
    BENCH_CONNECTIONS: "3",
  });
  const result = JSON.parse(out);
  assertEquals([result.total_requests, result.connections, result.threads], [4, 3, 1]);
});

Deno.test("bench --client fetch measures, too", async () => {
  await using server = target();
  const { code, out } = await program([
    "-n",
    "50",
    "--client",
    "fetch",
    "--json",
    "-",
    `${server.url}/bytes/100`,
  ]);
  const result = JSON.parse(out);
  assertEquals([code, result.total_requests, result.total_bytes], [0, 50, 5000]);
});

Deno.test("an open loop counts a stall against every arrival that it kept waiting", async () => {
  await using server = target();
  const { out } = await program([
    ...["--rate", "200", "-d", "3", "-t", "1", "--grace", "60"],
    "--json",
    "-",
    `${server.url}/stall/3000/600`,
  ]);
  const result = JSON.parse(out);
  assertEquals(result.total_requests, 600);
  assertGreater(result.percentiles.p95, 0.3);
});
