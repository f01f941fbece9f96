/** A fleet in one process: sums, lost nodes, stops and late workers. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { introduce } from "../../../src/fleet/transport/handshake.ts";
import { RemoteFleet } from "../../../src/fleet/coordination/remote_fleet.ts";
import { RunError } from "../../../src/lib/errors.ts";
import {
  appendSnapshot,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  type Snapshot,
} from "../../../src/metrics/snapshot.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { startTarget } from "../../../src/target/serve.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { planFor } from "../../_support/plan.ts";
import { startMaster, startNode } from "../_nodes.ts";
import { transportPair } from "../_transports.ts";
import { nearlyPlain } from "../_snapshots.ts";

const never = new AbortController().signal;

const LOADS: readonly LoadSpec[] = [
  { kind: "requests", unit: "requests", amount: 100, connections: 7 },
  {
    kind: "rate",
    pacer: { kind: "constant", rate: 200 },
    amount: 100,
    // It ends with the last of them; behind a standstill, all may be due at once.
    durationMs: 60_000,
    maxConnections: 300,
    targetRate: 200,
  },
];

for (const load of LOADS) {
  Deno.test(`three nodes send together what was planned, and their sum is the result (${load.kind})`, async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    await using master = startMaster(3);
    const nodes = await Promise.all([1, 2, 3].map(() => startNode(master.url)));
    await master.fleet.gather(10_000, never);
    const result = await master.fleet.run(planFor(`${target.url}/bytes/5`, load), {});
    assertEquals(target.counts.get("/bytes/5"), 100);
    const seconds = new Map<number, Snapshot>();
    for (const snapshot of nodes.flatMap(({ snapshots }) => snapshots)) {
      const same = seconds.get(snapshot.seq);
      seconds.set(snapshot.seq, same ? mergeSnapshots(same, snapshot) : snapshot);
    }
    const sum = [...seconds].sort(([a], [b]) => a - b).map(([, window]) => window)
      .reduce(appendSnapshot, EMPTY_SNAPSHOT);
    assertEquals(nearlyPlain(result.total.steps), nearlyPlain(sum.steps));
    assertEquals([result.total.started, result.lost, result.threads], [100, [], 3]);
    await master.fleet.close("done");
    assertEquals((await Promise.all(nodes.map(({ end }) => end))).map(({ kind }) => kind), [
      "bye",
      "bye",
      "bye",
    ]);
  });
}

Deno.test("of nodes that come at the same moment no more are let in than are wanted", async () => {
  const options = { expected: 2, toleratedLosses: 0, silenceMs: 10_000, log: () => {} };
  const fleet = new RemoteFleet(options);
  const transports = Array.from({ length: 5 }, () => transportPair());
  const welcomes = transports.map(({ master }) => fleet.welcome(master));
  const joining = transports.map(({ node }) =>
    introduce(node, { name: "n", threads: 1 }, { timeoutMs: 10_000 })
  );
  const joined = (await Promise.allSettled(joining)).map(({ status }) => status);
  assertEquals(joined, ["fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
  await Promise.all(welcomes);
  assertEquals(fleet.nodes.length, 2);
  await fleet.close("the test is over");
});

Deno.test("a fleet runs one plan after another", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(2);
  await Promise.all([startNode(master.url), startNode(master.url)]);
  await master.fleet.gather(10_000, never);
  for (const amount of [10, 21]) {
    const load = { kind: "requests", unit: "requests", amount, connections: 4 } as const;
    assertEquals((await master.fleet.run(planFor(`${target.url}/`, load), {})).total.started, amount);
  }
});

Deno.test("a node over TLS trusts the roots it was given, and no others", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(1, { tls: certificate("server") });
  await assertRejects(() => startNode(master.url), RunError, "Cannot reach the master");
  await startNode(master.url, { caCerts: [ROOT] });
  await master.fleet.gather(10_000, never);
  const load = { kind: "requests", unit: "requests", amount: 5, connections: 1 } as const;
  assertEquals((await master.fleet.run(planFor(`${target.url}/`, load), {})).total.started, 5);
});

Deno.test("a lost node is named with the time, and what it had reported counts", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(2, { toleratedLosses: 1 });
  const doomed = await startNode(master.url, { name: "doomed" });
  const other = await startNode(master.url);
  await master.fleet.gather(10_000, never);
  const load = { kind: "duration", connections: 2, durationMs: 3000 } as const;
  const result = await master.fleet.run(planFor(`${target.url}/delay/5`, load), {
    observers: [({ window }) => window.seq === 0 && doomed.transport.close("power failure")],
  });
  assertEquals(result.lost.length, 1);
  assertStringIncludes(result.lost[0]!.thread, "doomed");
  assertGreater(result.lost[0]!.atMs, 900, String(result.lost[0]!.atMs));
  const reported = [doomed.snapshots[0]!, ...other.snapshots].reduce((sum, { started }) => sum + started, 0);
  assertEquals(result.total.started, reported);
  assertEquals((await doomed.end).kind, "lost");
  assertEquals(result.fleet, { nodes: 2, reported: 1, toleratedLosses: 1 });
});

Deno.test("a node whose owner stops it tells its master, and leaves", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(2);
  const leaving = await startNode(master.url);
  await startNode(master.url);
  await master.fleet.gather(10_000, never);
  const load = { kind: "duration", connections: 2, durationMs: 2000 } as const;
  const result = await master.fleet.run(planFor(`${target.url}/delay/5`, load), {
    observers: [({ window }) => window.seq === 0 && leaving.leave()],
  });
  assertStringIncludes(result.lost[0]!.reason, "stopped by its owner");
  assertEquals((await leaving.end).kind, "stopped");
});

Deno.test("a stop at the master ends the load of all nodes, and the result says so", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(2);
  await Promise.all([startNode(master.url), startNode(master.url)]);
  await master.fleet.gather(10_000, never);
  const stopping = new AbortController();
  const load = { kind: "duration", connections: 2, durationMs: 60_000 } as const;
  const result = await master.fleet.run(planFor(`${target.url}/delay/5`, load), {
    signal: stopping.signal,
    observers: [() => stopping.abort()],
  });
  assertEquals([result.interrupted, result.lost], [true, []]);
  assertLess(result.durationMs, 30_000);
});

Deno.test("a plan for a target that a node may not load is refused by that node, and logged there", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(1);
  const logged: string[] = [];
  const node = await startNode(master.url, {
    rules: { targets: ["api.test"] },
    log: (line) => logged.push(line),
  });
  await master.fleet.gather(10_000, never);
  const load = { kind: "requests", unit: "requests", amount: 5, connections: 1 } as const;
  const result = await master.fleet.run(planFor(`${target.url}/x`, load), {});
  assertStringIncludes(result.lost[0]!.reason, "is not among the targets allowed here");
  assertEquals(target.counts.get("/x"), undefined);
  assert(logged.some((line) => line.startsWith("Refused a plan")));
  await master.fleet.close("done");
  assertEquals((await node.end).hasFailed, true);
});

Deno.test("a surplus node and one with a wrong secret are told why, and the run goes on", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(1);
  await startNode(master.url);
  await master.fleet.gather(10_000, never);
  const load = { kind: "duration", connections: 1, durationMs: 600_000 } as const;
  const stopping = new AbortController();
  const running = master.fleet.run(planFor(`${target.url}/delay/5`, load), { signal: stopping.signal });
  await assertRejects(() => startNode(master.url), RunError, "The run already has all its workers");
  await assertRejects(
    () => startNode(master.url, { secret: "wrong, wrong" }),
    RunError,
    "The shared secret is wrong",
  );
  stopping.abort();
  assertEquals((await running).lost, []);
  assert(master.told.some((line) => /Refused 127\.0\.0\.1:\d+: The shared secret is wrong/.test(line)));
});

Deno.test("frames too long, bytes and noise from strangers end their connection, not the run", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using master = startMaster(1);
  await startNode(master.url);
  await master.fleet.gather(10_000, never);
  const load = { kind: "duration", connections: 1, durationMs: 600_000 } as const;
  const stopping = new AbortController();
  const running = master.fleet.run(planFor(`${target.url}/delay/5`, load), { signal: stopping.signal });
  for (const frame of ["x".repeat(2_000_000), new Uint8Array(10), "noise"]) {
    const socket = new WebSocket(`${master.url}/fleet`);
    const closed = Promise.withResolvers<void>();
    socket.onclose = () => closed.resolve();
    socket.onopen = () => socket.send(frame);
    await closed.promise;
  }
  const page = await fetch(master.url.replace("ws", "http"));
  assertEquals([page.status, (await page.text()).includes("bench master")], [404, true]);
  stopping.abort();
  assertEquals((await running).lost, []);
});

Deno.test("workers that do not come in time are counted, and a place is free again when one leaves", async () => {
  await using master = startMaster(2);
  await assertRejects(() => master.fleet.gather(50, never), RunError, "Only 0 of 2 workers came in 0.05 s");
  const first = await startNode(master.url);
  first.leave();
  await first.end;
  await Promise.all([startNode(master.url), startNode(master.url)]);
  await master.fleet.gather(10_000, never);
  assertEquals(master.fleet.nodes.length, 2);
});
