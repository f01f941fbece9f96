/** The process's CPU time is the one that the platform tells, whoever is asked. */
import process from "node:process";
import { assertGreaterOrEqual, assertLess } from "@std/assert";
import { cpuTime } from "../../../src/fleet/coordination/cpu_time.ts";

Deno.test("cpuTime() agrees with the platform", () => {
  const untilMs = performance.now() + 30;
  while (performance.now() < untilMs);
  const before = process.cpuUsage();
  const { userSec, systemSec } = cpuTime();
  const after = process.cpuUsage();
  for (
    const [low, found, high] of [[before.user, userSec, after.user], [before.system, systemSec, after.system]]
  ) {
    // The system counts in microseconds.
    assertGreaterOrEqual(found! * 1e6 + 1, low!);
    assertLess(found! * 1e6, high! + 1);
  }
});
