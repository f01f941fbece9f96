/** How well a metric is known, in words: while a run goes on. */
import { assertEquals } from "@std/assert";
import { neededMs, parseUntil } from "../../../src/result/verdict/known_to.ts";
import { untilSoFar } from "../../../src/result/verdict/until_verdict.ts";

const UNTIL = parseUntil("p99 ± 2%");

function soFar(reach: number, { atMs = 60_000, limitMs = 300_000, isReached = false } = {}): string {
  const known = { value: 0.1, low: 0.1 * (1 - reach / 100), high: 0.1 * (1 + reach / 100) };
  const verdict = { expression: "p99 ± 2%", metric: "p99", unit: "s", isReached, atMs, ...known } as const;
  return untilSoFar(verdict, { neededMs: neededMs(UNTIL, known, atMs), limitMs });
}

Deno.test("what is known so far, and how much longer it takes: four times as long for half the width", () => {
  assertEquals(soFar(4), "± 4.0%, about 3min more");
  assertEquals(soFar(2.5), "± 2.5%, about 34s more");
  assertEquals(soFar(5), "± 5.0%, and it would take about 6min in all");
  assertEquals(soFar(40), "± 40.0%, and it would take about 7h in all");
  assertEquals(soFar(1.9, { isReached: true }), "± 1.9%, reached");
  const verdict = { expression: "x", metric: "p99", unit: "s", isReached: false, atMs: 5000 } as const;
  assertEquals(untilSoFar(verdict, { neededMs: undefined, limitMs: 1 }), "too little is known yet");
});
