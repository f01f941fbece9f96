/**
 * What is claimed about a response, and how it looks when it comes over a wire. Those who only name the types load nothing.
 *
 * @module
 */
import * as v from "valibot";
import { flag, list, maybe, number, oneOf, type Schema, shape, text, variant } from "../lib/shape.ts";

/** What a value may be compared with. A text may hold placeholders. */
export type Comparable = string | number | boolean | null;

/** Compares a number, or how many or how long something is. */
export interface Comparison {
  /** What is compared. */
  readonly of: "value" | "count" | "length";
  /** How. */
  readonly operator: ">" | ">=" | "<" | "<=" | "==" | "!=";
  /** With what: a number, or a text that may hold placeholders. */
  readonly to: string | number;
}

/** A claim about a value; exactly one of these. */
export interface Expectation<Equal extends Comparable = Comparable> {
  /** It is this. */
  readonly equals?: Equal;
  /** A regular expression matches in it. */
  readonly pattern?: string;
  /** It is one of these. */
  readonly oneOf?: readonly Comparable[];
  /** It compares like this. */
  readonly compare?: Comparison;
  /** Whether there is a value at all. */
  readonly exists?: boolean;
}

/**
 * A claim about a response. A request with a failed claim counts as one failure. A JSON `"*"`: any value; a header without
 * an expectation: it is there. `schema` is a JSON Schema as JSON, `name` what messages call it.
 */
export type CheckRule =
  | { readonly kind: "status"; readonly equals: number | readonly StatusRange[] }
  | { readonly kind: "body_contains"; readonly text: string }
  | { readonly kind: "body_regex"; readonly pattern: string }
  | { readonly kind: "json"; readonly path: string } & Expectation
  | { readonly kind: "json_schema"; readonly schema: string; readonly name: string }
  | { readonly kind: "header"; readonly name: string } & Expectation<string>
  | { readonly kind: "max_latency"; readonly ms: number }
  | { readonly kind: "grpc_status"; readonly oneOf: readonly number[] };

/** Statuses, both ends included. */
export type StatusRange = readonly [from: number, to: number];

/** A rule of one kind. */
export type Check<Kind extends CheckRule["kind"]> = Extract<CheckRule, { readonly kind: Kind }>;

const comparable = v.union([
  v.string(),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.null(),
]) as unknown as Schema<Comparable>;

const statusRange = v.tuple([v.number(), v.number()]) as unknown as Schema<StatusRange>;
const statuses = v.union([v.number(), v.array(statusRange)]) as unknown as Schema<
  number | readonly StatusRange[]
>;

const comparison = shape<Comparison>()({
  of: oneOf("value", "count", "length"),
  operator: oneOf(">", ">=", "<", "<=", "==", "!="),
  to: v.union([v.string(), v.number()]) as unknown as Schema<string | number>,
});

const expectation = {
  pattern: maybe(text),
  oneOf: maybe(list(comparable)),
  compare: maybe(comparison),
  exists: maybe(flag),
};

/** A check from the wire. */
export const checkRuleSchema: Schema<CheckRule> = variant<CheckRule>()("kind", [
  shape<Check<"status">>()({ kind: oneOf("status"), equals: statuses }),
  shape<Check<"body_contains">>()({ kind: oneOf("body_contains"), text }),
  shape<Check<"body_regex">>()({ kind: oneOf("body_regex"), pattern: text }),
  shape<Check<"json">>()({ kind: oneOf("json"), path: text, equals: maybe(comparable), ...expectation }),
  shape<Check<"json_schema">>()({ kind: oneOf("json_schema"), schema: text, name: text }),
  shape<Check<"header">>()({ kind: oneOf("header"), name: text, equals: maybe(text), ...expectation }),
  shape<Check<"max_latency">>()({ kind: oneOf("max_latency"), ms: number }),
  shape<Check<"grpc_status">>()({ kind: oneOf("grpc_status"), oneOf: list(number) }),
]);
