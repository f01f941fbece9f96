/** Functions of templates. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { Random } from "../../src/lib/random.ts";
import {
  bindFunction,
  Counters,
  envNameOf,
  type FunctionSources,
} from "../../src/template/template_functions.ts";

function sources(seed = 1): FunctionSources {
  return {
    random: new Random(seed),
    counters: new Counters({ index: 0, of: 1 }),
    wallClockMs: () => Date.UTC(2024, 1, 29, 12, 30, 15, 250),
  };
}

function call(name: string, ...args: string[]): string {
  return String(bindFunction(name, args)(sources()));
}

Deno.test("uuid() gives different version 4 UUIDs, the same for the same seed", () => {
  const uuid = bindFunction("uuid", []);
  const drawn = sources(7);
  const all = Array.from({ length: 1000 }, () => String(uuid(drawn)));
  for (const one of all) {
    assertMatch(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assertEquals(new Set(all).size, 1000);
  assertEquals(uuid(sources(7)), all[0]);
});

Deno.test("randint() stays within its inclusive bounds", () => {
  const randint = bindFunction("randint", ["-1", "1"]);
  const drawn = sources();
  assertEquals([...new Set(Array.from({ length: 100 }, () => randint(drawn)))].sort(), [-1, 0, 1]);
  assertEquals(call("randint", "5", "5"), "5");
});

Deno.test("randstr() gives so many letters and digits", () => {
  assertMatch(call("randstr", "40"), /^[A-Za-z0-9]{40}$/);
});

Deno.test("now() is ISO 8601 in UTC, now(unix) whole seconds", () => {
  assertEquals(call("now"), "2024-02-29T12:30:15.250Z");
  assertEquals(call("now", "unix"), "1709209815");
});

Deno.test("counter() counts from 1, each name for itself", () => {
  const drawn = sources();
  const [plain, named] = [bindFunction("counter", []), bindFunction("counter", ["orders"])];
  assertEquals([plain(drawn), plain(drawn), named(drawn), plain(drawn)], [1, 2, 1, 3]);
});

Deno.test("Counters of all slots together give each number once", () => {
  const drawn = [0, 1, 2].flatMap((index) => {
    const counters = new Counters({ index, of: 3 });
    return [counters.next(""), counters.next("")];
  });
  assertEquals(drawn.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6]);
});

Deno.test("bindFunction() refuses arguments that do not fit", () => {
  for (
    const [name, args] of [
      ["uuid", ["1"]],
      ["randint", []],
      ["randint", ["6", "1"]],
      ["randint", ["1", "2.5"]],
      ["randint", ["1", "9007199254740993"]],
      ["randint", ["-9007199254740991", "9007199254740991"]],
      ["randstr", ["0"]],
      ["randstr", ["x"]],
      ["randstr", ["100000"]],
      ["counter", ["a b"]],
      ["counter", ["a", "b"]],
      ["now", ["iso"]],
    ] as const
  ) assertThrows(() => bindFunction(name, args), UsageError, `Cannot use "\${${name}(`);
});

Deno.test("bindFunction() suggests the function that was meant", () => {
  assertThrows(() => bindFunction("uid", []), UsageError, "did you mean uuid?");
  assertThrows(() => bindFunction("toString", []), UsageError, "expected one of uuid, randint");
});

Deno.test("envNameOf() takes one name", () => {
  assertEquals(envNameOf(["API_TOKEN"]), "API_TOKEN");
  for (const args of [[], ["A", "B"], ["A-B"]]) {
    assertThrows(() => envNameOf(args), UsageError, "expected env(NAME)");
  }
});
