/** Responses byte by byte: which are read, which are refused, and as what. */
import { assertEquals } from "@std/assert";
import { RESPONSES } from "./_responses.ts";
import { bytesOf, parse } from "./_parsing.ts";

for (const [claim, text, expected, options] of RESPONSES) {
  const isFailure = expected.failure !== undefined;
  Deno.test(`ResponseParser ${isFailure ? "refuses" : "accepts"} ${claim}, whole and cut at every byte`, () => {
    const bytes = bytesOf(text);
    const whole = parse(bytes, options);
    assertEquals({ ...whole, ...expected }, whole);
    assertEquals(whole.done, !isFailure);
    const drops = Array.from(bytes, (_, i) => i).slice(1);
    const expectEqual = (cuts: readonly number[]) => {
      const cut = parse(bytes, { ...options, cuts });
      if (isFailure) assertEquals(cut.failure, whole.failure, `cut at ${cuts}`);
      else assertEquals(cut, whole, `cut at ${cuts}`);
    };
    for (const at of drops) expectEqual([at]);
    expectEqual(drops);
  });
}
