/** Real masters and workers: sums, killed processes, Ctrl-C, and when they give up. */
import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { freePort, REFUSING_PORT } from "../_support/peers.ts";
import { fleetTest, startRemembering, watch, type Watched } from "./_fleet.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";

const SECRET = { BENCH_SECRET: "correct horse battery" };

function master(port: number, args: readonly string[]): Watched {
  return watch(["--master", "--port", String(port), "--json", "-", ...args], SECRET);
}

function worker(port: number, args: readonly string[] = []): Watched {
  return watch(["--worker", `127.0.0.1:${port}`, "-t", "2", ...args], SECRET);
}

async function stopped(process: Watched): Promise<number> {
  process.child.kill("SIGINT");
  return (await process.ended).code;
}

const SCENARIO = {
  name: "rows",
  steps: [{ name: "put", method: "PUT", path: "/rows/${rows.id}", body: "${rows.name}" }],
  data: { rows: { file: "rows.csv", strategy: "unique" } },
};

/** A share of the requests has traces; responses say what they took, and how many did. */
const TRACES = ["--trace-ratio", "0.5", "--server-timing", "--th", "server_timing:db count >= 500"];

fleetTest("three workers send exactly what one process sends", async () => {
  await using server = startRemembering();
  await using temp = await tempDir();
  const dir = temp.path;
  await Deno.writeTextFile(
    `${dir}/rows.csv`,
    `id,name\n${Array.from({ length: 60 }, (_, i) => `${i},n${i}`).join("\n")}\n`,
  );
  await Deno.writeTextFile(`${dir}/scenario.json`, JSON.stringify(SCENARIO));
  await Deno.writeTextFile(`${dir}/urls.txt`, `${server.url}/a\n${server.url}/b\n${server.url}/c\n`);
  await Deno.writeFile(`${dir}/body.bin`, new Uint8Array(1_100_000).fill(65));
  const line = (n: number) =>
    JSON.stringify({ ts: 1_790_000_000 + n / 100, method: "GET", url: `/log/${n}` });
  await Deno.writeTextFile(`${dir}/access.jsonl`, Array.from({ length: 100 }, (_, n) => line(n)).join("\n"));
  const scenario = ["--scenario", `${dir}/scenario.json`, server.url];
  const cases: readonly (readonly string[])[] = [
    ["-n", "500", "-c", "10", ...TRACES, `${server.url}/n`],
    ["-n", "100", "-c", "10", "--url-file", `${dir}/urls.txt`],
    ["--rate", "120", "-n", "100", `${server.url}/rate`],
    [
      "--rate",
      "60",
      "--traffic-profile",
      "step:levels=20,80",
      "-d",
      "2",
      "--grace",
      "60",
      `${server.url}/profile`,
    ],
    ["-n", "60", "-c", "7", ...scenario],
    ["-u", "6", "-d", "600", "--think-time", "0", "--data-strategy", "rows=sequential", ...scenario],
    ["--replay", `${dir}/access.jsonl`, "--speed", "4x", "--loop", "-n", "250", server.url],
    ["-n", "4", "-c", "3", "-m", "POST", "-p", `${dir}/body.bin`, `${server.url}/post`],
  ];
  const port = freePort();
  const workers = [1, 2, 3].map(() => worker(port, ["--stay"]));
  for (const args of cases) {
    const alone = await program(["--json", "-", "--seed", "1", ...args]);
    assertEquals(alone.code, 0, alone.err);
    const tracedAlone = server.traced;
    const expected = server.take();
    assertGreater(expected.length, 0);
    const { code, out, err } = await master(port, ["--expect-workers", "3", "--seed", "1", ...args]).ended;
    assertEquals(code, 0, `${args.join(" ")}: ${err}`);
    assertEquals(server.take(), expected, args.join(" "));
    const result = JSON.parse(out);
    assertEquals(result.total_requests, expected.length);
    if (!args.includes("--server-timing")) continue;
    // What all workers said is added up.
    assertEquals(result.traced_requests, server.traced - tracedAlone);
    assertEquals(result.server_timing, [{
      ...{ name: "db", count: 500, mean: 0.0125, min: 0.0125, max: 0.0125 },
      ...{
        p50: result.server_timing[0].p50,
        p95: result.server_timing[0].p95,
        p99: result.server_timing[0].p99,
      },
    }]);
  }
  assertEquals(await Promise.all(workers.map(stopped)), [1, 1, 1]);
});

