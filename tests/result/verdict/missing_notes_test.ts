/** A threshold on what was not measured says why. */
import { assertEquals } from "@std/assert";
import { missingNotes } from "../../../src/result/verdict/missing_notes.ts";
import { parseThreshold } from "../../../src/result/verdict/threshold.ts";
import { ordinaryOutcome } from "../../_support/outcomes.ts";

const { result: plain } = ordinaryOutcome();
const result = {
  ...plain,
  total: {
    ...plain.total,
    checks: { "status is 200": { passed: 3, failed: 1 } },
    custom: { orders: { kind: "counter", count: 2, sum: 2, min: 1, max: 1, last: 1 } },
  },
} as const;

for (
  const [expression, reason] of [
    ["checks rate > 1%", undefined],
    ["orders count > 1", undefined],
    ["error_rate < 1%", undefined],
    ["step:never p95 < 1s", 'no request of "never" ended'],
    ["group:buy p95 < 1s", 'no pass through the group "buy" ended'],
    ["iteration:never p95 < 1s", 'no iteration of "never" ended'],
    ["ordrs count > 1", 'nothing called "ordrs" was counted: did you mean orders?'],
    ["chekcs rate > 1%", 'nothing called "chekcs" was counted: did you mean checks?'],
    ["orders p95 < 1", "a counter has nothing of that name"],
    ['"status is 200" max < 1', "a check has only count and rate"],
  ] as const
) {
  Deno.test(`missingNotes() of ${expression}`, () => {
    const notes = missingNotes([parseThreshold(expression)], result);
    const expected = reason === undefined ? [] : [`Threshold "${expression}" failed: ${reason}`];
    assertEquals(notes.map(({ text }) => text), expected);
  });
}
