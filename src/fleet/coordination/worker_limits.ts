/**
 * How much of a machine a worker's owner gives to a master. What a plan asks beyond that is refused before anything of it
 * is done.
 *
 * @module
 */
import { DEFAULT_PLAN_BYTES } from "../../lib/size_limits.ts";
import { formatDuration } from "../../lib/duration.ts";
import { formatCount } from "../../lib/number_format.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import { planParts } from "../../plan/parts/plan_parts.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { type Share, usersIn } from "../../plan/share.ts";

/** The most that a worker does for a master. */
export interface WorkerLimits {
  /** Load threads: as many as it offered. */
  readonly threads: number;
  /** Users, which have a connection or a stream each. */
  readonly users: number;
  /** Memory that an order with its rows and bodies may take, roughly, in bytes. */
  readonly planBytes: number;
  /** From the plan's arrival until no load is left, in ms. */
  readonly durationMs: number;
}

/** What a worker gives unless its owner says otherwise; threads apart. */
export const DEFAULT_LIMITS: Omit<WorkerLimits, "threads"> = {
  users: 10_000,
  planBytes: DEFAULT_PLAN_BYTES,
  durationMs: 86_400_000,
};

/** What every part of an order costs besides its characters, in bytes. */
const PART_BYTES = 24;

/** What of an order is beyond the limits, a phrase each. */
export function beyondLimits(
  { plan, shares }: { readonly plan: RunPlan; readonly shares: readonly Share[] },
  limits: WorkerLimits,
): readonly string[] {
  const beyond: string[] = [];
  const { load, client } = plan;
  if (shares.length > limits.threads) {
    beyond.push(`${shares.length} threads are more than the ${limits.threads} of this worker (-t)`);
  }
  const group = client.streams ?? 1;
  const { maxUsers } = loadFacts(load);
  const durationMs = Math.max(
    ...planParts(plan).map(({ plan: { load }, startMs }) => startMs + (loadFacts(load).durationMs ?? 0)),
  );
  const users = shares.reduce((sum, share) => sum + usersIn(maxUsers, { ...share, group }), 0);
  if (users > limits.users) {
    beyond.push(
      `${formatCount(users)} connections are more than this worker's ${formatCount(limits.users)} ` +
        "(--max-connections)",
    );
  }
  const plannedMs = plan.warmupMs + plan.gracefulStopMs + durationMs;
  if (plannedMs > limits.durationMs) {
    beyond.push(
      `${formatDuration(plannedMs)} are more than this worker's ${formatDuration(limits.durationMs)} ` +
        "(--max-duration)",
    );
  }
  return beyond;
}

/** About the memory that an order takes once it is read, in bytes; many small parts take more than their text. */
export function orderBytes(text: string): number {
  let parts = 0;
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) parts++;
  return text.length + parts * PART_BYTES;
}
