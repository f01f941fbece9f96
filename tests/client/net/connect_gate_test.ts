/** Attempts to connect to a server that is not there stay few, and go on when it is back. */
import { assertEquals, assertRejects } from "@std/assert";
import { ConnectGate } from "../../../src/client/net/connect_gate.ts";
import { FAILURE } from "../../../src/metrics/failure.ts";

const REFUSED = { failure: FAILURE.connection_refused, detail: "refused" };
const NEVER = new AbortController().signal;

function closedGate(): ConnectGate {
  const gate = new ConnectGate();
  for (let i = 0; i < 10; i++) gate.failed("a:1", REFUSED);
  return gate;
}

Deno.test("a gate lets everybody try until ten attempts in a row have failed", async () => {
  const gate = new ConnectGate();
  for (let i = 0; i < 9; i++) {
    assertEquals(await gate.pass("a:1", NEVER), null);
    gate.failed("a:1", REFUSED);
  }
  assertEquals(await gate.pass("a:1", NEVER), null);
  gate.opened("a:1");
  assertEquals(gate.isIdle, true);
});

Deno.test("behind a closed gate one tries, and all others learn what it found", async () => {
  const gate = closedGate();
  const first = gate.pass("a:1", NEVER);
  const others = [gate.pass("a:1", NEVER), gate.pass("a:1", NEVER)];
  assertEquals(await first, null);
  gate.failed("a:1", REFUSED);
  assertEquals(await Promise.all(others), [REFUSED, REFUSED]);
});

Deno.test("when the one that tries has succeeded, all may", async () => {
  const gate = closedGate();
  const first = gate.pass("a:1", NEVER);
  const other = gate.pass("a:1", NEVER);
  assertEquals(await first, null);
  gate.opened("a:1");
  assertEquals(await other, null);
});

Deno.test("who gives up leaves the next attempt to another", async () => {
  const gate = closedGate();
  const controller = new AbortController();
  const first = gate.pass("a:1", controller.signal);
  const other = gate.pass("a:1", NEVER);
  controller.abort();
  await assertRejects(() => first);
  assertEquals(await other, null);
});

Deno.test("limits of this machine and other servers do not close a gate", async () => {
  const gate = closedGate();
  for (let i = 0; i < 20; i++) gate.failed("b:1", { failure: FAILURE.too_many_open_files, detail: "" });
  assertEquals(await gate.pass("b:1", NEVER), null);
});
