/** Percentiles as HdrHistogram writes them, and its readers expect them. */
import { assertEquals } from "@std/assert";
import { hgrmReporter } from "../../src/report/hgrm.ts";
import { histogramOf, outcomeOf, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";

const PLAN = planFor("http://a.test/", { kind: "duration", connections: 1, durationMs: 1000 });

function hgrm(...ms: number[]): readonly string[] {
  const outcome = outcomeOf(PLAN, [stepOf({ latency: histogramOf(...ms) })], {
    outcome: { tags: { "a\nb": "c" } },
  });
  return hgrmReporter.render(outcome, { color: false }).split("\n");
}

Deno.test("hgrm lists the same percentiles as HdrHistogram's own writer", () => {
  // 0 … 499 in order: the percentiles and counts that the reference prints for such values.
  const lines = hgrm(...Array.from({ length: 500 }, (_, i) => i));
  const rows = lines.filter((line) => /^ +\d/.test(line)).map((line) => line.trim().split(/ +/));
  assertEquals(rows.slice(0, 3).map((row) => row.slice(1)), [
    ["0.000000000000", "1", "1.00"],
    ["0.100000000000", "50", "1.11"],
    ["0.200000000000", "100", "1.25"],
  ]);
  assertEquals(rows.slice(-3).map((row) => row.slice(1)), [
    ["0.997656250000", "499", "426.67"],
    ["0.998046875000", "500", "512.00"],
    ["1.000000000000", "500"],
  ]);
  assertEquals(rows.at(-1)?.[0], "499.000");
});

Deno.test("hgrm has the footer that its readers look for, and remarks that they skip", () => {
  const lines = hgrm(1, 2, 3);
  assertEquals(lines.slice(-6), [
    "#[Mean    =        2.000, StdDeviation   =        1.000]",
    "#[Max     =        3.000, Total count    =            3]",
    "#[Buckets =           22, SubBuckets     =         2048]",
    "# Latency in ms: GET http://a.test/",
    "# Tag a\\nb=c",
    "",
  ]);
});

Deno.test("hgrm of nothing has no mean and no maximum", () => {
  assertEquals(hgrm().filter((line) => line.startsWith("#[")), ["#[Total count    =            0]"]);
});
