/**
 * What a large fleet costs its master: real handshakes, links, plans, beats and snapshots of many workers, without any
 * load. The workers live in a process of their own and say a made-up snapshot a second each.
 *
 * Usage: `deno task bench:fleet [WORKERS] [SECONDS]`; needs nats-server for the rows on NATS.
 *
 * @module
 */
import process from "node:process";
import { introduce } from "../../src/fleet/transport/handshake.ts";
import { Link } from "../../src/fleet/transport/link.ts";
import {
  busOnNats,
  callOnNats,
  connectNats,
  listenOnNats,
} from "../../src/fleet/transport/nats_transport.ts";
import { serveMaster } from "../../src/fleet/coordination/node.ts";
import type { Transport } from "../../src/fleet/transport/transport.ts";
import type { Channel, Notice } from "../../src/fleet/protocol/messages.ts";
import { RemoteFleet } from "../../src/fleet/coordination/remote_fleet.ts";
import { snapshotText } from "../../src/metrics/snapshot_codec.ts";
import { callMaster, listenForNodes } from "../../src/fleet/transport/websocket_transport.ts";
import { DEFAULT_LIMITS } from "../../src/fleet/coordination/worker_limits.ts";
import { Histogram } from "../../src/metrics/histogram.ts";
import { EMPTY_SNAPSHOT, EMPTY_STEP_STATS, type Snapshot } from "../../src/metrics/snapshot.ts";
import { startNats } from "../_support/nats.ts";
import { programPath } from "../_support/peers.ts";
import { planFor } from "../_support/plan.ts";
import { markdownTable } from "./table.ts";
import { pause } from "../_support/wait.ts";

const SECRET = "a secret of the simulation";
/** Answers in a made-up second of a worker. */
const RESPONSES = 2000;
const LAG_CHECK_MS = 50;

/** A transport, and how many workers send their snapshots together. */
export interface Setting {
  readonly title: string;
  /** `ws://…` or `nats://…`. */
  readonly url: string;
  readonly workers: number;
  readonly seconds: number;
  readonly groupSize?: number;
}

/** What a run cost the master. */
export interface FleetCost {
  readonly snapshots: number;
  readonly lost: number;
  /** Of one core, while the run was on. */
  readonly cpuPercent: number;
  readonly peakMemoryMb: number;
  /** From the end of a second to its tick, in ms, the workers' own slowness included: the median and the worst. */
  readonly tickMs: number;
  readonly worstTickMs: number;
  /** How late the master's own timer was at the worst, in ms. */
  readonly worstLagMs: number;
}

/** A second in which a server answered in 1 to some 40 ms. */
function madeUpSnapshot(seq: number, thread: number): Snapshot {
  return {
    ...MADE_UP,
    seq,
    fromMs: seq * 1000,
    toMs: (seq + 1) * 1000,
    threads: [{ ...MADE_UP.threads[0]!, thread }],
  };
}

const MADE_UP = ((): Snapshot => {
  const latency = new Histogram();
  let state = 1;
  for (let i = 0; i < RESPONSES; i++) {
    state = (state * 48_271) % 2_147_483_647;
    latency.record(1000 * Math.exp(3.7 * (state / 2_147_483_647) ** 2));
  }
  const lag = new Histogram();
  for (let i = 0; i < 10; i++) lag.record(100 + i);
  return {
    ...EMPTY_SNAPSHOT,
    users: 10,
    started: RESPONSES,
    protocols: { "1.1": RESPONSES },
    threads: [{ thread: 0, wallMs: 1000, loopLag: lag.take(), cpuMs: 500, runQueueWaitMs: 10 }],
    steps: [{
      ...EMPTY_STEP_STATS,
      succeeded: RESPONSES,
      latency: latency.take(),
      statuses: { "200": RESPONSES },
    }],
  };
})();

/** A slot that sends no load and reports made-up seconds. */
function idleThread(seconds: number): Channel {
  let listener: (notice: Notice) => void = () => {};
  let thread = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = (atEpochMs: number, seq: number) => {
    const delayMs = Math.max(0, atEpochMs + (seq + 1) * 1000 - Date.now());
    timer = setTimeout(() => {
      listener({ kind: "snapshot", snapshot: madeUpSnapshot(seq, thread) });
      if (seq + 1 < seconds) report(atEpochMs, seq + 1);
      else listener({ kind: "done" });
    }, delayMs);
  };
  return {
    send: (order) => {
      if (order.kind === "plan") {
        thread = order.shares[0]!.index;
        queueMicrotask(() => listener({ kind: "ready" }));
      } else if (order.kind === "start") report(order.atEpochMs, 0);
      else listener({ kind: "done" });
    },
    onNotice: (given) => listener = given,
    close: () => clearTimeout(timer),
  };
}

