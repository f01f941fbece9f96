/**
 * What the nodes of a group and their master tell each other.
 *
 * @module
 */
import * as v from "valibot";
import { count, list, type Schema, shape } from "../../lib/shape.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { snapshotSchema } from "../../metrics/snapshot_codec.ts";

/** Snapshot number `n` (from 1) of a node in a run. */
export type Part = readonly [node: number, n: number];

/** Snapshots of one second, merged, and which they are. */
export interface Bundle {
  readonly run: number;
  readonly parts: readonly Part[];
  readonly snapshot: Snapshot;
}

/** What the master tells a node about its group. */
export interface GroupPlace {
  /** The node's own number. */
  readonly node: number;
  readonly leader: number;
  /** Numbers of all nodes of the group, the leader's included. */
  readonly members: readonly number[];
  /** Signs what the group's nodes tell each other. */
  readonly key: string;
}

/** How the nodes of a group reach each other. */
export interface GroupBus {
  /** `to`: a leader's number for parts; for what was counted, its number below zero. */
  publish(to: number, text: string): void;
  subscribe(to: number, listener: (text: string) => void): { unsubscribe(): void };
}

/** A part as JSON: of a node, or counted by the master. */
const partSchema = v.pipe(v.strictTuple([count, count]), v.readonly()) as unknown as Schema<Part>;
export const partsSchema: Schema<readonly Part[]> = list(partSchema, 10_000);
/** A bundle as JSON. */
export const bundleSchema: Schema<Bundle> = shape<Bundle>()({
  run: count,
  parts: partsSchema,
  snapshot: snapshotSchema,
});
