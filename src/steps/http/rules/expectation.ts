/**
 * Claims about values: of JSON, where a path may lead to several and one of them is enough, and of header fields.
 *
 * @module
 */
import type { Comparable, Comparison, Expectation } from "../../../plan/check_rule.ts";
import type { DataValue } from "../../../plan/scenario.ts";
import { jsonText } from "../../../template/exact_json.ts";
import { compareValues } from "../../../template/operators.ts";
import type { Scope } from "../../../template/scope.ts";
import { textOf, valueOf } from "../../../template/value.ts";
import { bindExpected, type RuleBindings } from "./expected_value.ts";
import type { RuleCompilers } from "./rule_compilers.ts";

/** Whether the values found are as expected. */
export type Judge = (found: readonly unknown[], scope: Scope) => boolean;

/** Compiles an expectation. @throws {UsageError} when its pattern is malformed */
export function compileExpectation(
  expectation: Expectation,
  { compilers, bindings }: { readonly compilers: RuleCompilers; readonly bindings: RuleBindings },
): Judge {
  const { equals, pattern: source, oneOf, compare, exists } = expectation;
  if (exists === false) return (found) => found.length === 0;
  if (compare !== undefined) return compileComparison(compare, bindings);
  if (source !== undefined) {
    const pattern = compilers.pattern(source);
    return (found) => found.some((value) => pattern.isIn(jsonText(value)));
  }
  if (oneOf !== undefined) {
    const all = oneOf.map((value) => bindExpected(value, bindings));
    return (found, scope) =>
      all.some((get) => {
        const expected = get(scope);
        return expected !== undefined && found.some((value) => isSame(value, expected));
      });
  }
  if (equals === undefined || equals === "*") return (found) => found.length > 0;
  const get = bindExpected(equals, bindings);
  return (found, scope) => {
    const expected = get(scope);
    return expected !== undefined && found.some((value) => isSame(value, expected));
  };
}

function compileComparison({ of, operator, to }: Comparison, bindings: RuleBindings): Judge {
  const get = bindExpected(to, bindings);
  return (found, scope) => {
    const expected = get(scope);
    if (expected === undefined) return false;
    if (of === "value") {
      return found.some((value) => compareValues(operator, valueOf(value), expected));
    }
    const measured = measure(of, found);
    return measured !== undefined && compareValues(operator, measured, expected);
  };
}

/**
 * How many values there are, where a single list counts as its elements; or how long the first one is: the characters of a
 * text, the elements of a list.
 */
export function measure(of: "count" | "length", found: readonly unknown[]): number | undefined {
  const [first] = found;
  if (of === "count") return found.length === 1 && Array.isArray(first) ? first.length : found.length;
  if (typeof first === "string") return [...first].length;
  return Array.isArray(first) ? first.length : undefined;
}

/**
 * Whether a value of a response is the expected one. Numbers are compared as numbers; a text and a number, or a text and a
 * boolean, by their spelling; a boolean is never a number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([isSame(42, "42"), isSame(1, 1.0), isSame(1, true)], [true, true, false]);
 * ```
 */
export function isSame(actual: unknown, expected: DataValue): boolean {
  return actual === expected || jsonText(actual) === textOf(expected);
}

/** An expectation as keys and sentences have it: `== 3`, `one of "a", "b"`, `count >= 1`. */
export function describeExpectation(
  { equals, pattern, oneOf, compare, exists }: Expectation,
  show: (value: Comparable) => string,
): string {
  if (exists === false) return "absent";
  if (compare !== undefined) {
    const { of, operator, to } = compare;
    return `${of === "value" ? "" : `${of} `}${operator} ${typeof to === "number" ? to : show(to)}`;
  }
  if (pattern !== undefined) return `~ ${pattern}`;
  if (oneOf !== undefined) return `one of ${oneOf.map(show).join(", ")}`;
  return equals === undefined || equals === "*" ? "*" : `== ${show(equals)}`;
}
