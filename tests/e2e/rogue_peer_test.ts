/** Strangers and faulty workers end no master and hold nothing up. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { freePort } from "../_support/peers.ts";
import { fleetTest, peakBytes, startRemembering, watch } from "./_fleet.ts";
import { FEW_DESCRIPTORS, holdIdle } from "./_idle_peers.ts";
import { PLAYS, RogueWorker } from "./_rogue_worker.ts";
import { CALL, type Stranger, STRANGERS } from "./_rogue_strangers.ts";
import { pause } from "../_support/wait.ts";

const SECRET = { BENCH_SECRET: "correct horse battery" };
const MAX_BYTES = 300e6;
/** What a port takes of a stranger, and what lies in the system's buffers when it closes. */
const MAX_TAKEN = 10e6;

/** Plays a stranger until the connection ends; resolves to the bytes that were taken of it. */
async function play(port: number, { first, again }: Stranger): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let taken = 0;
  let isOver = false;
  const reading = (async () => {
    const buffer = new Uint8Array(4096);
    while (await connection.read(buffer).catch(() => null) !== null);
    isOver = true;
  })();
  try {
    for (let next: Uint8Array | null = first; next !== null && !isOver; next = again) {
      for (let at = 0; at < next.length; at += await connection.write(next.subarray(at)));
      taken += next.length;
      // Others have their turn, and so has the other end.
      if (next.length < 1000 || taken > 1e6) await pause(1);
    }
  } catch {
    // It was closed: what it was for.
  }
  await reading;
  try {
    connection.close();
  } catch {
    // The other end was quicker.
  }
  return taken;
}

fleetTest("strangers in any number neither end a master nor fill it nor keep its workers out", async () => {
  assertGreaterOrEqual(STRANGERS.length, 60);
  await using server = startRemembering(5);
  const port = freePort();
  const args = ["--port", String(port), "--expect-workers", "1", "-d", "3", "-c", "2", "--json", "-"];
  const run = watch(["--master", ...args, `${server.url}/`], SECRET, FEW_DESCRIPTORS);
  await run.says("Waiting for 1 worker:");
  using _before = await holdIdle(port, 300);
  const taken = await Promise.all(STRANGERS.map((stranger) => play(port, stranger)));
  STRANGERS.forEach(({ name }, i) => assert(taken[i]! < MAX_TAKEN, `${name}: ${taken[i]} bytes were taken`));
  using _then = await holdIdle(port, 300, CALL);
  const worker = watch(["--worker", `127.0.0.1:${port}`, "-t", "1"], SECRET);
  await worker.says("Joined the master");
  using _during = await holdIdle(port, 300);
  await worker.says("Run 1: done");
  const bytes = peakBytes(run.child.pid);
  const { code, out, err } = await run.ended;
  assertEquals(code, 0, err);
  assertEquals(JSON.parse(out).workers, { expected: 1, reported: 1 });
  assertLess(bytes, MAX_BYTES, `the master took ${Math.round(bytes / 1e6)} MB`);
  assertStringIncludes(err, "Refused 127.0.0.1:");
  assert(!err.includes("\x1b[2J"), "a name moved the cursor");
  assertEquals((await worker.ended).code, 0);
});

fleetTest("workers that know the secret and do wrong are lost by name, and hold nothing up", async () => {
  await using server = startRemembering(5);
  const port = freePort();
  const args = [
    "--expect-workers",
    String(PLAYS.length + 1),
    "-c",
    "64",
    "-d",
    "2",
    "--grace",
    "0",
    "--json",
    "-",
  ];
  const run = watch(["--master", "--port", String(port), ...args, `${server.url}/`], SECRET);
  await run.says("Waiting for");
  const rogues = await Promise.all(PLAYS.map(async ([name, play]) => {
    const rogue = await RogueWorker.join(port, SECRET.BENCH_SECRET, name);
    void rogue.ordered().then(() => play(rogue));
    return rogue;
  }));
  const worker = watch(["--worker", `127.0.0.1:${port}`, "-t", "1"], SECRET);
  await worker.says("Run 1: done");
  const bytes = peakBytes(run.child.pid);
  run.child.kill("SIGINT");
  const { code, out, err } = await run.ended;
  for (const rogue of rogues) rogue.close();
  for (const [name, , expected] of PLAYS) {
    const line = err.split("\n").find((line) => line.includes(`(${name})`) && line.includes("Lost")) ??
      JSON.parse(out).lost_workers?.find((lost: unknown) => JSON.stringify(lost).includes(`(${name})`));
    assertMatch(JSON.stringify(line ?? ""), expected, `${name} in:\n${err}`);
  }
  const result = JSON.parse(out);
  assertEquals([code, result.workers], [1, { expected: PLAYS.length + 1, reported: 1 }]);
  assertGreater(result.total_requests, 0, "the real worker's requests do not count");
  assertLess(bytes, MAX_BYTES, `the master took ${Math.round(bytes / 1e6)} MB`);
  assert(!err.includes("\x1b") && !err.includes("\n::error"), "a reason moved the cursor");
});
