/** Workers in groups give the same sums, whoever dies and whatever is lost. */
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import fc from "fast-check";
import { Ledger } from "../../../src/fleet/coordination/group.ts";
import type { GroupBus } from "../../../src/fleet/protocol/group_messages.ts";
import { startTarget } from "../../../src/target/serve.ts";
import { planFor } from "../../_support/plan.ts";
import { startMaster, startNode, type TestNode } from "../_nodes.ts";

const never = new AbortController().signal;
const LOAD = { kind: "duration", connections: 10, durationMs: 4000 } as const;

/** A bus in memory that drops, doubles or delivers each text. */
function busOf(fate: (text: string) => number = () => 1): GroupBus & { published: number } {
  const listeners = new Map<number, Set<(text: string) => void>>();
  const bus = {
    published: 0,
    publish: (to: number, text: string) => {
      bus.published++;
      for (let times = fate(text); times > 0; times--) {
        for (const listener of listeners.get(to) ?? []) queueMicrotask(() => listener(text));
      }
    },
    subscribe: (to: number, listener: (text: string) => void) => {
      const all = listeners.get(to) ?? new Set();
      listeners.set(to, all.add(listener));
      return { unsubscribe: () => void all.delete(listener) };
    },
  };
  return bus;
}

function startedOf(nodes: readonly TestNode[]): number {
  return nodes.flatMap(({ snapshots }) => snapshots).reduce((sum, { started }) => sum + started, 0);
}

Deno.test("in groups the sum is the same, and the master gets fewer messages", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(5, { groupSize: 2 });
  const bus = busOf();
  const nodes = await Promise.all([1, 2, 3, 4, 5].map(() => startNode(master.url, { bus })));
  await master.fleet.gather(10_000, never);
  for (const amount of [100, 57]) {
    const load = { kind: "requests", unit: "requests", amount, connections: 10 } as const;
    const result = await master.fleet.run(planFor(`${target.url}/x`, load), {});
    assertEquals([result.total.started, result.lost], [amount, []]);
  }
  assertEquals(startedOf(nodes), 157);
  assertGreaterOrEqual(bus.published, 4, "nothing went through the leaders");
});

for (const [what, fate] of [["loses everything", () => 0], ["doubles everything", () => 2]] as const) {
  Deno.test(`a bus that ${what} changes no number`, async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    await using master = startMaster(3, { groupSize: 2 });
    const bus = busOf(fate);
    const nodes = await Promise.all([1, 2, 3].map(() => startNode(master.url, { bus })));
    await master.fleet.gather(10_000, never);
    const result = await master.fleet.run(planFor(`${target.url}/delay/5`, LOAD), {});
    assertEquals(result.total.started, startedOf(nodes));
    assertEquals(result.lost, []);
  });
}

Deno.test("a leader that dies takes nothing of its group with it, and nothing counts twice", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(4, { groupSize: 3 });
  const bus = busOf();
  const leader = await startNode(master.url, { bus });
  const others = [];
  for (let i = 0; i < 3; i++) others.push(await startNode(master.url, { bus }));
  await master.fleet.gather(10_000, never);
  const result = await master.fleet.run(planFor(`${target.url}/delay/5`, LOAD), {
    observers: [({ window }) => window.seq === 0 && leader.transport.close("power failure")],
  });
  assertEquals(result.lost.length, 1);
  const ofLeader = result.total.started - startedOf(others);
  let sum = 0;
  const prefixes = [0, ...leader.snapshots.map(({ started }) => sum += started)];
  assert(prefixes.includes(ofLeader), `${ofLeader} is not among ${prefixes}`);
  assertGreater(ofLeader, 0);
});

Deno.test("Ledger counts each snapshot of each node once and in order, whatever comes how often", () => {
  fc.assert(fc.property(
    fc.array(fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 4 })),
    (bundles) => {
      const ledger = new Ledger();
      const counted: string[] = [];
      for (const parts of bundles) if (ledger.accept(parts)) counted.push(...parts.map(String));
      assertEquals(new Set(counted).size, counted.length);
      for (const [node, n] of ledger.stateOf([[0, 0], [1, 0], [2, 0], [3, 0]])) {
        assertEquals(counted.filter((part) => part.startsWith(`${node},`)).length, n);
      }
    },
  ));
});
