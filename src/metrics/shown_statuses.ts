/**
 * What responses said of themselves: HTTP statuses, and the statuses of gRPC calls in place of the 200 that all of their
 * responses have.
 *
 * @module
 */
import { FAILURE_KINDS } from "../metrics/failure.ts";
import type { GroupStats } from "../metrics/measure_groups.ts";
import type { StepStats } from "../metrics/snapshot.ts";

/** One status. */
export interface ShownStatus {
  /** `404`, or a gRPC status such as `NOT_FOUND`. Not escaped: runs are read from files, too. */
  readonly name: string;
  readonly count: number;
}

const PLACES: ReadonlyMap<string, number> = new Map(
  FAILURE_KINDS.flatMap(({ name }, i) =>
    name.startsWith("grpc_") ? [[name.slice("grpc_".length).toUpperCase(), i] as const] : []
  ),
);

/** The statuses of a step, or of all: HTTP's, then gRPC's, in the order of their numbers. */
export function shownStatuses(
  { statuses, grpc }: Pick<StepStats, "statuses" | "grpc">,
): readonly ShownStatus[] {
  const plain = Object.entries(statuses).sort(([a], [b]) => Number(a) - Number(b))
    .map(([name, count]) => ({ name, count }));
  if (grpc === undefined) return plain;
  const apart = plain.map(({ name, count }) => ({
    name,
    count: name === "200" ? count - grpc.http200 : count,
  }));
  return [...apart.filter(({ count }) => count > 0), ...callStatuses(grpc)];
}

/** The statuses of calls alone. */
export function callStatuses({ codes }: Pick<GroupStats<"grpc">, "codes">): readonly ShownStatus[] {
  return Object.entries(codes).sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([name, count]) => ({ name, count }));
}

function placeOf(name: string): number {
  return name === "OK" ? -1 : PLACES.get(name) ?? Infinity;
}

/** Whether a status is one of gRPC's. */
export function isGrpcStatus(name: string): boolean {
  return placeOf(name) < Infinity;
}

/** Whether a status is that of an error. */
export function isErrorStatus(name: string): boolean {
  return /^\d+$/.test(name) ? Number(name) >= 400 : name !== "OK";
}
