/**
 * Schemas that cannot forget a field: {@linkcode shape} takes one schema for every property of a type, optional ones
 * included, and does not compile when one is missing or accepts another type. Unknown properties are refused; where a
 * later release may have written them, `tolerant()` lets them through unread. Messages are `Expected …`.
 *
 * @module
 */
import * as v from "valibot";
import { isRecord } from "./is_record.ts";

/** A schema whose output is a `T`. */
export type Schema<T> = v.GenericSchema<unknown, T>;

type OutputOf<S> = S extends v.GenericSchema<infer _In, infer Out> ? Out : never;

/**
 * `unknown` when both types are the same, else something that nothing satisfies. An `A` of `unknown` passes: it is what
 * inference leaves when a property is missing, and the compiler then names that property alone.
 */
type SameAs<A, B> = unknown extends A ? unknown : [A] extends [B] ? [B] extends [A] ? unknown : never : never;

type Entries<T> = { readonly [K in keyof T]-?: v.GenericSchema };

type SameEntries<T, E extends Entries<T>> = {
  readonly [K in keyof T]-?: SameAs<OutputOf<E[K]>, Required<T>[K]>;
};

/**
 * The schema of an object type. Call it twice, since the type is given and the entries are inferred:
 * `shape<Share>()({ index: count, of: count })`. Properties that may be absent are wrapped in {@linkcode maybe}.
 */
export function shape<T>(): <const E extends Entries<T>>(entries: E & SameEntries<T, E>) => Schema<T> {
  return (entries) =>
    v.strictObject(
      entries as unknown as v.ObjectEntries,
      (issue) => objectMessage(issue, entries),
    ) as unknown as Schema<T>;
}

/** What an object should be, lacks or has too much. */
function objectMessage(issue: v.BaseIssue<unknown>, entries: Readonly<Record<string, unknown>>): string {
  const key = issue.path?.[0]?.key;
  if (typeof key !== "string") return "Expected an object";
  if (issue.expected === "never") return "Unexpected property";
  // Each schema knows best what it should be: it says so of nothing.
  const absent = v.safeParse(entries[key] as v.GenericSchema, undefined);
  return absent.issues?.[0]?.message ?? "Expected a value";
}

/** One of several object types, told apart by `key`; every member of `T` must be among the schemas. */
export function variant<T>(): <const S extends readonly v.GenericSchema[]>(
  key: string,
  schemas: S & SameAs<OutputOf<S[number]>, T>,
) => Schema<T> {
  return (key, schemas) => variantOf(key, schemas) as unknown as Schema<T>;
}

/** The options are strict objects with a literal under `key`, which their public type no longer says. */
const variantOf = (key: string, schemas: readonly v.GenericSchema[]): v.GenericSchema => {
  const build = v.variant as unknown as (
    key: string,
    schemas: readonly v.GenericSchema[],
    message: (issue: v.BaseIssue<unknown>) => string,
  ) => v.GenericSchema;
  return build(
    key,
    schemas,
    ({ path, expected }) => path === undefined ? "Expected an object" : oneOfMessage(expected),
  );
};

/** A property that may be absent. */
export function maybe<T>(schema: Schema<T>): Schema<T> {
  return v.exactOptional(schema) as unknown as Schema<T>;
}

/** A list of at most `most` items, and at least `least`. */
export function list<T>(schema: Schema<T>, most = 10_000_000, least = 0): Schema<readonly T[]> {
  return v.pipe(
    v.array(schema, "Expected a list"),
    v.minLength(least, `Expected a list of at least ${least}`),
    v.maxLength(most, `Expected a list of at most ${most}`),
  ) as unknown as Schema<readonly T[]>;
}

/** Two values in a list. */
export function pair<A, B>(first: Schema<A>, second: Schema<B>): Schema<readonly [A, B]> {
  return v.strictTuple([first, second], "Expected a pair") as unknown as Schema<readonly [A, B]>;
}

/** Dictionaries and what they hold, for {@linkcode dictionaryOf}. */
const DICTIONARIES = new WeakMap<object, readonly [values: v.GenericSchema, most: number]>();

/** An object whose property names are data; `__proto__` and the like stay plain names. */
export function dictionary<T>(schema: Schema<T>, most = 100_000): Schema<Readonly<Record<string, T>>> {
  const built = v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isRecord, "Expected an object"),
    v.rawTransform<Readonly<Record<string, unknown>>, Readonly<Record<string, T>>>(
      ({ dataset: { value }, addIssue, NEVER }) => {
        const entries = Object.entries(value);
        if (entries.length > most) {
          addIssue({ message: `Expected an object of at most ${most} properties` });
          return NEVER;
        }
        const read: [string, T][] = [];
        for (const [key, item] of entries) {
          const { success, output, issues } = v.safeParse(schema, item);
          if (success) read.push([key, output]);
          else {for (const { message, path = [], input } of issues) {
              const place = { type: "object", origin: "value", input: value, key, value: item } as const;
              addIssue({ message, input, path: [place, ...path] });
            }}
        }
        return read.length === entries.length ? Object.fromEntries(read) : NEVER;
      },
    ),
  ) as unknown as Schema<Readonly<Record<string, T>>>;
  DICTIONARIES.set(built, [schema, most]);
  return built;
}

/** What a dictionary was made of; `undefined` for another schema. */
export function dictionaryOf(schema: object): readonly [values: v.GenericSchema, most: number] | undefined {
  return DICTIONARIES.get(schema);
}

/** One of a few literal values. */
export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Schema<T> {
  const message = `Expected ${values.map((value) => JSON.stringify(value)).join(" or ")}`;
  return v.union(values.map((value) => v.literal(value, message)), message) as unknown as Schema<T>;
}

/** The library's `("a" | "b")` in words. */
function oneOfMessage(expected: string | null): string {
  return `Expected ${(expected ?? "").replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ")}`;
}

/** Whatever it is. */
export const anything: Schema<unknown> = v.unknown();
/** Any text. */
export const text: Schema<string> = v.string("Expected text");
/** Any finite number. */
export const number: Schema<number> = v.pipe(v.number("Expected a number"), v.finite("Expected a number"));
const AMOUNT = "Expected a number of at least 0";
/** A finite number of at least 0; JSON has some that become infinite, such as 1e999. */
export const amount: Schema<number> = v.pipe(v.number(AMOUNT), v.finite(AMOUNT), v.minValue(0, AMOUNT));
const TIME = "Expected milliseconds that a date can hold";
/** Milliseconds that a date can hold. */
export const time: Schema<number> = v.pipe(v.number(TIME), v.minValue(0, TIME), v.maxValue(8.64e15, TIME));
/** A whole number, `least` or more. */
export function atLeast(least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  const message = most === Number.MAX_SAFE_INTEGER
    ? `Expected a whole number of at least ${least}`
    : `Expected a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(message),
    v.safeInteger(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}
/** A whole number, 0 or more. */
export const count: Schema<number> = atLeast(0);
/** True or false. */
export const flag: Schema<boolean> = v.boolean("Expected true or false");
