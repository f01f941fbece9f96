/**
 * What a request to change a run looks like as JSON.
 *
 * @module
 */
import { amount, flag, maybe, type Schema, shape, text } from "../../lib/shape.ts";
import type { ChangeRequest } from "./run_control.ts";

/** A request as JSON. */
export const changeRequestSchema: Schema<ChangeRequest> = shape<ChangeRequest>()({
  scenario: maybe(text),
  rate: maybe(amount),
  users: maybe(amount),
  paused: maybe(flag),
  stop: maybe(flag),
  note: maybe(text),
});
