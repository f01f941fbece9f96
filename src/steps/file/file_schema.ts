/**
 * What the declarations of scenario files are made of. Messages are what was expected; the loader adds where and what was
 * found.
 *
 * @module
 */
import * as v from "valibot";
import { NAME } from "../../template/names.ts";

/** The schema for objects alone: the library takes a list for an object with numbers for keys. */
function noList<Schema extends v.GenericSchema>(schema: Schema): Schema {
  return {
    ...schema,
    "~run": (dataset, config) =>
      schema["~run"](Array.isArray(dataset.value) ? { ...dataset, value: null } : dataset, config),
  };
}

/** An object that has no keys but these. Its message lists them, for suggestions. */
export function section<const Entries extends v.ObjectEntries>(entries: Entries) {
  return noList(v.strictObject(entries, () => Object.keys(entries).join(" ")));
}

/** An object whose keys are names that the user gives. */
export function record<Key extends v.GenericSchema<string, string>, Value extends v.GenericSchema>(
  key: Key,
  value: Value,
  expected: string,
) {
  return noList(v.record(key, value, expected));
}

/** A key that need not be there, with what editors say about it. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.optional(v.pipe(schema, v.description(text)));
}

const NAME_EXPECTED = "a name of letters, digits and _ that does not begin with a digit";
/** A name that placeholders can use. */
export const name = v.pipe(v.string(NAME_EXPECTED), v.regex(NAME, NAME_EXPECTED));
/** Any text. */
export const text = v.string("a text");
/** A text that is not empty. */
export const filled = v.pipe(v.string("a text"), v.nonEmpty("a non-empty text"));

/** Longer than any timer waits. */
const MAX_SECONDS = 2_147_483;
const DURATION = /^\s*(?:[\d.]+|(?:[\d.]+(?:us|µs|ms|s|m|h))+)\s*$/;
const TIME = "a number of seconds from 0, or a time such as 500ms";
/** Seconds, or a text such as `500ms`. */
export const duration = v.union([
  v.pipe(v.number(), v.minValue(0, TIME), v.maxValue(MAX_SECONDS, "a time of at most 24 days")),
  v.pipe(v.string(), v.regex(DURATION, TIME)),
], TIME);

const DISTRIBUTIONS = ["uniform", "normal", "exponential"] as const;
const SHARE = "a number from 0 to 1";
const drawnPause = section({
  mean: described(duration, "Mean pause"),
  jitter: described(
    v.pipe(v.number(SHARE), v.minValue(0, SHARE), v.maxValue(1, SHARE)),
    "Randomise pauses by ± this fraction",
  ),
  stdev: described(duration, "Standard deviation of a normal distribution"),
  min: described(duration, "Shortest pause"),
  max: described(duration, "Longest pause"),
  distribution: described(
    v.picklist(DISTRIBUTIONS, `one of ${DISTRIBUTIONS.join(", ")}`),
    "How pauses are drawn; uniform if not given, normal with a stdev",
  ),
});
/** A pause: a time, or how it is drawn. */
export const pause = v.lazy((value) =>
  typeof value === "object" && value !== null ? drawnPause : duration
) as unknown as v.GenericSchema<PauseFile, PauseFile>;

/** A pause as it stands in a file. */
export type PauseFile = v.InferOutput<typeof duration> | v.InferOutput<typeof drawnPause>;
/** What a pause may be, for schemas that cannot look at it. */
export const PAUSE_SECTIONS: readonly v.GenericSchema[] = [duration, drawnPause];

/** What people want to say about it. */
export const description = described(text, "A note for readers; bench ignores it");
