/**
 * What a scenario file expects of a value: the value itself, a comparison such as `> 3` or `count >= 1`, or an object with
 * `one_of`, `exists`, `regex` and others.
 *
 * @module
 */
import type { Comparable, Comparison, Expectation } from "../../../plan/check_rule.ts";
import { placeholdersIn } from "../../../template/template.ts";

/** An expectation as it stands in a file. */
export type FileExpectation =
  | Comparable
  | {
    readonly [Operator in Comparison["operator"]]?: string | number | undefined;
  }
    & {
      readonly count?: string | number | undefined;
      readonly length?: string | number | undefined;
      readonly exists?: boolean | undefined;
      readonly absent?: boolean | undefined;
      readonly one_of?: readonly Comparable[] | undefined;
      readonly regex?: string | undefined;
    };

const COMPARISON = /^\s*(?:(count|length)\s*)?(>=|<=|==|!=|>|<)\s*(.+?)\s*$/s;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const OPERATORS = [">", ">=", "<", "<=", "==", "!="] as const;

/**
 * The comparison that a text is; `undefined` for every other text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(readComparison("count >= 1"), { of: "count", operator: ">=", to: 1 });
 * assertEquals(readComparison("<b>"), undefined);
 * ```
 */
export function readComparison(text: string): Comparison | undefined {
  const [, of = "value", operator, to = ""] = COMPARISON.exec(text) ?? [];
  if (operator === undefined) return undefined;
  const isNumber = NUMBER.test(to);
  if (!isNumber && placeholdersIn(to)[0]?.source !== to) return undefined;
  return {
    of: of as Comparison["of"],
    operator: operator as Comparison["operator"],
    to: isNumber ? Number(to) : to,
  };
}

/** The expectations that are meant, or what is expected instead of them. */
export function readExpectation(given: FileExpectation): readonly Expectation[] | string {
  if (typeof given !== "object" || given === null) {
    const compare = typeof given === "string" ? readComparison(given) : undefined;
    return [compare === undefined ? { equals: given } : { compare }];
  }
  const { exists, absent, one_of: oneOf, regex: pattern } = given;
  const all: Expectation[] = OPERATORS.flatMap((operator) => {
    const to = given[operator];
    return to === undefined ? [] : [{ compare: { of: "value" as const, operator, to } }];
  });
  for (const measure of ["count", "length"] as const) {
    const size = given[measure];
    if (size === undefined) continue;
    const compare = typeof size === "number" ? { operator: "==" as const, to: size } : readComparison(size);
    if (compare === undefined) return `a number or a comparison such as ">= 1" for ${measure}`;
    all.push({ compare: { ...compare, of: measure } });
  }
  if (exists !== undefined) all.push({ exists });
  if (absent !== undefined) all.push({ exists: !absent });
  if (oneOf !== undefined) all.push({ oneOf });
  if (pattern !== undefined) all.push({ pattern });
  return all.length === 0 ? 'a comparison in it, such as { ">": 3 }' : all;
}

/** Words that people may mean for a claim, where a text is compared. */
export function mistakenWord(given: FileExpectation): string | undefined {
  return given === "exists" || given === "absent"
    ? `This expects the text "${given}"; to check that there is ${
      given === "exists" ? "a" : "no"
    } value, write { ${given}: true }`
    : undefined;
}
