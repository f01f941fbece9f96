/**
 * What is said between the coordinator and the threads: a plan goes in, snapshots come out. The same between threads and
 * between machines.
 *
 * @module
 */
import type { Snapshot } from "../../metrics/snapshot.ts";
import type { FeedPart } from "../../plan/feed.ts";
import type { LoadChange } from "../../plan/load_change.ts";
import type { OwnerRules } from "../../plan/owner_rules.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { Share } from "../../plan/share.ts";
import type { ClientHealth, LostWorker } from "../../result/run_result.ts";

/** A plan, and one share of it a thread; a node has as many threads as it is given shares. */
export interface PlanOrder {
  readonly kind: "plan";
  readonly plan: RunPlan;
  readonly shares: readonly Share[];
}

/** What a master tells a node. */
export type MasterOrder =
  | PlanOrder
  /** Start at this wall-clock time, in ms since 1970 with fractions. */
  | { readonly kind: "start"; readonly atEpochMs: number }
  /** What a share is to do next, as it has asked. */
  | { readonly kind: "part"; readonly share: number; readonly part: FeedPart }
  /** Another load from a moment on. */
  | { readonly kind: "change"; readonly change: LoadChange }
  | { readonly kind: "stop" };

/** What a thread is told: the same, and where its owner lets connections lead, which is not for a master to say. */
export type Order = Exclude<MasterOrder, PlanOrder> | (PlanOrder & { readonly rules?: OwnerRules });

/** What a node tells of itself at the end of a run. */
export interface NodeReport {
  /** What the node's process used during the run. */
  readonly health: ClientHealth;
  /** Slots of the node that failed. */
  readonly lost: readonly LostWorker[];
}

/** What a thread tells. */
export type Notice =
  /** `unreachable`: where no connection could be opened, and why; there is nothing to send load to. */
  | { readonly kind: "ready"; readonly unreachable?: string }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  /** Asks for the next part of a share. */
  | { readonly kind: "more"; readonly share: number }
  /** What was seen up to the end of second `seq` has come, merged into the snapshot of another channel. */
  | { readonly kind: "reached"; readonly seq: number }
  | { readonly kind: "done"; readonly report?: NodeReport }
  | { readonly kind: "failed"; readonly message: string };

/** The coordinator's end of a connection to one thread, or to a node of several. */
export interface Channel {
  /** What it is called when it is lost; absent: `thread N`. */
  readonly name?: string;
  send(order: Order): void;
  /** Notices in the order they were sent. One listener. */
  onNotice(listener: (notice: Notice) => void): void;
  close(): void;
  /** Ends the connection with a thread or node that was waited for in vain; absent: closing does. */
  giveUp?(reason: string): void;
}
