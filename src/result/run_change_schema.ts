/**
 * What changes of a run look like as JSON.
 *
 * @module
 */
import { amount, maybe, number, oneOf, type Schema, shape, text } from "../lib/shape.ts";
import type { ChangeKind, RunChange } from "./run_change.ts";

/** All that can be done, as JSON names it. */
export const changeKindSchema: Schema<ChangeKind> = oneOf("rate", "users", "pause", "resume", "stop", "mark");

/** A change as JSON. */
export const runChangeSchema: Schema<RunChange> = shape<RunChange>()({
  atMs: number,
  kind: changeKindSchema,
  scenario: maybe(text),
  value: maybe(amount),
  note: maybe(text),
});
