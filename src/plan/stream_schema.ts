/**
 * What a stream of a plan from the wire may look like.
 *
 * @module
 */
import { maybe, number, oneOf, type Schema, shape, text } from "../lib/shape.ts";
import { type GoodputLimits, STREAM_KINDS, type StreamSpec, type TokenSpec } from "./stream_spec.ts";

const goodput = shape<GoodputLimits>()({
  ttftMs: maybe(number),
  tpotMs: maybe(number),
  itlMs: maybe(number),
  e2eMs: maybe(number),
});

/** A streamed response. */
export const streamSchema: Schema<StreamSpec> = shape<StreamSpec>()({
  kind: oneOf(...STREAM_KINDS),
  tokens: maybe(shape<TokenSpec>()({ path: text, countPath: maybe(text), goodput: maybe(goodput) })),
});
