/** Stalls, queues and waits of the target. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { TargetState } from "../../src/target/target_state.ts";

Deno.test("stallWait() holds what arrives in the middle of a period until the stall's end", () => {
  const state = new TargetState();
  const rows: [atMs: number, waitMs: number][] = [
    [0, 0],
    [449, 0],
    [451, 99],
    [500, 50],
    [549, 1],
    [551, 0],
    [999, 0],
    [1500, 50],
    [3449, 0],
    [3451, 99],
  ];
  for (const [atMs, waitMs] of rows) assertEquals(state.stallWait(1000, 100, 7000 + atMs), waitMs, `${atMs}`);
});

Deno.test("stallWait() knows periods without a stall and stalls without a pause", () => {
  const state = new TargetState();
  for (let atMs = 0; atMs < 200; atMs++) assertEquals(state.stallWait(100, 0, atMs), 0);
  state.stallWait(100, 100, 0);
  for (let atMs = 1; atMs < 100; atMs++) assertEquals(state.stallWait(100, 100, atMs), 100 - atMs);
});

Deno.test("serviceWait() serves as many at a time as there are slots, first come, first served", () => {
  const state = new TargetState();
  const waits = Array.from({ length: 5 }, () => state.serviceWait(2, 40, 1000));
  assertEquals(waits, [40, 40, 80, 80, 120]);
  // The slots are free at 1080 and 1120.
  assertEquals([state.serviceWait(2, 40, 1090), state.serviceWait(2, 40, 1090)], [40, 70]);
  assertEquals(state.serviceWait(2, 40, 5000), 40);
});

Deno.test("serviceWait() has exactly its capacity under overload, whatever the arrivals", () => {
  const state = new TargetState();
  let lastMs = 0;
  for (let k = 0; k < 10_000; k++) {
    const nowMs = k * 0.9;
    lastMs = nowMs + state.serviceWait(3, 10, nowMs);
  }
  assertEquals(Math.round(lastMs - 10_000 / 3 * 10), 7);
});

Deno.test("serviceWait() keeps queues with other numbers apart", () => {
  const state = new TargetState();
  assertEquals([state.serviceWait(1, 10, 0), state.serviceWait(1, 20, 0), state.serviceWait(1, 10, 0)], [
    10,
    20,
    20,
  ]);
});

Deno.test("count() bounds the number of paths", () => {
  const state = new TargetState();
  for (let i = 0; i < 1500; i++) state.count(`/bytes/${i}`);
  state.count("/bytes/0");
  assertEquals(state.counts.get("/bytes/0"), 2);
  assertEquals(state.counts.get("(other)"), 500);
  assertEquals(state.counts.size, 1001);
});

Deno.test("next() counts each key from 0", () => {
  const state = new TargetState();
  assertEquals([state.next("a"), state.next("a"), state.next("b"), state.next("a")], [0, 1, 0, 2]);
});

Deno.test("logIn() gives every session its own token", () => {
  const state = new TargetState();
  const [first, second] = [state.logIn(), state.logIn()];
  assertNotEquals(first.token, second.token);
  assertEquals(state.tokenOf(first.session), first.token);
  assertEquals(state.tokenOf("another"), undefined);
});

Deno.test("stop() ends every wait, also those for ever and those to come", async () => {
  const state = new TargetState();
  const waits = [state.wait(1_000_000), state.wait(Infinity), state.wait(2 ** 40)];
  state.stop();
  await Promise.all([...waits, state.wait(Infinity)]);
  assert(true);
});
