/** The smallest step of clocks, coarse, fine and stopped. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { clockResolution } from "../../../src/metrics/machine/clock_resolution.ts";

Deno.test("clockResolution() finds the smallest step of a coarse clock", () => {
  let readings = 0;
  assertEquals(clockResolution(() => Math.floor(readings++ / 7) * 16), 16);
});

Deno.test("clockResolution() gives up on a clock that stands still", () => {
  assertEquals(clockResolution(() => 5), undefined);
});

Deno.test("clockResolution() of this machine's clock is below a millisecond", () => {
  const step = clockResolution();
  assert(step !== undefined && step > 0);
  assertLess(step, 1);
});
