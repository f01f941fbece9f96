/**
 * Schemas that cannot forget a field: {@linkcode shape} takes one schema for every property of a type, optional ones
 * included, and does not compile when one is missing or accepts another type. Unknown properties are refused when a
 * message is read.
 *
 * @module
 */
import * as v from "valibot";

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
  return (entries) => v.strictObject(entries as unknown as v.ObjectEntries) as unknown as Schema<T>;
}

/** One of several object types, told apart by `key`; every member of `T` must be among the schemas. */
export function variant<T>(): <const S extends readonly v.GenericSchema[]>(
  key: string,
  schemas: S & SameAs<OutputOf<S[number]>, T>,
) => Schema<T> {
  // The options are strict objects with a literal under `key`, which their public type no longer says.
  const build = v.variant as unknown as (key: string, schemas: readonly v.GenericSchema[]) => v.GenericSchema;
  return (key, schemas) => build(key, schemas) as unknown as Schema<T>;
}

/** A property that may be absent. */
export function maybe<T>(schema: Schema<T>): Schema<T> {
  return v.exactOptional(schema) as unknown as Schema<T>;
}

/** A list of at most `most` items, and at least `least`. */
export function list<T>(schema: Schema<T>, most = 10_000_000, least = 0): Schema<readonly T[]> {
  return v.pipe(v.array(schema), v.minLength(least), v.maxLength(most)) as unknown as Schema<readonly T[]>;
}

/** An object whose property names are data; `__proto__` and the like stay plain names. */
export function dictionary<T>(schema: Schema<T>, most = 100_000): Schema<Readonly<Record<string, T>>> {
  return v.pipe(
    v.custom<Record<string, unknown>>(
      (given) => typeof given === "object" && given !== null && !Array.isArray(given),
      "Expected an object",
    ),
    v.transform((given) => Object.entries(given)),
    v.maxLength(most),
    v.array(v.tuple([v.string(), schema])),
    v.transform((entries) => Object.fromEntries(entries)),
  ) as unknown as Schema<Readonly<Record<string, T>>>;
}

/** One of a few literal values. */
export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Schema<T> {
  return v.union(values.map((value) => v.literal(value))) as unknown as Schema<T>;
}

/** Any text. */
export const text: Schema<string> = v.string();
/** Any finite number. */
export const number: Schema<number> = v.pipe(v.number(), v.finite());
/** A finite number of at least 0; JSON has some that become infinite, such as 1e999. */
export const amount: Schema<number> = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Milliseconds that a date can hold. */
export const time: Schema<number> = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
/** A whole number, 0 or more. */
export const count: Schema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A whole number, `least` or more. */
export function atLeast(least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
}
/** True or false. */
export const flag: Schema<boolean> = v.boolean();
