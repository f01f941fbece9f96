/** What was probably meant. */
import { assertEquals } from "@std/assert";
import { suggest, withSuggestion } from "../../src/lib/suggest.ts";

const FLAGS = ["--connections", "--duration", "--rate", "--rate-ramp", "--threads", "--json"];

for (
  const [typed, meant, why] of [
    ["--duraton", "--duration", "a letter is missing"],
    ["--durationn", "--duration", "a letter is too many"],
    ["--dirazion", "--duration", "letters are wrong"],
    ["--jsno", "--json", "two letters are swapped"],
    ["--Rate", "--rate", "the case differs"],
    ["--conn", "--connections", "it is an abbreviation"],
  ] as const
) {
  Deno.test(`suggest() finds ${meant} when ${why}`, () => assertEquals(suggest(typed, FLAGS), meant));
}

for (const typed of ["--frobnicate", "--x", "--", "", "-z"]) {
  Deno.test(`suggest() has nothing for ${JSON.stringify(typed)}`, () => {
    assertEquals(suggest(typed, FLAGS), undefined);
  });
}

Deno.test("withSuggestion() leaves a sentence as it is when nothing is near", () => {
  assertEquals(withSuggestion("Unknown key", "zzz", ["abc"]), "Unknown key");
  assertEquals(withSuggestion("Unknown key", "abd", ["abc"]), "Unknown key: did you mean abc?");
});
