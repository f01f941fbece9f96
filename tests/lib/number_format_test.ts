/** Numbers as people read them. */
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import {
  formatBytes,
  formatCompactTime,
  formatCount,
  formatMeasured,
  formatPercent,
  formatRate,
  formatSeconds,
  formatShare,
  formatTenths,
  formatTime,
  NOT_MEASURED,
} from "../../src/lib/number_format.ts";

const TABLES: readonly (readonly [
  string,
  (value: number) => string,
  readonly (readonly [value: number, text: string])[],
])[] = [
  ["formatBytes() divides by 1024 and never prints 1024 of a unit", formatBytes, [
    [0, "0.00B"],
    [1023, "1023.00B"],
    [1023.999, "1.00KB"],
    [1024, "1.00KB"],
    [1536, "1.50KB"],
    [1024 ** 2 - 1, "1.00MB"],
    [1024 ** 3, "1.00GB"],
    [1024 ** 5, "1024.00TB"],
  ]],
  ["formatTime() picks the unit after rounding", formatTime, [
    [0, "0.00us"],
    [0.0004, "0.40us"],
    [0.87, "870.00us"],
    [0.999994, "999.99us"],
    [0.999996, "1.00ms"],
    [870, "870.00ms"],
    [999.994, "999.99ms"],
    [999.996, "1.00s"],
    [999.9999, "1.00s"],
    [1100, "1.10s"],
    [3_600_000, "3600.00s"],
  ]],
  ["formatCompactTime() is whole us, then ms, then tenths of seconds", formatCompactTime, [
    [0, "0us"],
    [0.0001, "<1us"],
    [0.3, "300us"],
    [0.9996, "1ms"],
    [120.4, "120ms"],
    [999.4, "999ms"],
    [999.5, "1.0s"],
    [8540, "8.5s"],
  ]],
  ["formatSeconds() has at least one decimal", formatSeconds, [[10_000, "10.0s"], [250, "0.25s"]]],
  ["formatCount() puts commas between thousands", formatCount, [[0, "0"], [15229, "15,229"], [
    1e9,
    "1,000,000,000",
  ]]],
  ["formatRate() has two decimals", formatRate, [[0, "0.00"], [1234.5, "1,234.50"]]],
  ["formatTenths() has one decimal", formatTenths, [[50.76, "50.8"], [1234, "1,234.0"]]],
  ["formatPercent() has two decimals", formatPercent, [[0, "0.00%"], [100, "100.00%"]]],
];

for (const [claim, format, rows] of TABLES) {
  Deno.test(claim, () => {
    for (const [value, text] of rows) assertEquals(format(value), text);
  });
}

Deno.test("every format prints a dash instead of NaN and Infinity", () => {
  for (const format of [formatBytes, formatTime, formatCompactTime, formatCount, formatRate, formatPercent]) {
    assertEquals(format(NaN), NOT_MEASURED);
    assertEquals(format(Infinity), NOT_MEASURED);
  }
});

Deno.test("formatMeasured() marks lower bounds and what is missing", () => {
  assertEquals(formatMeasured({ ms: 2000, isAtLeast: true }), "≥ 2.00s");
  assertEquals(formatMeasured({ ms: 2000, isAtLeast: false }), "2.00s");
  assertEquals(formatMeasured(undefined), NOT_MEASURED);
});

Deno.test("formatShare() of nothing is 0", () => {
  assertEquals(formatShare(0, 0), "0.00%");
  assertEquals(formatShare(1, 8), "12.50%");
});

Deno.test("counts and rates are grouped as the platform groups them", () => {
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const twoDecimals = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  fc.assert(fc.property(fc.maxSafeNat(), (count) => assertEquals(formatCount(count), whole.format(count))));
  // Quarters have two decimals, so that nothing is to be rounded.
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (quarters) => {
    assertEquals(formatRate(quarters / 4), twoDecimals.format(quarters / 4));
  }));
});
