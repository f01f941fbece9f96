/**
 * Statuses of gRPC: their numbers, names, and the failures that all but the first are.
 *
 * @module
 */
import { FAILURE, type FailureName } from "../../metrics/failure.ts";

/** Names by number. */
export const GRPC_STATUSES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

const FAILURES: readonly number[] = GRPC_STATUSES.map((name, number) =>
  number === 0 ? FAILURE.none : FAILURE[`grpc_${name.toLowerCase()}` as FailureName]
);

/** The failure that a status is; a number that has no name is the status UNKNOWN. */
export function failureOfStatus(status: number): number {
  return FAILURES[status] ?? FAILURE.grpc_unknown;
}
