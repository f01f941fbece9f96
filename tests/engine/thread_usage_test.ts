/** A thread's time on a core is told from its waits. */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { watchThread } from "../../src/engine/thread_usage.ts";
import { pause } from "../_support/wait.ts";

Deno.test("watchThread() tells time on a core from waiting, and starts anew each time", async () => {
  const usage = watchThread();
  // Work until the system has counted it, however busy the machine is.
  let worked = { wallMs: 0, cpuMs: 0 };
  for (const startMs = performance.now(); worked.cpuMs < 100 && performance.now() - startMs < 10_000;) {
    const untilMs = performance.now() + 20;
    while (performance.now() < untilMs);
    const { wallMs, cpuMs = Infinity } = usage();
    worked = { wallMs: worked.wallMs + wallMs, cpuMs: worked.cpuMs + cpuMs };
  }
  assertGreater(worked.cpuMs, 99);
  usage();
  await pause(200);
  const rested = usage();
  assertGreater(rested.wallMs, 190);
  assertLess(rested.cpuMs ?? 0, 150);
});

Deno.test({
  name: "watchThread() knows the waits for a core",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const { runQueueWaitMs, wallMs } = watchThread()();
    assertEquals(runQueueWaitMs === undefined, false, "no /proc/thread-self/schedstat");
    assertLess(runQueueWaitMs!, wallMs + 1);
  },
});
