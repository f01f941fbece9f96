/** Memory that only grows is told from memory that comes and goes. */
import { assertEquals } from "@std/assert";
import { leakPerIteration } from "../../../src/steps/code/watch_heap.ts";

const MB = 1_000_000;

function samples(bytesAt: (second: number) => number) {
  return Array.from({ length: 14 }, (_, second) => ({ bytes: bytesAt(second), iterations: second * 100 }));
}

Deno.test("leakPerIteration() gives what each iteration keeps", () => {
  assertEquals(leakPerIteration(samples((second) => 10 * MB + second * 5 * MB)), 50_000);
});

Deno.test("leakPerIteration() takes no saw teeth, small growth, or short runs for a leak", () => {
  assertEquals(leakPerIteration(samples((second) => 10 * MB + (second % 4) * 40 * MB)), undefined);
  assertEquals(leakPerIteration(samples((second) => 10 * MB + second * 0.5 * MB)), undefined);
  assertEquals(leakPerIteration(samples((second) => 400 * MB + second * 5 * MB)), undefined);
  assertEquals(leakPerIteration(samples((second) => 10 * MB + second * 5 * MB).slice(0, 8)), undefined);
});
