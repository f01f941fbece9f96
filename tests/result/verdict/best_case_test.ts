/** When a threshold can no longer be met. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { canStillHold, type Future } from "../../../src/result/verdict/best_case.ts";
import { judge, parseThreshold } from "../../../src/result/verdict/threshold.ts";
import { addStepStats } from "../../../src/metrics/snapshot.ts";
import { histogramOf, stepOf } from "../../_support/outcomes.ts";

const SEEN = {
  counts: stepOf({
    latency: histogramOf(...new Array(80).fill(100), ...new Array(10).fill(900)),
    failedLatency: histogramOf(...new Array(10).fill(5)),
    bodyBytes: 1000,
  }),
  durationMs: 10_000,
};
const MORE: Future = { requests: 100, isExact: true, durationMs: 10_000 };
const LATER: Future = { requests: 100, isExact: false, durationMs: 20_000 };

for (
  const [claim, future, expected] of [
    ["error_rate < 6%", MORE, true],
    ["error_rate < 5%", MORE, false],
    ["error_rate <= 5%", MORE, true],
    ["total_errors < 10", MORE, false],
    ["total_errors < 11", MORE, true],
    ["error_rate > 50%", MORE, true],
    ["error_rate > 60%", MORE, false],
    ["p95 < 500ms", MORE, false],
    ["p90 < 500ms", MORE, true],
    ["max_latency < 900ms", LATER, false],
    ["max_latency < 901ms", LATER, true],
    ["min_latency > 101ms", LATER, false],
    ["avg_latency < 89ms", MORE, false],
    ["avg_latency < 100ms", MORE, true],
    ["p50 > 1s", { ...MORE, requests: 50 }, false],
    ["p50 > 1s", { ...MORE, requests: 200 }, true],
    ["rps > 20", MORE, false],
    ["rps > 19", MORE, true],
    ["rps > 1000", LATER, true],
    ["rps < 1", LATER, true],
    ["total_requests > 200", MORE, false],
    ["total_requests > 200", LATER, true],
    ["total_bytes < 1000", LATER, false],
    ["transfer_rate > 1000000", LATER, true],
    ["duration < 15", LATER, false],
    ["duration < 15", MORE, true],
    ["stdev_latency < 1us", LATER, true],
  ] as const
) {
  const when = future === LATER ? "while time is left" : `with ${future.requests} requests to come`;
  Deno.test(`canStillHold() of "${claim}" ${when}: ${expected}`, () => {
    assertEquals(canStillHold(parseThreshold(claim), SEEN, future), expected);
  });
}

Deno.test("canStillHold() never gives up what the rest of the run does reach", () => {
  const claim = fc.constantFrom(
    ...[
      "error_rate < 5%",
      "p50 < 100ms",
      "p95 < 1s",
      "max_latency < 2s",
      "total_errors < 3",
      "rps > 5",
      "p99 > 1s",
    ],
  );
  const part = fc.record({
    fast: fc.nat(40),
    slow: fc.nat(5),
    failed: fc.nat(5),
    lost: fc.nat(3),
  }).map(({ fast, slow, failed, lost }) =>
    stepOf({
      latency: histogramOf(...new Array(fast).fill(50), ...new Array(slow).fill(1500)),
      failedLatency: histogramOf(...new Array(failed).fill(5)),
      unanswered: histogramOf(...new Array(lost).fill(3000)),
    })
  );
  fc.assert(fc.property(claim, part, part, (text, before, after) => {
    const threshold = parseThreshold(text);
    const end = { counts: addStepStats(before, after), durationMs: 10_000 };
    const future = { requests: after.succeeded + after.failed, isExact: true, durationMs: 10_000 };
    const seen = { counts: before, durationMs: 10_000 };
    if (judge(threshold, end).passed) assertEquals(canStillHold(threshold, seen, future), true, text);
  }));
});
