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

/** One of their names. */
export type GrpcStatusName = (typeof GRPC_STATUSES)[number];

const FAILURES: readonly number[] = GRPC_STATUSES.map((name, number) =>
  number === 0 ? FAILURE.none : FAILURE[`grpc_${name.toLowerCase()}` as FailureName]
);

/**
 * The status that a call has ended with, which is the client's own where it gave the call up; `undefined`: none. `failure`:
 * what the exchange is, a number of `FAILURE`; `status`: the one that was sent, −1 without one.
 */
export function statusOfCall(failure: number, status: number): GrpcStatusName | undefined {
  if (failure === FAILURE.grpc_deadline_exceeded) return "DEADLINE_EXCEEDED";
  return status < 0 ? undefined : GRPC_STATUSES[status] ?? "UNKNOWN";
}

/** The failure that a status is; a number that has no name is the status UNKNOWN. */
export function failureOfStatus(status: number): number {
  return FAILURES[status] ?? FAILURE.grpc_unknown;
}
