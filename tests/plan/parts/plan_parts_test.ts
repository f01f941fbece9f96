/** Loads side by side: what is whose, and how they are dealt out over threads. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isOpenLoop, loadFacts } from "../../../src/plan/load_kinds.ts";
import { planParts, shareOfPart } from "../../../src/plan/parts/plan_parts.ts";
import type { ScenarioPart, SingleLoad } from "../../../src/plan/run_plan.ts";
import { usersIn } from "../../../src/plan/share.ts";
import { planFor } from "../../_support/plan.ts";

const CLOSED: SingleLoad = { kind: "duration", connections: 3, durationMs: 5000 };
const RATE: SingleLoad = {
  kind: "rate",
  pacer: { kind: "constant", rate: 5 },
  maxConnections: 40,
  targetRate: 5,
  durationMs: 2000,
};

function partOf(name: string, load: SingleLoad, changes: Partial<ScenarioPart> = {}): ScenarioPart {
  return { name, load, startMs: 0, flows: 1, ...changes };
}

function severalOf(...parts: readonly ScenarioPart[]) {
  const urls = parts.flatMap(({ name, flows }) =>
    Array.from({ length: flows }, (_, i) => `http://a.test/${name}${i}`)
  );
  return planFor(urls, { kind: "scenarios", parts });
}

Deno.test("planParts() of a single load is that plan", () => {
  const plan = planFor("http://a.test/", CLOSED);
  const [part, ...others] = planParts(plan);
  assertEquals([part?.plan, part?.firstStep, part?.startMs, others.length], [plan, 0, 0, 0]);
});

Deno.test("planParts() gives each load its flows, steps, users and seed; who comes later does not warm up", () => {
  const plan = {
    ...severalOf(
      partOf("a", CLOSED, { flows: 2 }),
      partOf("b", RATE, { startMs: 1000 }),
      partOf("c", CLOSED),
    ),
    warmupMs: 100,
    seed: 2 ** 32 - 1,
  };
  const parts = planParts(plan);
  assertEquals(parts.map(({ firstStep, firstUser, startMs }) => [firstStep, firstUser, startMs]), [
    [0, 0, 0],
    [2, 3, 1000],
    [3, 43, 0],
  ]);
  assertEquals(parts.map(({ plan }) => plan.scenario.flows.map(({ name }) => name)), [
    ["http://a.test/a0", "http://a.test/a1"],
    ["http://a.test/b0"],
    ["http://a.test/c0"],
  ]);
  assertEquals(parts.map(({ plan }) => plan.warmupMs), [100, 0, 100]);
  const seeds = parts.map(({ plan }) => plan.seed);
  assertEquals([seeds[0], new Set(seeds).size], [plan.seed, 3]);
  assertEquals(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32), true);
});

Deno.test("every connection of every load is in one thread, and no thread is left without any", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(counts, fc.integer({ min: 1, max: 8 }), (connections, asked) => {
    const plan = severalOf(
      ...connections.map((count, i) => partOf(`s${i}`, { ...CLOSED, connections: count })),
    );
    const threads = Math.min(asked, connections.reduce((sum, count) => sum + count, 0));
    const shares = Array.from(
      { length: threads },
      (_, index) => planParts(plan).map((part) => shareOfPart({ index, of: threads }, part)),
    );
    const users = shares.map((parts) =>
      parts.map((share, i) => share === undefined ? 0 : usersIn(connections[i]!, share))
    );
    assertEquals(connections.map((_, i) => users.reduce((sum, of) => sum + of[i]!, 0)), connections);
    const each = users.map((of) => of.reduce((sum, count) => sum + count, 0));
    assertEquals(each.every((count) => count > 0), true, `${each}`);
  }));
});

Deno.test("loadFacts() of several loads: all users, those who begin at once, the last end", () => {
  const parts = [partOf("a", CLOSED), partOf("b", RATE, { startMs: 4000 })];
  const several = { kind: "scenarios", parts } as const;
  const { maxUsers, minUsers, durationMs, openLoop, text } = loadFacts(several);
  assertEquals([maxUsers, minUsers, durationMs, openLoop, text], [
    43,
    3,
    6000,
    undefined,
    "2 scenarios, 6.0s",
  ]);
  assertEquals(isOpenLoop({ load: several }), true);
  assertEquals(isOpenLoop({ load: { ...several, parts: [parts[0]!] } }), false);
  const endless: SingleLoad = { kind: "requests", connections: 1, unit: "requests", amount: 5 };
  assertEquals(loadFacts({ ...several, parts: [...parts, partOf("c", endless)] }).durationMs, undefined);
});
