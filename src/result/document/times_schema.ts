/**
 * The schema of times in JSON results. Schemas stand apart from what writes: a run that reads nothing does not load them.
 *
 * @module
 */
import { amount, count, dictionary, list, maybe, type Schema, shape, text } from "../../lib/shape.ts";
import type { TimesJson } from "./times_json.ts";

/** What it looks like in a file. */
export const timesSchema: Schema<TimesJson> = shape<TimesJson>()({
  count: maybe(count),
  min: maybe(amount),
  max: maybe(amount),
  mean: maybe(amount),
  percentiles: maybe(dictionary(amount)),
  at_least: maybe(list(text)),
});
