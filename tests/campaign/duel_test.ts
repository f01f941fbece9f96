/** The course of a duel: whose turn it is, with what, and when it is over. */
import { assert, assertEquals } from "@std/assert";
import { blockPlan, duel, type DuelTurn, unfitForBlocks } from "../../src/campaign/duel.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { DuelBlock, DuelPair } from "../../src/result/duel/duel_block.ts";
import { planFor } from "../_support/plan.ts";

const CLOSED: LoadSpec = { kind: "duration", connections: 2, durationMs: 60_000 };
const PLANS = { a: planFor("http://a.test/", CLOSED), b: planFor("http://b.test/", CLOSED) };
const COURSE = { blockMs: 300, blockWarmupMs: 75, seed: 7, goesOn: () => true };

/** Plays a duel until it has had so many turns, or is over; each block is told by its number. */
function play(
  turnsLeft: number,
  course: Partial<typeof COURSE & { goesOn(pairs: readonly DuelPair[]): boolean }> = {},
) {
  const blocks: DuelBlock[] = [];
  const turns: DuelTurn[] = [];
  const going = duel(PLANS, { ...COURSE, ...course });
  let step = going.next();
  while (!step.done && turns.length < turnsLeft) {
    turns.push(step.value);
    blocks.push({ result: undefined!, cpuSec: blocks.length });
    step = going.next(blocks.at(-1));
  }
  const pairs = step.done ? step.value : going.next(undefined).value as readonly DuelPair[];
  return { turns, pairs };
}

Deno.test("each pair has a turn of either side, one right after the other, and its blocks in their places", () => {
  const { turns, pairs } = play(200);
  assertEquals([turns.length, pairs.length], [200, 100]);
  for (const [i, { a, b, first }] of pairs.entries()) {
    const sides = turns.slice(2 * i, 2 * i + 2).map(({ side }) => side);
    assertEquals(sides, first === "a" ? ["a", "b"] : ["b", "a"]);
    assertEquals([a.cpuSec, b.cpuSec], first === "a" ? [2 * i, 2 * i + 1] : [2 * i + 1, 2 * i]);
  }
});

Deno.test("the order within pairs is drawn, about half of them begin with A, and a seed gives it again", () => {
  const orders = (seed: number) => play(400, { seed }).pairs.map(({ first }) => first).join("");
  const drawn = orders(7);
  assertEquals(orders(7), drawn);
  assert(orders(8) !== drawn);
  const begunByA = [...drawn].filter((side) => side === "a").length;
  assert(begunByA > 70 && begunByA < 130, `${begunByA} of 200`);
});

Deno.test("both blocks of a pair have the pair's seed, and the plan of their side", () => {
  const { turns } = play(20, { seed: 2 ** 32 - 2 });
  assertEquals(turns.map(({ plan }) => plan.seed), [
    ...[2 ** 32 - 2, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32 - 1],
    ...Array.from({ length: 16 }, (_, i) => Math.floor(i / 2)),
  ]);
  for (const { side, plan } of turns) {
    assertEquals(plan.scenario, PLANS[side].scenario);
    assertEquals([plan.load, plan.warmupMs], [{ ...CLOSED, durationMs: 300 }, 75]);
  }
});

Deno.test("half a pair is none: a turn that was not measured ends the duel with the pairs before it", () => {
  assertEquals([0, 1, 2, 5].map((turns) => play(turns).pairs.length), [0, 0, 1, 2]);
});

Deno.test("a duel goes on for as long as it is told to, and is asked before each pair", () => {
  const asked: number[] = [];
  const { turns } = play(99, { goesOn: (pairs: readonly DuelPair[] = []) => asked.push(pairs.length) < 4 });
  assertEquals([turns.length, asked], [6, [0, 1, 2, 3]]);
  assertEquals(play(99, { goesOn: () => false }).pairs, []);
});

const RATE = {
  kind: "rate",
  pacer: { kind: "constant", rate: 5 },
  maxConnections: 9,
  targetRate: 5,
} as const;

for (
  const [what, load, expected] of [
    ["connections for a time", CLOSED, undefined],
    [
      "a number of requests",
      { kind: "requests", unit: "requests", amount: 9, connections: 1 },
      "a number of requests",
    ],
    [
      "users",
      { kind: "users", users: 3, durationMs: 900, rampUpMs: 0, thinkMs: 0, thinkJitter: 0 },
      undefined,
    ],
    [
      "users who come little by little",
      { kind: "users", users: 3, durationMs: 900, rampUpMs: 9, thinkMs: 0, thinkJitter: 0 },
      "a load that grows",
    ],
    ["a rate", { ...RATE, durationMs: 900 }, undefined],
    ["a number of arrivals", { ...RATE, amount: 9 }, "a rate that changes or a number of requests"],
    [
      "a rate that grows",
      {
        ...RATE,
        durationMs: 900,
        pacer: { kind: "ramp", from: 1, to: 9, durationMs: 900 },
      } as unknown as LoadSpec,
      "a rate that changes or a number of requests",
    ],
    [
      "a log",
      { ...RATE, durationMs: 900, arrivals: "recorded" } as LoadSpec,
      "a rate that changes or a number of requests",
    ],
    ["several loads", { kind: "scenarios", parts: [] }, "several loads"],
  ] as readonly (readonly [string, LoadSpec, string | undefined])[]
) {
  Deno.test(`unfitForBlocks(): ${what}`, () => {
    assertEquals(unfitForBlocks({ ...PLANS.a, load }), expected);
  });
}

Deno.test("blockPlan() changes time, warm-up and seed alone", () => {
  const plan = planFor("http://a.test/", { ...RATE, durationMs: 900 });
  assertEquals(blockPlan(plan, { blockMs: 50, warmupMs: 5, seed: 2 ** 32 + 3 }), {
    ...plan,
    load: { ...RATE, durationMs: 50 },
    warmupMs: 5,
    seed: 3,
  });
});
