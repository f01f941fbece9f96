/** Patterns of users that take linear time. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { loadPatternCompiler } from "../../src/lib/safe_pattern.ts";

const compile = await loadPatternCompiler();

Deno.test("SafePattern.firstGroup() gives the first group of the first match", () => {
  const pattern = compile(String.raw`name="csrf" value="([^"]+)"`);
  assertEquals(pattern.groups, 1);
  assertEquals(pattern.firstGroup(`<input name="csrf" value="a1"><input name="csrf" value="b2">`), "a1");
  assertEquals(pattern.firstGroup("nothing"), undefined);
  assertEquals(compile("a(b)?").firstGroup("a"), undefined);
});

Deno.test("SafePattern.isIn() finds a match anywhere", () => {
  assertEquals(compile(String.raw`\d{3}`).isIn("order 123"), true);
  assertEquals(compile(String.raw`^\d{3}`).isIn("order 123"), false);
});

Deno.test("SafePattern understands JavaScript's escapes and named groups", () => {
  assertEquals(compile(String.raw`\/caf\u00e9\/(?<id>\d+)`).firstGroup("/café/7"), "7");
});

Deno.test("SafePattern is done with a pattern that makes a backtracking engine hang", () => {
  // 2^40,000 steps for an engine that backtracks.
  assertEquals(compile("^(a+)+$").isIn("a".repeat(40_000) + "b"), false);
});

Deno.test("loadPatternCompiler() says why a pattern cannot be used", () => {
  for (
    const [source, reason] of [
      ["a(", "missing closing"],
      ["(?=a)b", "lookahead and lookbehind are not supported"],
      ["(?<!a)b", "lookahead and lookbehind are not supported"],
      [String.raw`(a)\1`, "back-references are not supported"],
      ["*", "missing argument to repetition operator"],
    ] as const
  ) assertThrows(() => compile(source), UsageError, reason);
});

Deno.test("SafePattern looks at as much of a text as a moment allows, less with a larger pattern", () => {
  const small = compile("b");
  const large = compile(String.raw`(?:\w+\s){50}b`);
  assertEquals([small.maxCharacters > 1_000_000, large.maxCharacters < small.maxCharacters / 10], [
    true,
    true,
  ]);
  const before = "a".repeat(large.maxCharacters - 1);
  assertEquals(compile("b").isIn(`${before}b`), true);
  assertEquals(large.isIn(`${before}${"w ".repeat(50)}b`), false);
  const all = "a".repeat(small.maxCharacters);
  assertEquals([small.isIn(`${all.slice(1)}b`), small.isIn(`${all}b`)], [true, false]);
});

Deno.test("loadPatternCompiler() refuses a pattern that would see next to nothing", () => {
  assertThrows(
    () => compile(String.raw`\w{1000}`.repeat(6)),
    UsageError,
    "it repeats too much and would be slow",
  );
});
