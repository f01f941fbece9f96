/** Names of options in environment and files. */
import { assertEquals } from "@std/assert";
import { configKeys, environmentNames, isSwitch } from "../../src/options/names.ts";
import { sampleOptions } from "./_sample.ts";

Deno.test("environmentNames() has each property's name and its negation's", () => {
  const names = environmentNames(sampleOptions).map(({ name, isNegation }) =>
    `${isNegation ? "!" : ""}${name}`
  );
  assertEquals(names.slice(0, 6), [
    "BENCH_CONNECTIONS",
    "BENCH_DURATION",
    "BENCH_NUM_REQUESTS",
    "BENCH_AUTH",
    "BENCH_KEEPALIVE",
    "!BENCH_NO_KEEPALIVE",
  ]);
});

Deno.test("configKeys() has long flags, aliases and negations without dashes", () => {
  const { tag, keepalive } = sampleOptions;
  const names = configKeys({ tag, keepalive }).map(({ name, property }) => `${property}:${name}`);
  assertEquals(names, ["tag:tag", "tag:label", "keepalive:keepalive", "keepalive:no-keepalive"]);
});

Deno.test("isSwitch() tells flags without an argument from those that may have one", () => {
  const { keepalive, report, tag } = sampleOptions;
  assertEquals([keepalive, report, tag].map(isSwitch), [true, false, false]);
});
