/** What the user's code counts, beyond what runs with modules show. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  CustomRecorder,
  type CustomStats,
  joinCustom,
  trendPercentile,
} from "../../src/metrics/custom_metrics.ts";

function trendOf(values: readonly number[]): CustomStats {
  const recorder = new CustomRecorder("trend");
  for (const value of values) recorder.add(value);
  return recorder.take()!;
}

Deno.test("a trend of values below and above zero has the percentiles of its values", () => {
  const values = [-500, -20, -3, -1, 0, 0.5, 2, 40, 700, 9000];
  const whole = trendOf(values);
  const joined = joinCustom(
    { t: trendOf(values.slice(0, 3)) },
    { t: trendOf(values.slice(3)) },
    "threads",
  )!["t"]!;
  for (const stats of [whole, joined]) {
    values.forEach((value, i) => {
      const found = trendPercentile(stats, (i + 1) * 10)!;
      assertAlmostEquals(found, value, Math.abs(value) / 500 + 0.001, `p${(i + 1) * 10}`);
    });
    assertEquals([stats.min, stats.max, stats.count], [-500, 9000, 10]);
  }
});

Deno.test("a trend forgets what was handed over, below zero, too", () => {
  const recorder = new CustomRecorder("trend");
  recorder.add(-5);
  assertEquals(recorder.take()!.negatives!.count, 1);
  recorder.add(5);
  const { negatives, values } = recorder.take()!;
  assertEquals([negatives, values!.count], [undefined, 1]);
});

Deno.test("a counter stands at 0 from when it is made; other kinds have nothing to tell", () => {
  const counter = new CustomRecorder("counter");
  const untouched = counter.take()!;
  assertEquals([untouched.count, untouched.sum, untouched.min, untouched.max], [0, 0, 0, 0]);
  counter.add(3);
  const joined = joinCustom({ errs: untouched }, { errs: counter.take()! }, "time")!["errs"]!;
  assertEquals([joined.count, joined.sum, joined.min, joined.max], [1, 3, 3, 3]);
  // Whatever was left out of the numbers before, as a warm-up is, the counter is there.
  assertEquals(counter.take()!.sum, 0);
  assertEquals((["gauge", "rate", "trend"] as const).map((kind) => new CustomRecorder(kind).take()), [
    undefined,
    undefined,
    undefined,
  ]);
});
