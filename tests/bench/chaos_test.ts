/** The chaos measurement itself, shortened: a run among faults of the network loses and leaks nothing. */
import { assertEquals, assertGreater } from "@std/assert";
import { SOCKETS } from "../_support/sockets.ts";
import { peerTest } from "../_support/peers.ts";
import { chaosProblems, runChaos } from "./chaos_run.ts";

for (const sockets of SOCKETS) {
  peerTest(`a run in chaos with ${sockets} sockets neither leaks, crashes nor miscounts`, [
    "nginx",
    "openssl",
  ], async () => {
    if (Deno.build.os !== "linux") return;
    const seed = Math.floor(Math.random() * 2 ** 31);
    const options = { seconds: 8, connections: 48, threads: 2, seed, sockets };
    // deno-lint-ignore no-console -- what was tried must be known
    console.log(`chaos_test, ${sockets} sockets: seed ${seed}`);
    const report = await runChaos(options);
    // Seconds are too short to tell a leak of memory from a start; minutes are for `deno task bench:chaos`.
    assertEquals(chaosProblems(report, options, 3), []);
    assertGreater(report.restarts, 1);
    // Every misbehaviour was met.
    assertGreater(Object.keys(report.counts.misdeeds).length, 20);
  });
}
