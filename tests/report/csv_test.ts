/** The CSV of percentiles. */
import { assertEquals } from "@std/assert";
import { csvReporter } from "../../src/report/csv.ts";
import { emptyOutcome, histogramOf, outcomeOf, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";

const PLAIN = { color: false };
const plan = planFor("http://a.test/", { kind: "duration", connections: 1, durationMs: 1 });

Deno.test("csv report has the rows 1 to 100 by nearest rank, in ms with three decimals, and CRLF", () => {
  const milliseconds = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
  const text = csvReporter.render(
    outcomeOf(plan, [stepOf({ latency: histogramOf(...milliseconds) })]),
    PLAIN,
  );
  const lines = text.split("\r\n");
  assertEquals(lines[0], "Percentage,Time (ms)");
  assertEquals(lines[7], "7,0.07");
  assertEquals(lines[55], "55,0.55");
  assertEquals(lines[100], "100,1");
  assertEquals(lines.length, 102);
});

Deno.test("csv report without a measurement is its heading", () => {
  assertEquals(csvReporter.render(emptyOutcome(), PLAIN), "Percentage,Time (ms)\r\n");
});

Deno.test("csv report ranks unanswered requests last, and says nothing where there is only a lower bound", () => {
  const step = stepOf({ latency: histogramOf(1, 1), unanswered: histogramOf(0.1, 0.1) });
  const lines = csvReporter.render(outcomeOf(plan, [step]), PLAIN).split("\r\n");
  assertEquals(lines[50], "50,1");
  assertEquals(lines[51], "51,");
  assertEquals(lines[100], "100,");
});
