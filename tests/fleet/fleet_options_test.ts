/** The options of masters and workers. */
import { assertEquals, assertThrows } from "@std/assert";
import { checkFleetOptions, fleetOptions, isLoopback, isWorker } from "../../src/fleet/fleet_options.ts";
import { UsageError } from "../../src/lib/errors.ts";
import { resolve } from "../../src/options/resolve.ts";

function valuesOf(given: Record<string, unknown>) {
  return resolve(fleetOptions, { config: { name: "options", values: given } });
}

Deno.test("a master's address is read with its scheme and port", () => {
  const { parse } = fleetOptions.worker.type;
  for (
    const [text, url] of [
      ["10.0.0.7:9220", "ws://10.0.0.7:9220"],
      ["master", "ws://master:9220"],
      ["wss://master.test", "wss://master.test:9220"],
      ["wss://master.test:443", "wss://master.test:443"],
      ["[::1]:99", "ws://[::1]:99"],
    ] as const
  ) assertEquals(parse(text), url);
  for (const text of ["", "http://a:1", "a:b", "a:1/x", "a b", "u@a:1", "a:99999", "::1"]) {
    assertThrows(() => parse(text), UsageError, "expected HOST:PORT");
  }
});

Deno.test("a master that others can reach needs a secret", () => {
  const open = valuesOf({ master: true, "expect-workers": 1, bind: "0.0.0.0" }).values;
  assertEquals(checkFleetOptions(open).length, 1);
  const closed =
    valuesOf({ master: true, "expect-workers": 1, bind: "0.0.0.0", secret: "long enough" }).values;
  assertEquals(checkFleetOptions(closed), []);
  assertEquals(checkFleetOptions(valuesOf({ secret: "short" }).values).length, 1);
});

Deno.test("loopback is what only this machine reaches", () => {
  for (const address of ["127.0.0.1", "127.8.8.8", "::1", "localhost"]) {
    assertEquals(isLoopback(address), true);
  }
  for (const address of ["0.0.0.0", "::", "10.0.0.1", "127.evil.test", ""]) {
    assertEquals(isLoopback(address), false);
  }
});

Deno.test("a process on NATS that is no master is a worker", () => {
  assertEquals(isWorker(valuesOf({ nats: "nats://a:4222", "run-id": "x" }).values), true);
  const master = valuesOf({ master: true, "expect-workers": 1, nats: "nats://a:4222", "run-id": "x" });
  assertEquals([isWorker(master.values), checkFleetOptions(master.values)], [false, []]);
});

Deno.test("what only a worker has cannot be given without one", () => {
  const { values } = valuesOf({ "allow-target": ["a.test"], stay: true });
  assertEquals(checkFleetOptions(values), ["--allow-target needs --worker", "--stay needs --worker"]);
});

Deno.test("targets, run ids and NATS addresses are checked", () => {
  const refused: readonly (readonly [keyof typeof fleetOptions, string])[] = [
    ["allowTarget", "http://a/"],
    ["allowTarget", "a.*"],
    ["runId", "a.b"],
    ["runId", ""],
    ["nats", "http://a"],
  ];
  for (const [name, text] of refused) assertThrows(() => fleetOptions[name].type.parse(text), UsageError);
});
