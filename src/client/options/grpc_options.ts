/**
 * Options of gRPC targets.
 *
 * @module
 */
import { defineOptions } from "../../options/option.ts";
import type { ValuesOf } from "../../options/option.ts";
import { byteSize, duration, path, toggle } from "../../options/option_types.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "../../plan/grpc/grpc_spec.ts";

/** The table. */
export const grpcOptions = defineOptions({
  proto: {
    long: "--proto",
    type: path(),
    group: "gRPC",
    repeat: true,
    defaultLabel: "the server's reflection",
    help: "A .proto file that declares the service",
  },
  protoPath: {
    long: "--proto-path",
    type: path("DIR"),
    group: "gRPC",
    repeat: true,
    defaultLabel: "the folders above each file",
    help: "Folder in which imports of .proto files are looked for",
  },
  protoset: {
    long: "--protoset",
    type: path(),
    group: "gRPC",
    repeat: true,
    help:
      "The same as a descriptor set: what protoc --descriptor_set_out --include_imports, or buf build -o, writes",
  },
  deadline: {
    long: "--deadline",
    type: duration(),
    group: "gRPC",
    defaultLabel: "--timeout, which the server is not told",
    help: "Deadline of each call: sent as grpc-timeout, and kept here, too",
  },
  messageInterval: {
    long: "--message-interval",
    type: duration(),
    group: "gRPC",
    defaultLabel: "none",
    help: "Time between two messages of a call that sends many",
  },
  awaitReply: {
    long: "--await-reply",
    type: toggle,
    group: "gRPC",
    default: false,
    help: "Send each message of a bidirectional call only when the one before has a reply",
  },
  grpcMaxMessageSize: {
    long: "--grpc-max-message-size",
    type: byteSize({ min: 1, max: 1024 ** 3 }),
    group: "gRPC",
    default: DEFAULT_MAX_MESSAGE_BYTES,
    help: "Largest message to accept; a larger one is a failure",
  },
});

/** What the table yields. */
export type GrpcValues = ValuesOf<typeof grpcOptions>;
