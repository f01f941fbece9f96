/** Durations as people write them, and as they are shown. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatDuration, LONGEST_MS, parseDuration } from "../../src/lib/duration.ts";
import { UsageError } from "../../src/lib/errors.ts";

for (
  const [text, ms] of [
    ["10", 10_000],
    ["0", 0],
    ["0.25", 250],
    [".5", 500],
    ["10s", 10_000],
    ["1.5s", 1500],
    ["500ms", 500],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["1m", 60_000],
    ["1m30s", 90_000],
    ["1h2m3s4ms", 3_723_004],
    [" 5S ", 5000],
  ] as const
) {
  Deno.test(`parseDuration() reads ${JSON.stringify(text)} as ${ms} ms`, () => {
    assertEquals(parseDuration(text), ms);
  });
}

for (
  const text of [
    "",
    "nan",
    "inf",
    "Infinity",
    "-1",
    "-5s",
    "+1",
    "1e3",
    "0x10",
    "10 s",
    "s",
    "1s1m",
    "1s2s",
    "1.2.3s",
    "..s",
    "10d",
    "9".repeat(400),
    "25d",
    "600h",
  ]
) {
  Deno.test(`parseDuration() refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
    assertThrows(() => parseDuration(text), UsageError, "expected a duration");
  });
}

Deno.test("parseDuration() says how long a duration can be", () => {
  assertEquals(parseDuration("596h"), 596 * 3_600_000);
  assertThrows(() => parseDuration("597h"), UsageError, "at most 24 days");
});

Deno.test("parseDuration() reads back every duration that formatDuration() writes", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: LONGEST_MS * 1000 }), (us) => {
    const back = parseDuration(formatDuration(us / 1000));
    assertEquals(Math.round(back * 1000), us);
  }));
});

Deno.test("parseDuration() refuses whatever it does not read as a number of ms", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      const ms = parseDuration(text);
      assert(Number.isFinite(ms) && ms >= 0);
    } catch (error) {
      assertEquals(error instanceof UsageError, true);
    }
  }));
});

for (
  const [ms, text] of [[0, "0s"], [0.25, "250us"], [1.5, "1.5ms"], [1000, "1s"], [60_000, "1m"], [
    3_600_000,
    "1h",
  ], [5_430_500, "1h30m30.5s"]] as const
) {
  Deno.test(`formatDuration() writes ${ms} ms as ${text}`, () => assertEquals(formatDuration(ms), text));
}
