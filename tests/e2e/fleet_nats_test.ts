/** Fleets over NATS: killed workers, restarted servers, passwords and TLS. */
import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { certificatePaths, ROOT } from "../_support/certificates.ts";
import { startNats } from "../_support/nats.ts";
import { fleetTest, startRemembering, watch, type Watched } from "./_fleet.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause, until } from "../_support/wait.ts";

const SECRET = { BENCH_SECRET: "correct horse battery" };

function master(url: string, args: readonly string[]): Watched {
  return watch(["--master", "--nats", url, "--run-id", "r1", "--json", "-", ...args], SECRET);
}

function worker(url: string, args: readonly string[] = [], env: Record<string, string> = SECRET): Watched {
  return watch(["--nats", url, "--run-id", "r1", "-t", "1", ...args], env);
}

fleetTest("three workers on NATS, one killed, one too late, the server restarted: as promised", async () => {
  await using server = startRemembering(5);
  await using nats = await startNats();
  const { url } = nats;
  const run = master(url, ["--expect-workers", "3", "-c", "6", "-d", "600", `${server.url}/`]);
  const [first, second, doomed] = ["first", "second", "doomed"].map((name) =>
    worker(url, ["--worker-name", name])
  );
  await until(() => server.count > 0);
  const delayed = worker(url, ["--worker-name", "late"]);
  assertEquals((await delayed.ended).code, 1);
  assertStringIncludes((await delayed.ended).err, "already has all its workers");
  // Each worker has told of a second or two: what the doomed one told counts.
  await pause(2500);
  await nats.stop();
  await nats.start();
  const before = server.count;
  await until(() => server.count > before + 500);
  doomed!.child.kill("SIGKILL");
  await run.says("Lost worker");
  run.child.kill("SIGINT");
  const { code, out, err } = await run.ended;
  assertEquals(code, 1, err);
  assertMatch(err, /Lost worker \d \(doomed\): nothing heard for/);
  const result = JSON.parse(out);
  const ended = await Promise.all([first!.ended, second!.ended]);
  assertEquals(ended.map((worker) => worker.code), [0, 0]);
  // What the two that stayed sent is counted to the last request; of the lost one, what it had told.
  const sent = ended.map((worker) => Number(/done, (\d+) requests/.exec(worker.err)![1]));
  const counted = result.total_requests + result.unfinished_requests;
  assertGreater(counted, sent[0]! + sent[1]!);
  assertGreater(server.count + 1, counted);
  await doomed!.ended;
}, ["nats-server"]);

fleetTest("a restart of the NATS server alone changes no number", async () => {
  await using server = startRemembering(5);
  await using nats = await startNats();
  const { url } = nats;
  const run = master(url, [
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
  const workers = [worker(url), worker(url)];
  await until(() => server.count > 100);
  await nats.stop();
  await nats.start();
  const before = server.count;
  await until(() => server.count > before + 500);
  run.child.kill("SIGINT");
  const { code, out, err } = await run.ended;
  assertEquals(code, 0, err);
  const result = JSON.parse(out);
  assertEquals([result.total_requests, result.unfinished_requests], [server.count, 0]);
  for (const { ended } of workers) assertEquals((await ended).code, 0);
}, ["nats-server"]);

fleetTest("a NATS server's password and TLS are used, and its roots are checked", async () => {
  await using server = startRemembering();
  await using temp = await tempDir();
  const dir = temp.path;
  await Deno.writeTextFile(`${dir}/ca.pem`, ROOT);
  const { cert, key } = certificatePaths("server");
  await using nats = await startNats(
    "--user",
    "me",
    "--pass",
    "p%w",
    "--tls",
    "--tlscert",
    cert,
    "--tlskey",
    key,
  );
  const url = `tls://me:p%25w@localhost:${nats.port}`;
  const run = master(url, [
    "--expect-workers",
    "1",
    "-n",
    "10",
    "--cluster-ca",
    `${dir}/ca.pem`,
    `${server.url}/`,
  ]);
  const refusals = [
    [worker(url.replace("p%25w", "wrong"), ["--cluster-ca", `${dir}/ca.pem`]), /[Aa]uthorization/],
    [worker(url, []), /certificate|UnknownIssuer|issuer/i],
    [
      worker(url, ["--cluster-ca", `${dir}/ca.pem`], { BENCH_SECRET: "another secret" }),
      /The shared secret is wrong/,
    ],
  ] as const;
  for (const [{ ended }, why] of refusals) {
    const { code, err } = await ended;
    assertEquals(code, 1, err);
    assertMatch(err, why);
    assert(!err.includes("p%25w"), "no password");
  }
  const good = worker(url, ["--cluster-ca", `${dir}/ca.pem`]);
  const { code, out, err } = await run.ended;
  assertEquals(code, 0, err);
  assertEquals(JSON.parse(out).total_requests, 10);
  assertEquals(
    [err, out].some((text) => text.includes("p%25w") || text.includes("p%w")),
    false,
    "no password",
  );
  assertEquals((await good.ended).code, 0);
}, ["nats-server"]);
