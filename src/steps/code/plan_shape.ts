/**
 * What a step of a module may look like in a plan from the wire.
 *
 * @module
 */
import * as v from "valibot";
import { list, maybe, number, oneOf, type Schema, shape, text } from "../../lib/shape.ts";
import { pauseSchema } from "../../plan/block_schema.ts";
import type { CodeStep } from "../../plan/code_step.ts";
import type { HeaderLine } from "../../plan/http_step.ts";

const header = v.tuple([v.string(), v.string()]) as unknown as Schema<HeaderLine>;

/** What a module exports for iterations. */
export const codeStepShape: Schema<CodeStep> = shape<CodeStep>()({
  kind: oneOf("code"),
  name: text,
  exported: maybe(text),
  url: text,
  isGrpc: maybe(oneOf(true)),
  headers: list(header),
  timeoutMs: maybe(number),
  thinkMs: maybe(number),
  pause: maybe(pauseSchema),
});
