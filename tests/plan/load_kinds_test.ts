/** One table of what is known of every kind of load; and nobody else tells the kinds apart. */
import { assertEquals } from "@std/assert";
import { connectionsOf, type LoadFacts, loadFacts } from "../../src/plan/load_kinds.ts";
import type { LoadSpec, RunPlan } from "../../src/plan/run_plan.ts";

const RATE = {
  kind: "rate",
  pacer: { kind: "constant", rate: 5 },
  maxConnections: 40,
  targetRate: 5,
} as const;

const USERS = {
  kind: "users",
  users: 300,
  durationMs: 120_000,
  rampUpMs: 1000,
  thinkMs: 200,
  thinkJitter: 0.5,
} as const;

const FACTS: readonly (readonly [LoadSpec, LoadFacts])[] = [
  [{ kind: "duration", connections: 10, durationMs: 5000 }, {
    maxUsers: 10,
    minUsers: 10,
    rampUpMs: 0,
    thinkMs: 0,
    thinkJitter: 0,
    durationMs: 5000,
    text: "5.0s duration",
  }],
  [{ kind: "requests", connections: 10, unit: "requests", amount: 1 }, {
    maxUsers: 10,
    minUsers: 1,
    rampUpMs: 0,
    thinkMs: 0,
    thinkJitter: 0,
    amount: { unit: "requests", count: 1 },
    text: "1 request",
  }],
  [USERS, {
    maxUsers: 300,
    minUsers: 300,
    rampUpMs: 1000,
    thinkMs: 200,
    thinkJitter: 0.5,
    durationMs: 120_000,
    simulation: USERS,
    text: "300 virtual users, 120.0s",
  }],
  [{ ...RATE, amount: 9 }, {
    maxUsers: 40,
    minUsers: 0,
    rampUpMs: 0,
    thinkMs: 0,
    thinkJitter: 0,
    amount: { unit: "iterations", count: 9 },
    openLoop: { ...RATE, amount: 9 },
    text: "9 arrivals, open loop",
  }],
];

for (const [load, facts] of FACTS) {
  Deno.test(`loadFacts() of "${facts.text}"`, () => {
    assertEquals(loadFacts(load), facts);
  });
}

Deno.test("connectionsOf() counts streams that share a connection once", () => {
  const load: LoadSpec = { kind: "duration", connections: 101, durationMs: 1 };
  assertEquals(connectionsOf({ load, client: { streams: 50 } as RunPlan["client"] }), 3);
  assertEquals(connectionsOf({ load, client: {} as RunPlan["client"] }), 101);
});

Deno.test("only the registries of load kinds tell kinds of load apart", async () => {
  const asks = /(?<!typeof )\bload\.kind\s*[!=]== "|switch \(load\.kind\)/;
  const found: string[] = [];
  const walk = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await walk(new URL(`${name}/`, folder));
      else if (asks.test(await Deno.readTextFile(new URL(name, folder)))) found.push(name);
    }
  };
  await walk(new URL("../../src/", import.meta.url));
  assertEquals(found, []);
});
