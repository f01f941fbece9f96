/** The chaos measurement itself, shortened: a run among faults of the network loses and leaks nothing. */
import { assertEquals, assertGreater } from "@std/assert";
import { peerTest } from "../_support/peers.ts";
import { chaosProblems, runChaos } from "./chaos_run.ts";

peerTest("a run in chaos neither leaks, crashes nor miscounts", ["nginx", "openssl"], async () => {
  if (Deno.build.os !== "linux") return;
  const options = { seconds: 12, connections: 48, threads: 2, seed: Math.floor(Math.random() * 2 ** 31) };
  // deno-lint-ignore no-console -- what was tried must be known
  console.log(`chaos_test: seed ${options.seed}`);
  const report = await runChaos(options);
  // Seconds are too short to tell a leak of memory from a start; minutes are for `deno task bench:chaos`.
  assertEquals(chaosProblems(report, options, 3), []);
  assertGreater(report.restarts, 1);
  // Every misbehaviour was met.
  assertGreater(Object.keys(report.counts.misdeeds).length, 20);
});
