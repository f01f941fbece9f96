/**
 * What is said between the coordinator and the slots: a plan goes in, snapshots come out. The same between threads and
 * between machines.
 *
 * @module
 */
import type { Snapshot } from "../metrics/snapshot.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Share } from "../plan/share.ts";

/** What a slot is told. */
export type Order =
  | { readonly kind: "plan"; readonly plan: RunPlan; readonly share: Share }
  /** Start at this wall-clock time, in ms since 1970 with fractions. */
  | { readonly kind: "start"; readonly atEpochMs: number }
  | { readonly kind: "stop" };

/** What a slot tells. */
export type Notice =
  | { readonly kind: "ready" }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

/** The coordinator's end of a connection to one slot. */
export interface Channel {
  send(order: Order): void;
  /** Notices in the order they were sent. One listener. */
  onNotice(listener: (notice: Notice) => void): void;
  close(): void;
}
