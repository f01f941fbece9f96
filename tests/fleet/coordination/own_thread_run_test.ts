/** The calling thread sends a part of the load where it has no core to itself, and nothing else to do. */
import { assertEquals } from "@std/assert";
import { takeOverThread } from "../../../src/client/net/native/own_thread.ts";
import { type LocalRunOptions, runLocally } from "../../../src/fleet/coordination/run_local.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import { planFor } from "../../_support/plan.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";

const CORES = 2;

/** What is run, whose thread calls, and how many threads are started for it. */
type Case = readonly [string, boolean, LocalRunOptions, number, "open"?];

Object.defineProperty(navigator, "hardwareConcurrency", { value: CORES });

for (
  const [title, isOwn, options, started, kind] of [
    ["another's thread sends none of it", false, { threads: CORES }, CORES],
    ["as many threads as cores: one less is started", true, { threads: CORES }, CORES - 1],
    ["it has other things to do", true, { threads: CORES, isBusy: true }, CORES],
    ["an open loop has threads that do nothing else", true, { threads: CORES }, CORES, "open"],
  ] as readonly Case[]
) {
  Deno.test(`runLocally() ${title}`, async () => {
    await using server = await startRawServer((connection) => connection.send(response("hello")));
    if (isOwn) takeOverThread();
    const { Worker } = globalThis;
    let workers = 0;
    globalThis.Worker = class extends Worker {
      constructor(url: string | URL, given?: WorkerOptions) {
        super(url, given);
        workers++;
      }
    };
    try {
      const load: LoadSpec = kind === "open"
        ? { kind: "rate", pacer: { kind: "constant", rate: 600 }, amount: 60, maxConnections: 6 }
        : { kind: "requests", unit: "requests", amount: 60, connections: 6 };
      const result = await runLocally(planFor(`${server.origin}/`, load), options);
      assertEquals([workers, server.requests.length], [started, 60]);
      assertEquals([overallStats(result).counts.succeeded, result.lost], [60, []]);
    } finally {
      globalThis.Worker = Worker;
    }
  });
}
