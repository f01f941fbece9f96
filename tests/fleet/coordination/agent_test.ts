/** A thread's end of the protocol: every order is followed by its notice, mistakes included. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createAgent } from "../../../src/fleet/coordination/agent.ts";
import type { Notice } from "../../../src/fleet/protocol/messages.ts";
import type { LoadSpec, RunPlan } from "../../../src/plan/run_plan.ts";
import { WHOLE } from "../../../src/plan/share.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { planFor } from "../../_support/plan.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { until } from "../../_support/wait.ts";

const LOAD: LoadSpec = { kind: "requests", unit: "requests", amount: 7, connections: 2 };

function start(plan: RunPlan) {
  const notices: Notice[] = [];
  const order = createAgent((notice) => notices.push(notice));
  const heard = (kind: Notice["kind"]) => until(() => notices.some((notice) => notice.kind === kind));
  order({ kind: "plan", plan, shares: [WHOLE] });
  return { notices, order, heard };
}

Deno.test("a plan is answered by readiness, a start by snapshots and the end", async () => {
  await using server = await startRawServer((connection) => connection.send(response("here")));
  const { notices, order, heard } = start(planFor(server.origin, LOAD));
  await heard("ready");
  order({ kind: "start", atEpochMs: performance.timeOrigin + performance.now() });
  await heard("done");
  assertEquals(notices[0], { kind: "ready" });
  assertEquals(notices.at(-1), { kind: "done" });
  const counted = notices.flatMap((notice) =>
    notice.kind === "snapshot" ? [notice.snapshot.steps[0]?.succeeded ?? 0] : []
  );
  assertEquals(counted.reduce((sum, count) => sum + count, 0), 7);
});

Deno.test("an agent says where nobody is", async () => {
  const port = REFUSING_PORT;
  const { notices, heard } = start(planFor(`http://127.0.0.1:${port}/`, LOAD));
  await heard("ready");
  assertEquals(notices, [{ kind: "ready", unreachable: `127.0.0.1:${port}: connection refused` }]);
});

Deno.test("an agent reports its own mistake instead of falling silent", async () => {
  const broken = { ...planFor("http://127.0.0.1:1/", LOAD), scenario: undefined } as unknown as RunPlan;
  const { notices, heard } = start(broken);
  await heard("failed");
  const [notice] = notices;
  assert(notice?.kind === "failed");
  assertMatch(notice.message, /undefined/);
});

Deno.test("an agent that has no plan yet takes a stop calmly", () => {
  const notices: Notice[] = [];
  createAgent((notice) => notices.push(notice))({ kind: "stop" });
  assertEquals(notices, []);
});
