/** The fleet measurement itself, shortened: simulated workers in numbers, whose snapshots all arrive. */
import { assertEquals, assertGreater } from "@std/assert";
import { startNats } from "../_support/nats.ts";
import { peerTest } from "../_support/peers.ts";
import { costOf, type FleetCost } from "./fleet.ts";

function assertComplete(cost: FleetCost): void {
  assertEquals([cost.snapshots, cost.lost], [40 * 2, 0]);
  assertGreater(cost.cpuPercent, 0);
}

Deno.test("40 simulated workers over WebSocket: every snapshot is counted once", async () => {
  assertComplete(await costOf({ title: "WebSocket", url: "ws://", workers: 40, seconds: 2 }));
});

peerTest("40 simulated workers over NATS, alone and in groups: every snapshot is counted once", [
  "nats-server",
], async () => {
  await using nats = await startNats();
  for (const groupSize of [undefined, 16]) {
    const setting = { title: "NATS", url: nats.url, workers: 40, seconds: 2 };
    assertComplete(await costOf({ ...setting, ...(groupSize !== undefined && { groupSize }) }));
  }
});
