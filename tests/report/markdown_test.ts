/** The Markdown summary. */
import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { comparisonText } from "../../src/report/comparison.ts";
import { MARKER, summaryMarkdown } from "../../src/report/markdown.ts";
import { PLAIN_STYLE } from "../../src/lib/style.ts";
import { assertGolden } from "../_support/golden.ts";
import { comparisonOf, hostileOutcome, ordinaryOutcome, OUTCOMES } from "../_support/outcomes.ts";

const OPTIONS = { title: "Load test", marker: false };

for (const [name, make] of Object.entries(OUTCOMES)) {
  Deno.test(`summary of the ${name} outcome is as agreed`, async () => {
    await assertGolden(`summary_${name}.txt`, summaryMarkdown(make(), OPTIONS));
  });
}

Deno.test("summary begins with the marker when one is wanted", () => {
  const text = summaryMarkdown(ordinaryOutcome(), { ...OPTIONS, marker: true });
  assertEquals(text.split("\n", 2), [MARKER, "## Load test"]);
});

Deno.test("summary lets no markup of hostile text through", () => {
  const text = summaryMarkdown(hostileOutcome(), { title: "<b>|`x`", target: "<i>*y*", marker: false });
  // deno-lint-ignore no-control-regex -- these are what is looked for
  assertNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f\u202e]/);
  assertNotMatch(text, /(?<!\\)<|(?<!\\)`/);
  for (const line of text.split("\n").filter((line) => line.startsWith("|"))) {
    assertMatch(line, /^\|.*\|$/);
  }
  assertStringIncludes(text, "\\<i\\>\\*y\\*");
});

for (const format of ["table", "markdown", "json"] as const) {
  Deno.test(`a comparison as ${format} is as agreed`, async () => {
    const texts = [false, true].map((passed) =>
      comparisonText(comparisonOf(passed), { format, style: PLAIN_STYLE })
    );
    await assertGolden(`comparison_${format}.txt`, texts.join("\n"));
  });
}

Deno.test("a comparison without rules says that it cannot fail", () => {
  const text = (format: "table" | "markdown") =>
    comparisonText({ ...comparisonOf(true), rules: [] }, { format, style: PLAIN_STYLE });
  assertStringIncludes(text("table"), "NOT JUDGED");
  assertStringIncludes(text("markdown"), "cannot fail");
});
