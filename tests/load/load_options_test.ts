/** Options of every load, and how many threads it gets. */
import { assertEquals } from "@std/assert";
import { loadOptions, threadCount } from "../../src/load/load_options.ts";
import { resolve } from "../../src/options/resolve.ts";

Deno.test("loadOptions have the documented defaults", () => {
  assertEquals(resolve(loadOptions, {}).values, {
    connections: 10,
    duration: undefined,
    numRequests: undefined,
    threads: undefined,
    warmup: 0,
    grace: 1000,
    seed: undefined,
  });
});

for (
  const [asked, cores, users, threads, why] of [
    [undefined, 2, 10, 2, "there are no more cores"],
    [undefined, 64, 10, 4, "a few are enough"],
    [undefined, 8, 1, 1, "there is but one connection"],
    [3, 1, 10, 3, "the user wants them"],
    [8, 8, 5, 5, "each needs a connection"],
    [undefined, 4, 0, 1, "one is the least"],
  ] as const
) {
  Deno.test(`threadCount() is ${threads} of ${asked ?? "no number"} when ${why}`, () => {
    assertEquals(threadCount(asked, { cores, users }), threads);
  });
}
