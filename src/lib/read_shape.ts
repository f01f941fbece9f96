/**
 * Reading by a schema: what is wrong with a value, by place; and files that a later release may have written.
 *
 * @module
 */
import * as v from "valibot";
import { isRecord } from "./is_record.ts";
import { dictionary, dictionaryOf, type Schema } from "./shape.ts";

/** What does not fit. */
export interface Misfit {
  /** Such as `saved.total.steps[2].latency`; empty: the value itself. */
  readonly place: string;
  /** `Expected …`. */
  readonly message: string;
  /** What is there, in a few words. */
  readonly found: string;
}

/** A value that fits, or what is wrong with it: all of it, or with `firstOnly` one place. */
export function readShape<T>(
  schema: Schema<T>,
  value: unknown,
  { firstOnly = false } = {},
): { readonly output: T } | { readonly misfits: readonly Misfit[] } {
  const result = v.safeParse(schema, value, { abortEarly: firstOnly });
  if (result.success) return { output: result.output };
  return {
    misfits: result.issues.map(({ path, message, expected, input }) => {
      const last = path?.at(-1);
      return {
        place: placeOf(path ?? []),
        message,
        found: inWords(expected === "never" ? last?.value : input),
      };
    }),
  };
}

/** One clause: what was expected, where, and what was found. */
export function misfitText({ place, message, found }: Misfit): string {
  return `${message}${place && ` at ${place}`}, found ${found}`;
}

function placeOf(path: readonly { readonly key?: unknown }[]): string {
  return path.map(({ key }, i) =>
    typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key)}`
  ).join("").slice(0, 200);
}

/** Longest text that messages quote, in characters. */
const MAX_QUOTED = 40;

function inWords(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") {
    return JSON.stringify(value.length <= MAX_QUOTED ? value : `${value.slice(0, MAX_QUOTED)}…`);
  }
  return String(value);
}

/** The inside of schemas that this file rebuilds. */
interface Built {
  readonly kind: string;
  readonly type: string;
  readonly pipe?: readonly Built[];
  readonly entries?: Readonly<Record<string, Built>>;
  readonly message?: unknown;
  readonly item?: Built;
  readonly items?: readonly Built[];
  readonly key?: string;
  readonly options?: readonly Built[];
  readonly wrapped?: Built;
  readonly default?: unknown;
}

/**
 * The same schema for what a later release may have written: unknown properties are let through unread. The properties
 * that are read keep their order.
 */
export function tolerant<T>(schema: Schema<T>): Schema<T> {
  return loosened(schema as unknown as Built) as unknown as Schema<T>;
}

// The library's functions are typed for schemas whose type says everything; here it is known from their inside.
const build = v as unknown as Readonly<Record<string, (...parts: readonly unknown[]) => Built>>;

const LOOSENED = new WeakMap<Built, Built>();

function loosened(schema: Built): Built {
  const known = LOOSENED.get(schema) ?? rebuilt(schema);
  LOOSENED.set(schema, known);
  return known;
}

function rebuilt(schema: Built): Built {
  const values = dictionaryOf(schema);
  if (values !== undefined) return dictionary(tolerant(values[0]), values[1]) as unknown as Built;
  if (schema.pipe !== undefined) {
    const [first, ...rest] = schema.pipe;
    return build["pipe"]!(loosened(first!), ...rest);
  }
  switch (schema.type) {
    case "strict_object":
      return inOrder((input) => looseObject(schema, input));
    case "variant":
      return inOrder((input) =>
        build["variant"]!(
          schema.key,
          schema.options!.map((option) => looseObject(option, input)),
          schema.message,
        )
      );
    case "array":
      return build["array"]!(loosened(schema.item!), schema.message);
    case "strict_tuple":
      return build["strictTuple"]!(schema.items!.map(loosened), schema.message);
    case "exact_optional":
      return build["exactOptional"]!(loosened(schema.wrapped!), schema.default);
    case "nullable":
      return build["nullable"]!(loosened(schema.wrapped!), schema.default);
    default:
      return schema;
  }
}

function inOrder(schemaFor: (input: Readonly<Record<string, unknown>>) => Built): Built {
  return build["lazy"]!((input: unknown) =>
    isRecord(input) ? schemaFor(input) : v.custom(isRecord, "Expected an object")
  );
}

function looseObject(schema: Built, input: Readonly<Record<string, unknown>>): Built {
  if (schema.pipe !== undefined) {
    const [first, ...rest] = schema.pipe;
    return build["pipe"]!(looseObject(first!, input), ...rest);
  }
  const names = Object.keys(schema.entries!);
  const known = Object.keys(input).filter((name) => Object.hasOwn(schema.entries!, name));
  const entries = [...new Set([...known, ...names])].map((name) => [name, loosened(schema.entries![name]!)]);
  return build["object"]!(Object.fromEntries(entries), schema.message);
}
