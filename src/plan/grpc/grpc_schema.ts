/**
 * What a call of a plan from the wire may look like.
 *
 * @module
 */
import * as v from "valibot";
import { atLeast, count, list, maybe, oneOf, type Schema, shape, text } from "../../lib/shape.ts";
import type { GrpcSpec } from "./grpc_spec.ts";
import type { CallMethod, ModuleCalls } from "./module_calls.ts";
import {
  type ProtoEnum,
  type ProtoField,
  type ProtoMessage,
  type ProtoTypes,
  SCALAR_TYPES,
} from "./proto_types.ts";

const enumValue = v.tuple([v.string(), v.number()]) as unknown as Schema<ProtoEnum["values"][number]>;

const field = shape<ProtoField>()({
  name: text,
  json: text,
  number: count,
  type: text,
  kind: oneOf("scalar", "message", "enum", "group"),
  repeated: maybe(oneOf(true)),
  packed: maybe(oneOf(true)),
  mapKey: maybe(oneOf(...SCALAR_TYPES)),
  oneof: maybe(text),
  explicit: maybe(oneOf(true)),
});

/** Scalar types are known ones: others have no way to be written. */
function hasKnownTypes({ messages }: ProtoTypes): boolean {
  const known: ReadonlySet<string> = new Set(SCALAR_TYPES);
  return messages.every(({ fields }) =>
    fields.every(({ kind, type }) => kind !== "scalar" || known.has(type))
  );
}

const types = v.pipe(
  shape<ProtoTypes>()({
    messages: list(shape<ProtoMessage>()({ name: text, fields: list(field) })),
    enums: list(shape<ProtoEnum>()({ name: text, values: list(enumValue) })),
  }),
  v.check(hasKnownTypes, "Expected known scalar types"),
) as unknown as Schema<ProtoTypes>;

/** A message may be as large as this. */
const maxMessageBytes = atLeast(0);

/** A gRPC call. */
export const grpcSchema: Schema<GrpcSpec> = shape<GrpcSpec>()({
  request: text,
  response: text,
  streamsRequests: maybe(oneOf(true)),
  streamsResponses: maybe(oneOf(true)),
  types,
  maxMessageBytes,
  compressed: maybe(oneOf(true)),
  intervalMs: maybe(atLeast(0)),
  awaitsReply: maybe(oneOf(true)),
});

/** The calls of a module. */
export const moduleCallsSchema: Schema<ModuleCalls> = shape<ModuleCalls>()({
  methods: list(
    shape<CallMethod>()({
      path: text,
      request: text,
      response: text,
      streamsRequests: maybe(oneOf(true)),
      streamsResponses: maybe(oneOf(true)),
    }),
  ),
  types,
  maxMessageBytes,
  compressed: maybe(oneOf(true)),
  deadlineMs: maybe(atLeast(0)),
});
