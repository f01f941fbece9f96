/**
 * What makes a request a gRPC call.
 *
 * @module
 */
import type { ProtoTypes } from "./proto_types.ts";

/** A call. The step's URL holds service and method; its body is the message as JSON, a list of them where many are sent. */
export interface GrpcSpec {
  /** The full name of the messages that are sent. */
  readonly request: string;
  /** The full name of those that are received. */
  readonly response: string;
  /** Many messages are sent; absent: one. */
  readonly streamsRequests?: true;
  /** Many are received; absent: one. */
  readonly streamsResponses?: true;
  /** Of the messages that are sent and received, and all in them. */
  readonly types: ProtoTypes;
  /** The largest message that is accepted. */
  readonly maxMessageBytes: number;
  /** Messages are sent in gzip; absent: as they are. */
  readonly compressed?: true;
  /** Time between two messages of many, in ms; absent: the next follows at once. */
  readonly intervalMs?: number;
  /** A message waits for a reply to the one before; absent: it does not. */
  readonly awaitsReply?: true;
}

/** What a message of a response may have, unless `--grpc-max-message-size` says otherwise: what gRPC's own clients accept. */
export const DEFAULT_MAX_MESSAGE_BYTES = 4_194_304;