fleetTest("a killed worker: the rest reports, names it, and the exit code says so", async () => {
  await using server = startRemembering(5);
  for (const [tolerance, code] of [["0", 1], ["1", 0]] as const) {
    const port = freePort();
    const args = ["--expect-workers", "2", "--tolerate-lost", tolerance, "--silence", "6s"];
    const run = master(port, [...args, "-c", "4", "-d", "600", `${server.url}/`]);
    const doomed = worker(port, ["--worker-name", "doomed"]);
    const other = worker(port);
    await doomed.says("Run 1:");
    await until(() => server.count > 20);
    doomed.child.kill("SIGKILL");
    await run.says("Lost worker");
    run.child.kill("SIGINT");
    const { code: actual, out, err } = await run.ended;
    assertEquals(actual, code, err);
    assertMatch(err, /Lost worker \d \(doomed\)/);
    assertStringIncludes(out, "doomed");
    assertGreater(JSON.parse(out).total_requests, 0);
    assertEquals(JSON.parse(out).workers, { expected: 2, reported: 1 });
    assertEquals((await other.ended).code, 0);
    await doomed.ended;
    server.take();
  }
});

fleetTest("a killed master: its workers stop the load within seconds and exit with 1", async () => {
  await using server = startRemembering(5);
  const port = freePort();
  const run = master(port, ["--expect-workers", "2", "-c", "4", "-d", "600", `${server.url}/`]);
  const workers = [worker(port), worker(port)];
  await until(() => server.count > 20);
  run.child.kill("SIGKILL");
  for (const { ended } of workers) {
    const { code, err } = await ended;
    assertEquals(code, 1);
    assertStringIncludes(err, "Ended:");
  }
  await run.ended;
});

fleetTest("Ctrl-C at the master stops all workers, and the report follows", async () => {
  await using server = startRemembering(5);
  const port = freePort();
  const run = master(port, [
    "--expect-workers",
    "2",
    "-c",
    "4",
    "-d",
    "600",
    "--grace",
    "60",
    `${server.url}/`,
  ]);
  const workers = [worker(port), worker(port)];
  await until(() => server.count > 20);
  run.child.kill("SIGINT");
  const { out, code } = await run.ended;
  const result = JSON.parse(out);
  assertEquals([code, result.interrupted], [0, true]);
  assertEquals([result.total_requests, result.unfinished_requests], [server.count, 0]);
  for (const { ended } of workers) assertEquals((await ended).code, 0);
});

fleetTest("a worker that comes too late is told so, and thresholds count at the master alone", async () => {
  await using server = startRemembering(5);
  const port = freePort();
  const run = master(port, ["--expect-workers", "1", "-d", "600", "--th", "p50 < 1us", `${server.url}/`]);
  const first = worker(port);
  await until(() => server.count > 0);
  const delayed = await worker(port).ended;
  assertEquals(delayed.code, 1);
  assertStringIncludes(delayed.err, "already has all its workers");
  run.child.kill("SIGINT");
  assertEquals((await run.ended).code, 2);
  const { code, out } = await first.ended;
  assertEquals([code, out], [0, ""]);
});

fleetTest("what makes no sense for a fleet is refused before anything is opened", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["--worker", "127.0.0.1:1", "-c", "5", "http://a.test/"], "-c cannot be used with a worker"],
    [["--master", "http://a.test/"], "--master needs --expect-workers"],
    [["--master", "--expect-workers", "2", "--bind", "0.0.0.0", "http://a.test/"], "give a shared secret"],
    [["--master", "--expect-workers", "9", "-c", "2", "http://127.0.0.1:1/"], "Cannot divide 2 connections"],
    [["--worker", "http://x"], "expected HOST:PORT"],
    [["--stay", "http://a.test/"], "--stay needs --worker"],
    [
      ["--nats", "nats://a:1", "--master", "--expect-workers", "1", "http://a.test/"],
      "--nats needs --run-id",
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await program(args);
    assertEquals([code, out], [1, ""], args.join(" "));
    assertStringIncludes(err.replaceAll("--connections", "-c"), message);
    assert(!err.includes("    at "), "no stack");
  }
});

fleetTest("a worker without a master says so when its time is over", async () => {
  const { code, err } = await program(["--worker", `127.0.0.1:${REFUSING_PORT}`, "--join-timeout", "1s"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "Cannot reach the master");
});
