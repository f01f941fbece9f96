/** What measurements are made of: medians, and the processor time of a process. */
import { assertEquals } from "@std/assert";
import { median, readUsage } from "./measure.ts";

Deno.test("median() is the middle value, or the mean of the middle two", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(median([]), undefined);
});

Deno.test("readUsage() divides user and system time by the requests", () => {
  assertEquals(readUsage("1.50 0.50 2000\n", 1_000_000), { cpuUs: 2, peakBytes: 2_048_000 });
});

Deno.test("readUsage() knows nothing without a line or without requests", () => {
  assertEquals(readUsage(undefined, 10), {});
  assertEquals(readUsage("Command terminated by signal 9\n1 1 1\n", 10), {});
  assertEquals(readUsage("1 1 1\n", 0), {});
});
