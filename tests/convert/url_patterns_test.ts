/** Patterns of URLs, also on endless ones. */
import { SEARCHED_CHARS } from "../../src/lib/size_limits.ts";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { compilePatterns, findPatterns } from "../../src/convert/url_patterns.ts";
import { UsageError } from "../../src/lib/errors.ts";

const LIMITS = { budgetMs: 1000, now: () => 0 };

Deno.test("findPatterns() finds any of the patterns anywhere in a URL", async () => {
  const patterns = await compilePatterns("--include", ["/api/v\\d", "(?i)CART$"]);
  const urls = ["http://a.test/api/v2", "http://a.test/cart", "http://a.test/cart?x", "http://a.test/"];
  assertEquals(findPatterns(patterns, urls, LIMITS), [true, true, false, false]);
  assertEquals(findPatterns([], ["http://a.test/"], LIMITS), [false]);
});

Deno.test("findPatterns() is through with patterns that hang a backtracking engine", async () => {
  const patterns = await compilePatterns("--exclude", ["(a+)+$", "(a|aa)+$", "(.*a){20}$"]);
  assertEquals(findPatterns(patterns, [`http://x.test/${"a".repeat(5_000)}!`], LIMITS), [false]);
});

Deno.test("findPatterns() looks at the beginning of endless URLs", async () => {
  const patterns = await compilePatterns("--include", ["end$"]);
  const url = `http://a.test/${"x".repeat(SEARCHED_CHARS)}end`;
  assertEquals(findPatterns(patterns, [url], LIMITS), [false]);
});

Deno.test("findPatterns() stops when its time is spent", async () => {
  const patterns = await compilePatterns("--include", ["x"]);
  let ms = 0;
  const limits = { budgetMs: 1000, now: () => ms += 400 };
  const error = assertThrows(() => findPatterns(patterns, ["a", "b", "c", "d"], limits), UsageError);
  assertEquals(error.message, 'Cannot finish --include "x" within 1 s: use a shorter pattern');
});

Deno.test("compilePatterns() names every pattern that it cannot use", async () => {
  const error = await assertRejects(
    () => compilePatterns("--exclude", ["(", "ok", "(?!x)y", "(a)\\1"]),
    UsageError,
  );
  assertEquals(error.problems.length, 3);
  assertStringIncludes(error.problems[0]!, 'Cannot use --exclude "(": ');
  assertStringIncludes(error.problems[1]!, "lookahead and lookbehind are not supported");
  assertStringIncludes(error.problems[2]!, "back-references are not supported");
});
