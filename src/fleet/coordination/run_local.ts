/**
 * Runs a plan on this machine: in this thread, or in several.
 *
 * @module
 */
import { isOwnThread } from "../../client/net/native/own_thread.ts";
import { openFeed } from "../../engine/open_feed.ts";
import type { PeerCertificate } from "../../metrics/peer_certificate.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import { isOpenLoop } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { RunResult } from "../../result/run_result.ts";
import type { Channel } from "../protocol/messages.ts";
import { coordinate } from "./coordinator.ts";
import { changesOf, fleetResult } from "./fleet_result.ts";
import type { RunControl } from "./run_control.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { watchProcess } from "./process_use.ts";
import { openThreadChannel } from "./thread_channel.ts";

/** How to run a plan, wherever it runs. */
export interface RunOptions {
  /** Ends the load early; the result is marked as interrupted. */
  readonly signal?: AbortSignal;
  readonly observers?: readonly RunObserver[];
  readonly certificate?: PeerCertificate;
  /** Changes the load while it runs; absent: nobody does. */
  readonly control?: RunControl;
  /** Refuses to start when no connection can be opened; absent: that is measured, too. */
  readonly needsTarget?: boolean;
}

/** How to run a plan here. */
export interface LocalRunOptions extends RunOptions {
  /**
   * Load threads. 1 runs the load in the calling thread, unless that has other things to do, or runs the user's code; of
   * as many as there are cores the calling thread is one, if it is our own and the load is no open loop.
   */
  readonly threads: number;
  /** It has, and the load is not to make them wait. */
  readonly isBusy?: boolean;
  /** A debugger looks at the user's code: it runs in the calling thread. */
  readonly isInspected?: boolean;
  /** Where threads come from; absent: they are started for this run. */
  readonly openThread?: () => Channel;
}

/**
 * A thread that is our own sends a part of the load where it has no core to itself: another would only cost its start.
 * Arrivals are to be punctual: coordinating would hold them up once a second.
 */
function maySendHere(plan: RunPlan, { threads, openThread }: LocalRunOptions): boolean {
  if (threads === 1) return true;
  return openThread === undefined && isOwnThread() && threads >= navigator.hardwareConcurrency &&
    !isOpenLoop(plan);
}

/**
 * Runs a plan and returns what was measured.
 * @throws {RunError} when no connection can be opened and one is needed.
 */
export async function runLocally(plan: RunPlan, options: LocalRunOptions): Promise<RunResult> {
  const signal = options.signal ?? new AbortController().signal;
  // Code of the user's that never ends must not keep the coordinator from noticing.
  const needsThread = options.isInspected !== true && (options.isBusy === true || plan.module !== undefined);
  const channels = Array.from({ length: options.threads }, (_, number) => {
    const isHere = number === 0 && !needsThread && maySendHere(plan, options);
    return isHere ? openMemoryChannel() : (options.openThread ?? openThreadChannel)();
  });
  const use = watchProcess();
  const feed = openFeed(plan, channels.length);
  const run = await coordinate(plan, channels, {
    signal,
    observers: [use.observe, ...options.observers ?? []],
    ...(options.needsTarget && { needsTarget: true }),
    ...(feed && { feed }),
    ...(options.control && { steer: options.control.steer }),
  });
  return fleetResult(plan, run, {
    interrupted: signal.aborted,
    threads: options.threads,
    health: use.health(),
    ...(options.certificate && { certificate: options.certificate }),
    ...changesOf(options),
  });
}
