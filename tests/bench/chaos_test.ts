/** The chaos measurement itself, shortened: a run among faults of the network loses and leaks nothing. */
import { assertEquals } from "@std/assert";
import { SOCKETS } from "../_support/sockets.ts";
import { peerTest } from "../_support/peers.ts";
import type { ChaosCounts } from "./chaos_proxy.ts";
import { chaosProblems, runChaos } from "./chaos_run.ts";

/** Every misbehaviour was met, and a few requests were answered well, before and after restarts. */
function isEnough({ misdeeds, good }: ChaosCounts, restarts: number): boolean {
  return restarts > 1 && good > 500 && Object.keys(misdeeds).length > 20;
}

for (const sockets of SOCKETS) {
  peerTest(`a run in chaos with ${sockets} sockets neither leaks, crashes nor miscounts`, [
    "nginx",
    "openssl",
  ], async () => {
    if (Deno.build.os !== "linux") return;
    const seed = Math.floor(Math.random() * 2 ** 31);
    const options = { seconds: 300, connections: 48, threads: 2, seed, sockets, isEnough };
    // deno-lint-ignore no-console -- what was tried must be known
    console.log(`chaos_test, ${sockets} sockets: seed ${seed}`);
    const report = await runChaos(options);
    // Seconds are too short to tell a leak of memory from a start; minutes are for `deno task bench:chaos`.
    assertEquals(chaosProblems(report, options, Infinity), []);
    assertEquals(isEnough(report.counts, report.restarts), true);
  });
}
