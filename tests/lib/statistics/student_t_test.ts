/** Student's t against printed tables. */
import { assertAlmostEquals } from "@std/assert";
import { twoSidedT } from "../../../src/lib/statistics/student_t.ts";

for (
  const [confidence, degrees, expected] of [
    [0.95, Infinity, 1.960],
    [0.99, Infinity, 2.576],
    [0.999, Infinity, 3.291],
    [0.95, 4, 2.776],
    [0.99, 4, 4.604],
    [0.99, 10, 3.169],
    [0.99, 30, 2.750],
    [0.5, 10, 0.700],
  ] as const
) {
  Deno.test(`twoSidedT(${confidence}, ${degrees}) is about ${expected}`, () => {
    assertAlmostEquals(twoSidedT(confidence, degrees), expected, expected * 0.03);
  });
}
