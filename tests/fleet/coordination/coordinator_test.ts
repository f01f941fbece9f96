/** Threads start together, are stopped, fail, and are added up. */
import { assert, assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { coordinate } from "../../../src/fleet/coordination/coordinator.ts";
import type { Channel, Notice, Order } from "../../../src/fleet/protocol/messages.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../../src/metrics/snapshot.ts";
import type { Tick } from "../../../src/metrics/tick.ts";
import type { RunPlan } from "../../../src/plan/run_plan.ts";
import { planFor } from "../../_support/plan.ts";

const PLAN = planFor("http://127.0.0.1:9/", { kind: "duration", connections: 1, durationMs: 1000 }, {
  client: { timeoutMs: 2000 },
});

/** A slot that answers orders as scripted. */
function scripted(
  onOrder: (order: Order, notify: (notice: Notice) => void) => void,
): Channel & { orders: Order[] } {
  let listener: (notice: Notice) => void = () => {};
  const orders: Order[] = [];
  return {
    orders,
    send: (order) => {
      orders.push(order);
      onOrder(order, (notice) => queueMicrotask(() => listener(notice)));
    },
    onNotice: (given) => listener = given,
    close: () => {},
  };
}

function windowOf(seq: number, started: number): Snapshot {
  return { ...EMPTY_SNAPSHOT, seq, fromMs: seq * 1000, toMs: (seq + 1) * 1000, started };
}

/** A slot that reports the given windows once started. */
function reporting(...windows: readonly Snapshot[]): Channel & { orders: Order[] } {
  return scripted((order, notify) => {
    if (order.kind === "plan") notify({ kind: "ready" });
    if (order.kind !== "start") return;
    for (const snapshot of windows) notify({ kind: "snapshot", snapshot });
    notify({ kind: "done" });
  });
}

function options(observers: ((tick: Tick) => void)[] = []) {
  return { signal: new AbortController().signal, observers };
}

Deno.test("coordinate() adds up the same second of all slots and shows each second once", async () => {
  const ticks: Tick[] = [];
  const run = await coordinate(
    PLAN,
    [reporting(windowOf(0, 1), windowOf(1, 2)), reporting(windowOf(0, 10), windowOf(1, 20))],
    options([(tick) => ticks.push(tick)]),
  );
  assertEquals(ticks.map((tick) => tick.window.started), [11, 22]);
  assertEquals(ticks.map((tick) => tick.total.started), [11, 33]);
  assertEquals([run.total.started, run.total.toMs, run.lost], [33, 2000, []]);
});

Deno.test("coordinate() gives every slot the whole plan and its own share, and one start", async () => {
  const threads = [reporting(), reporting(), reporting()];
  await coordinate(PLAN, threads, options());
  const shares = threads.map((thread) => thread.orders[0]!.kind === "plan" && thread.orders[0]!.shares);
  assertEquals(shares, [0, 1, 2].map((index) => [{ index, of: 3 }]));
  const starts = threads.map((thread) => thread.orders[1]!.kind === "start" && thread.orders[1]!.atEpochMs);
  assertEquals(new Set(starts).size, 1);
});

Deno.test("a slot that fails is named, and what it had reported counts", async () => {
  const failing = scripted((order, notify) => {
    if (order.kind === "plan") notify({ kind: "ready" });
    if (order.kind !== "start") return;
    notify({ kind: "snapshot", snapshot: windowOf(0, 5) });
    notify({ kind: "failed", message: "out of memory" });
  });
  const run = await coordinate(PLAN, [failing, reporting(windowOf(0, 1), windowOf(1, 1))], options());
  assertEquals(run.total.started, 7);
  assertEquals(run.lost.length, 1);
  assertStringIncludes(run.lost[0]!.reason, "out of memory");
});

Deno.test("a slot that fails before the start does not hold up the others", async () => {
  const dead = scripted((order, notify) => {
    if (order.kind === "plan") notify({ kind: "failed", message: "no module" });
  });
  const run = await coordinate(PLAN, [dead, reporting(windowOf(0, 3))], options());
  assertEquals([run.total.started, run.lost.length], [3, 1]);
});

Deno.test("an abort reaches every slot as a stop", async () => {
  const controller = new AbortController();
  const patient = () =>
    scripted((order, notify) => {
      if (order.kind === "plan") notify({ kind: "ready" });
      if (order.kind === "start") controller.abort();
      if (order.kind === "stop") notify({ kind: "done" });
    });
  const threads = [patient(), patient()];
  await coordinate(PLAN, threads, { signal: controller.signal, observers: [] });
  for (const thread of threads) assert(thread.orders.some((order) => order.kind === "stop"));
});

/** Told to do things, it does nothing but what is left out here. */
function idle(...does: readonly ("ready" | "reports")[]): ReturnType<typeof scripted> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const channel = scripted((order, notify) => {
    if (order.kind === "plan" && does.includes("ready")) notify({ kind: "ready" });
    if (order.kind === "start" && does.includes("reports")) {
      let seq = 0;
      timer = setInterval(() => notify({ kind: "snapshot", snapshot: windowOf(seq++, 1) }), 1);
    }
  });
  const { close } = channel;
  return Object.assign(channel, {
    close: () => {
      clearInterval(timer);
      close();
    },
  });
}

const ENDLESS = { ...PLAN, load: { kind: "requests", unit: "requests", amount: 9, connections: 2 } } as const;
const WAITS:
  readonly (readonly [why: string, does: readonly ("ready" | "reports")[], plan: RunPlan, reason: RegExp])[] =
    [
      ["is never ready", [], PLAN, /^it was not ready within 1m/],
      ["never reports", ["ready"], ENDLESS, /^it reported nothing for 1m/],
      ["reports and never ends", ["ready", "reports"], PLAN, /^it did not end within 40s of the plan's end/],
    ];

for (const [why, does, plan, reason] of WAITS) {
  Deno.test(`a thread that ${why} is lost in the end, and what the others did counts`, async () => {
    const run = await coordinate(plan, [idle(...does), reporting(windowOf(0, 3))], {
      ...options(),
      lookMs: 1,
    });
    assertEquals(run.lost.length, 1);
    assertMatch(run.lost[0]!.reason, reason);
    assertGreaterOrEqual(run.total.started, 3);
  });

  Deno.test(`a thread that ${why} does not outlast a stop for long`, async () => {
    const signal = AbortSignal.timeout(50);
    const run = await coordinate(plan, [idle(...does)], { signal, observers: [], lookMs: 20 });
    assertMatch(run.lost[0]!.reason, /^it did not end within 8\.2s of the stop/);
  });
}
