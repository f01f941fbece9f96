/** A placeholder without a value says what it would need to have one. */
import { assertEquals } from "@std/assert";
import { describeMissing } from "../../src/template/missing_value.ts";

Deno.test("describeMissing() says what an expression would need to have a value", () => {
  const cases = [
    ["${id}", "${id}"],
    ["${item.id}", "${item.id}"],
    ["${upper(a)}", "${upper(a)}"],
    ["${a + 'x'}", "${a + 'x'} (+ needs numbers; concat(a, b) joins texts)"],
    ["${a - 1}", "${a - 1} (- needs numbers)"],
    ["${-a}", "${-a} (- needs a number)"],
    ["${a / b}", "${a / b} (/ needs numbers, and another one than 0 to divide by)"],
    ["${pick(list)}", "${pick(list)} (pick needs a list that is not empty)"],
  ] as const;
  for (const [source, expected] of cases) assertEquals(describeMissing(source), expected);
});
