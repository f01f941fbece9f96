/** What a thread counts of its connections. */
import { assertEquals, assertGreater } from "@std/assert";
import { runLocally } from "../../src/fleet/coordination/run_local.ts";
import { overallStats } from "../../src/result/run_result.ts";
import { startFront } from "../_support/front.ts";
import { planFor } from "../_support/plan.ts";

for (const http2 of [false, true]) {
  Deno.test(`Slot counts no connection that never stood (${http2 ? "HTTP/2" : "HTTP/1.1"})`, async () => {
    // It takes connections and lets their handshakes hang.
    await using front = await startFront(0, () => {});
    const load = {
      kind: "rate",
      pacer: { kind: "constant", rate: 50 },
      durationMs: 200,
      maxConnections: 10,
      targetRate: 50,
    } as const;
    const plan = planFor(`https://localhost:${front.port}/`, load, {
      client: { http2, ...(http2 && { streams: 5 }), timeoutMs: 60_000 },
      plan: { gracefulStopMs: 0 },
    });
    const result = await runLocally(plan, { threads: 1 });
    const { counts } = overallStats(result);
    assertGreater(counts.unfinished, 0);
    assertEquals([counts.succeeded, counts.failed], [0, 0]);
    assertEquals([result.total.connects, result.total.reused], [0, 0]);
  });
}
