/**
 * The gRPC calls that a module's functions may make: every method of the schema, ready for threads and workers.
 *
 * @module
 */
import type { GrpcSpec } from "./grpc_spec.ts";
import type { ProtoTypes } from "./proto_types.ts";

/** A method that may be called. */
export interface CallMethod
  extends Pick<GrpcSpec, "request" | "response" | "streamsRequests" | "streamsResponses"> {
  /** `package.Service/Method`. */
  readonly path: string;
}

/** What calls are made with. */
export interface ModuleCalls extends Pick<GrpcSpec, "maxMessageBytes" | "compressed"> {
  /** Of all services. */
  readonly methods: readonly CallMethod[];
  /** Of all their messages. */
  readonly types: ProtoTypes;
  /** The deadline of calls that name none; absent: the server is told none. */
  readonly deadlineMs?: number;
}
