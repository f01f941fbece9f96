/**
 * Exemplars for an exponential histogram: traced requests beside the counts that they are among. OpenTelemetry's own
 * serializer writes none, so they are added to the message that it made. Source: opentelemetry/proto/metrics/v1,
 * "Exemplar".
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import protobuf from "protobufjs/light";
import type { Exemplar } from "../metrics/trace/exemplar.ts";

/** Fields from a request down to the point of its one metric: resource, scope, metric, histogram, data point. */
const PATH = [1, 2, 2, 10, 1] as const;
/** The exemplars of such a point, and what an exemplar has. */
const EXEMPLARS = 11, TIME = 2, VALUE = 3, SPAN_ID = 4, TRACE_ID = 5;
/** How fields are written. */
const FIXED_64 = 1, BYTES = 2;

/** A request with one exponential histogram, and exemplars for it; `startMs`: the run's start, since 1970. */
export function withExemplars(
  request: Uint8Array,
  exemplars: readonly Exemplar[],
  startMs: number,
): Uint8Array {
  const writer = new protobuf.Writer();
  for (const exemplar of exemplars) {
    writer.uint32(tagOf(EXEMPLARS, BYTES)).bytes(exemplarBytes(exemplar, startMs));
  }
  return appended(request, PATH, writer.finish());
}

function tagOf(field: number, form: number): number {
  return field << 3 | form;
}

function exemplarBytes({ atMs, latencyMs, traceId, spanId }: Exemplar, startMs: number): Uint8Array {
  const ns = BigInt(Math.round((startMs + atMs) * 1000)) * 1000n;
  return new protobuf.Writer()
    .uint32(tagOf(TIME, FIXED_64)).fixed32(Number(ns & 0xffff_ffffn)).fixed32(Number(ns >> 32n))
    .uint32(tagOf(VALUE, FIXED_64)).double(latencyMs)
    .uint32(tagOf(SPAN_ID, BYTES)).bytes(Uint8Array.fromHex(spanId))
    .uint32(tagOf(TRACE_ID, BYTES)).bytes(Uint8Array.fromHex(traceId))
    .finish();
}

/** A message with more fields at the end of one that is inside it; the path leads to one at each level. */
function appended(message: Uint8Array, path: readonly number[], more: Uint8Array): Uint8Array {
  const [field, ...rest] = path;
  if (field === undefined) return concat([message, more]);
  const reader = new protobuf.Reader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    if (tag !== tagOf(field, BYTES)) {
      reader.skipType(tag & 7);
      continue;
    }
    const inner = appended(reader.bytes(), rest, more);
    const own = new protobuf.Writer().uint32(tag).bytes(inner).finish();
    return concat([message.subarray(0, start), own, message.subarray(reader.pos)]);
  }
  throw new TypeError(`The message has no field ${field}`);
}
