/** Types of options: what they read, refuse and write back. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import type { OptionType } from "../../src/options/option.ts";
import {
  byteSize,
  choice,
  count,
  decimal,
  duration,
  path,
  percent,
  rate,
  text,
  toggle,
} from "../../src/options/option_types.ts";

const accepted:
  readonly (readonly [name: string, type: OptionType<unknown>, text: string, value: unknown])[] = [
    ["count", count({ min: 1 }), "1", 1],
    ["count", count({ min: 1 }), "10k", 10_000],
    ["count", count({ min: 1 }), "1.5M", 1_500_000],
    ["count", count({ min: 0 }), " 0 ", 0],
    ["decimal", decimal({ min: 0, max: 1 }), "0.5", 0.5],
    ["decimal", decimal({}), "-1e-3", -0.001],
    ["rate", rate(), "500", 500],
    ["rate", rate(), "10k", 10_000],
    ["rate", rate(), "1.1k", 1100],
    ["rate", rate(), "0.2/s", 0.2],
    ["rate from 0", rate({ min: 0 }), "0", 0],
    ["duration", duration(), "1m30s", 90_000],
    ["duration from 0", duration({ min: 0 }), "0", 0],
    ["byteSize", byteSize(), "512", 512],
    ["byteSize", byteSize(), "64KiB", 65_536],
    ["byteSize", byteSize(), "1MB", 1_000_000],
    ["byteSize", byteSize(), "1.5 kib", 1536],
    ["percent", percent, "1", 1],
    ["percent", percent, "0.5%", 0.5],
    ["percent", percent, "100 %", 100],
    ["toggle", toggle, "YES", true],
    ["toggle", toggle, "0", false],
    ["toggle", toggle, "off", false],
    ["choice", choice(["raw", "fetch"]), "Raw", "raw"],
    ["text", text(), "", ""],
    ["path", path(), "-", "-"],
  ];

for (const [name, type, given, value] of accepted) {
  Deno.test(`${name} reads ${JSON.stringify(given)}`, () => assertEquals(type.parse(given), value));
}

const refused: readonly (readonly [
  name: string,
  type: OptionType<unknown>,
  expected: string,
  texts: readonly string[],
])[] = [
  ["count", count({ min: 1 }), "expected a whole number of at least 1", [
    "",
    "0",
    "-1",
    "1.5",
    "nan",
    "inf",
    "ten",
    "1e400",
    "9007199254740993",
    "0x10",
    "1 0",
    "k",
  ]],
  ["count", count({ min: 0, max: 4 }), "expected a whole number from 0 to 4", ["5", "-1"]],
  ["decimal", decimal({ above: 1 }), "expected a number above 1", [
    "1",
    "nan",
    "inf",
    "Infinity",
    "",
    "1,5",
  ]],
  ["decimal", decimal({ max: 3 }), "expected a number of at most 3", ["4"]],
  ["rate", rate(), "expected a number per second above 0, such as 500 or 10k, or 30/m per minute", [
    "0",
    "-1",
    "nan",
    "inf",
    "5/d",
    "/m",
    "",
  ]],
  ["rate", rate({ min: 0 }), "expected at most 10,000,000 per second", ["1e9", "20000k", "10000001"]],
  ["duration", duration(), "expected a duration above 0", ["0", "0ms"]],
  ["duration", duration({ min: 0 }), "expected a duration such as 10s", ["-1", "nan", "inf", "soon"]],
  ["byteSize", byteSize(), "expected a size such as 64KiB or 1MB", [
    "0",
    "-1",
    "64K",
    "1.5",
    "lots",
    "1constructor",
  ]],
  ["byteSize", byteSize({ min: 1, max: 10 }), "from 1 to 10", ["11"]],
  ["percent", percent, "expected a percentage from 0 to 100", ["101", "-1", "nan", "%"]],
  ["toggle", toggle, "expected true or false", ["", "maybe", "2"]],
  ["choice", choice(["raw", "fetch", "h2"]), "expected raw, fetch or h2", ["", "raws", "constructor"]],
  ["path", path(), "expected the path of a file", ["", "  ", "a\0b"]],
];

for (const [name, type, expected, texts] of refused) {
  for (const given of texts) {
    Deno.test(`${name} refuses ${JSON.stringify(given)} with "${expected}"`, () => {
      assertThrows(() => type.parse(given), UsageError, expected);
    });
  }
}

Deno.test("format() writes what parse() reads", () => {
  for (const bytes of [1, 1000, 1024, 65_536, 1_048_576, 3 * 1024 ** 3]) {
    assertEquals(byteSize().parse(byteSize().format!(bytes)), bytes);
  }
  for (const ms of [1, 1500, 90_000]) assertEquals(duration().parse(duration().format!(ms)), ms);
  for (const value of [true, false]) assertEquals(toggle.parse(toggle.format!(value)), value);
});

Deno.test("duration() shows seconds in JSON", () => assertEquals(duration().toJson!(1500), 1.5));

Deno.test("choice() names its words", () => {
  assertEquals(choice(["raw", "fetch"]).label, "raw|fetch");
  assertEquals(choice(["auto", "never"], "WHEN").choices, ["auto", "never"]);
});
