/**
 * What a JSON result says of gRPC calls, and its schema; all its keys are always there.
 *
 * @module
 */
import { count, dictionary, type Schema, shape } from "../../lib/shape.ts";
import type { StepStats } from "../../metrics/snapshot.ts";
import { callStatuses } from "../shown_statuses.ts";

/** Calls that ended. */
export interface GrpcJson {
  /** By their status, `OK` included, and that of calls which were given up at their deadline. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Calls that ended without any. */
  readonly without_status: number;
}

/** The section on calls; `undefined` where none were made. */
export function grpcJson({ grpc }: StepStats): GrpcJson | undefined {
  if (grpc === undefined) return undefined;
  const statuses = callStatuses(grpc).map(({ name, count }) => [name, count]);
  return { statuses: Object.fromEntries(statuses), without_status: grpc.noStatus };
}

/** What it looks like in a file. */
export const grpcSchema: Schema<GrpcJson> = shape<GrpcJson>()({
  statuses: dictionary(count),
  without_status: count,
});
