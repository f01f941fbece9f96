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

/** What people want to say about it. */
export const description = described(text, "A note for readers; bench ignores it");
