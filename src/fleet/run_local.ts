/**
 * Runs a plan on this machine: in this thread, or in several.
 *
 * @module
 */
import process from "node:process";
import { clockResolution } from "../metrics/clock_resolution.ts";
import { appendSnapshot, type Snapshot } from "../metrics/snapshot.ts";
import type { RunObserver } from "../metrics/tick.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { type RunResult, timelinePoint } from "../result/run_result.ts";
import type { PeerCertificate } from "../metrics/peer_certificate.ts";
import { coordinate } from "./coordinator.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { openThreadChannel } from "./thread_channel.ts";

const SHORTEST_WINDOW_MS = 100;

/** How to run a plan here. */
export interface LocalRunOptions {
  /** Load threads; 1 runs the load in the calling thread. */
  readonly threads: number;
  /** Ends the load early; the result is marked as interrupted. */
  readonly signal?: AbortSignal;
  readonly observers?: readonly RunObserver[];
  readonly certificate?: PeerCertificate;
}

/** Runs a plan and returns what was measured. */
export async function runLocally(plan: RunPlan, options: LocalRunOptions): Promise<RunResult> {
  const signal = options.signal ?? new AbortController().signal;
  const channels = options.threads === 1
    ? [openMemoryChannel()]
    : Array.from({ length: options.threads }, openThreadChannel);
  let peakMemoryBytes = Deno.memoryUsage().rss;
  const watchMemory: RunObserver = () => {
    peakMemoryBytes = Math.max(peakMemoryBytes, Deno.memoryUsage().rss);
  };
  const resolution = clockResolution();
  const before = process.cpuUsage();
  const run = await coordinate(plan, channels, {
    signal,
    observers: [watchMemory, ...options.observers ?? []],
  });
  const after = process.cpuUsage();
  const plannedMs = "durationMs" in plan.load ? plan.load.durationMs ?? 0 : 0;
  return {
    plan,
    startedAtMs: run.startedAtMs + plan.warmupMs,
    durationMs: signal.aborted ? run.total.toMs : Math.max(run.total.toMs, plannedMs),
    interrupted: signal.aborted,
    threads: options.threads,
    total: run.total,
    timeline: withoutStub(run.windows).map(timelinePoint),
    health: {
      cpuUserSec: (after.user - before.user) / 1e6,
      cpuSystemSec: (after.system - before.system) / 1e6,
      peakMemoryBytes,
      cores: navigator.hardwareConcurrency,
      ...(resolution !== undefined && { clockResolutionMs: resolution }),
    },
    lost: run.lost,
    ...(options.certificate && { certificate: options.certificate }),
    ...(plan.warmupMs > 0 && { warmupRequests: run.total.warmupRequests }),
  };
}

/** A last window too short to have rates of its own is counted with the one before it. */
function withoutStub(windows: readonly Snapshot[]): readonly Snapshot[] {
  const last = windows.at(-1);
  const before = windows.at(-2);
  if (!last || !before || last.toMs - last.fromMs > SHORTEST_WINDOW_MS) return windows;
  return [...windows.slice(0, -2), appendSnapshot(before, last)];
}