/** All workers of a setting, in this process, until the master lets them go. */
async function runWorkers({ url, workers, seconds }: Setting): Promise<void> {
  const doors = url.startsWith("nats") ? await connectNats({ url, runId: "sim", caCerts: [] }) : undefined;
  const call = (): Promise<Transport> =>
    doors ? Promise.resolve(callOnNats(doors, "sim", crypto.randomUUID())) : callMaster(url, []);
  const serve = async (number: number) => {
    const transport = await call();
    const me = { name: `w${number}`, threads: 1 };
    const { key } = await introduce(transport, me, { secret: SECRET, timeoutMs: 60_000 });
    const link = new Link(transport, { role: "node", key: key!, timeoutMs: 60_000, maxChars: 1e7 });
    await serveMaster(link, {
      rules: { targets: [] },
      limits: { ...DEFAULT_LIMITS, threads: 1 },
      signal: new AbortController().signal,
      log: () => {},
      openThread: () => idleThread(seconds),
      ...(doors && { bus: busOnNats(doors, "sim") }),
    });
  };
  const all: Promise<void>[] = [];
  for (let number = 1; number <= workers; number++) {
    all.push(serve(number));
    if (number % 20 === 0) await pause(20);
  }
  await Promise.all(all);
  await doors?.close();
}

/** Runs a setting with its workers in another process; measures this one. */
export async function costOf(setting: Setting): Promise<FleetCost> {
  const { workers, seconds, groupSize } = setting;
  const fleet = new RemoteFleet({
    expected: workers,
    toleratedLosses: workers,
    secret: SECRET,
    silenceMs: 60_000,
    log: () => {},
    ...(groupSize !== undefined && { groupSize }),
  });
  const onTransport = (transport: Transport) => void fleet.welcome(transport);
  const doors = await (async () => {
    if (!setting.url.startsWith("nats")) {
      return listenForNodes({ hostname: "127.0.0.1", port: 0, expected: setting.workers }, onTransport);
    }
    const nats = await connectNats({ url: setting.url, runId: "sim", caCerts: [] });
    listenOnNats(nats, "sim", onTransport);
    return nats;
  })();
  const url = "port" in doors ? `ws://127.0.0.1:${doors.port}` : setting.url;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.filename!, "workers", JSON.stringify({ ...setting, url })],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  try {
    await fleet.gather(120_000, new AbortController().signal);
    const lags: number[] = [];
    let peak = 0;
    const plan = planFor("http://127.0.0.1:9/", {
      kind: "duration",
      connections: workers,
      durationMs: seconds * 1000,
    });
    const before = process.cpuUsage();
    const sinceMs = performance.now();
    let worstLagMs = 0;
    let dueMs = performance.now() + LAG_CHECK_MS;
    const lagTimer = setInterval(() => {
      worstLagMs = Math.max(worstLagMs, performance.now() - dueMs);
      dueMs = performance.now() + LAG_CHECK_MS;
    }, LAG_CHECK_MS);
    const result = await fleet.run(plan, {
      observers: [({ atMs }) => {
        peak = Math.max(peak, Deno.memoryUsage().rss);
        lags.push(Date.now() - atMs);
      }],
    });
    clearInterval(lagTimer);
    const { user, system } = process.cpuUsage(before);
    const elapsedMs = performance.now() - sinceMs;
    const sorted = lags.map((at) => at - result.startedAtMs).sort((a, b) => a - b);
    return {
      snapshots: result.total.started / RESPONSES,
      lost: result.lost.length,
      cpuPercent: (user + system) / 10 / elapsedMs,
      peakMemoryMb: peak / 1e6,
      tickMs: sorted[sorted.length >> 1] ?? NaN,
      worstTickMs: sorted.at(-1) ?? NaN,
      worstLagMs,
    };
  } finally {
    await fleet.close("over");
    await child.status;
    await doors.close();
  }
}

async function main(workers: number, seconds: number): Promise<void> {
  const rows = [[
    "Transport",
    "Workers",
    "Snapshots",
    "Lost",
    "CPU of a core",
    "Memory",
    "Timer late",
    "Tick after",
    "worst",
  ]];
  const measure = async (setting: Setting) => {
    const cost = await costOf(setting);
    rows.push([
      setting.title,
      String(setting.workers),
      String(cost.snapshots),
      String(cost.lost),
      `${cost.cpuPercent.toFixed(1)} %`,
      `${cost.peakMemoryMb.toFixed(0)} MB`,
      `${cost.worstLagMs.toFixed(0)} ms`,
      `${cost.tickMs.toFixed(0)} ms`,
      `${cost.worstTickMs.toFixed(0)} ms`,
    ]);
  };
  for (const count of [Math.round(workers / 10), workers]) {
    await measure({ title: "WebSocket", url: "ws://", workers: count, seconds });
  }
  if (programPath("nats-server") !== undefined) {
    await using nats = await startNats();
    const { url } = nats;
    await measure({ title: "NATS, each for itself", url, workers, seconds });
    await measure({ title: "NATS, groups of 32", url, workers, seconds, groupSize: 32 });
  }
  const bytes = snapshotText(madeUpSnapshot(1, 1)).length;
  const text = `${
    markdownTable("lrrrrrrrr", rows)
  }\n\nA snapshot of ${RESPONSES} answers: ${bytes} bytes as JSON.\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
}

if (import.meta.main) {
  const [first, second] = Deno.args;
  if (first === "workers") await runWorkers(JSON.parse(second!) as Setting);
  else await main(Number(first ?? 1000), Number(second ?? 20));
}
