/** What the page shows of a comparison. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { comparisonData } from "../../../src/report/html_report/comparison_data.ts";
import { comparisonOf } from "../../_support/outcomes.ts";

Deno.test("comparisonData() has a row a metric, a tone a verdict, and a row a rule", () => {
  const { changes, rules } = comparisonData(comparisonOf(false))!;
  assertEquals(changes.columns, ["Metric", "#Baseline", "#Current", "#Change", "#99% bounds", "#Verdict"]);
  assertEquals(changes.rows.map((row) => row.at(-1)), [
    { text: "worse", tone: "bad" },
    { text: "within noise", tone: "neutral" },
    { text: "noise unknown", tone: "neutral" },
    { text: "not judged", tone: "neutral" },
    { text: "worse", tone: "bad" },
  ]);
  assertStringIncludes(
    changes.remark!,
    "2 runs pooled: runs/a.json, runs/b.json. Connections was 10 and is 20.",
  );
  assertEquals(rules?.rows.map((row) => (row[2] as { text: string }).text), ["fired", "held", "not judged"]);
});

Deno.test("comparisonData() of nothing, or without rules, has no table for it", () => {
  assertEquals(comparisonData(undefined), undefined);
  assertEquals(comparisonData({ ...comparisonOf(true), rules: [] })?.rules, undefined);
});
