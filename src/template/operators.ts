/**
 * The operators of expressions. Numbers may be spelled as texts, as columns of CSV files are. An operation that makes no
 * sense has no value, as a variable that was never bound.
 *
 * @module
 */
import type { DataValue } from "../plan/scenario.ts";
import type { Operator } from "./expression.ts";
import type { Evaluator } from "./template_function.ts";
import { numberOf, textOf } from "./value.ts";

/** An operation on what its operands give. */
export function operation(operator: Operator, [a, b, c]: readonly Evaluator[]): Evaluator {
  const [first, second, third] = [a!, b!, c!];
  switch (operator) {
    case "!":
      return (scope) => !isTrue(first(scope));
    case "&&":
      return (scope) => {
        const value = first(scope);
        return isTrue(value) ? second(scope) : value ?? false;
      };
    case "||":
      return (scope) => {
        const value = first(scope);
        return isTrue(value) ? value : second(scope);
      };
    case "?":
      return (scope) => isTrue(first(scope)) ? second(scope) : third(scope);
    case "neg":
      return (scope) => ofNumber(first(scope), (number) => -number);
    default: {
      const apply = BINARY[operator];
      return (scope) => {
        const left = first(scope);
        const right = second(scope);
        return left === undefined || right === undefined ? undefined : apply(left, right);
      };
    }
  }
}

/** Whether a value counts as true in a condition: all do but false, null, 0, the empty text and no value. */
export function isTrue(value: DataValue | undefined): boolean {
  return value !== undefined && Boolean(value);
}

/** Whether two values are the same; numbers and booleans may be spelled as texts. */
function isEqual(a: DataValue, b: DataValue): boolean {
  return a === b || textOf(a) === textOf(b) || ordered(a, b, (difference) => difference === 0) === true;
}

/** Whether a comparison of two values holds; what cannot be compared does not. */
export function compareValues(
  operator: ">" | ">=" | "<" | "<=" | "==" | "!=",
  a: DataValue,
  b: DataValue,
): boolean {
  return BINARY[operator](a, b) === true;
}

type Apply = (left: DataValue, right: DataValue) => DataValue | undefined;

const BINARY: Readonly<Record<Exclude<Operator, "!" | "&&" | "||" | "?" | "neg">, Apply>> = {
  "+": (a, b) => ofNumbers(a, b, (left, right) => left + right),
  "-": (a, b) => ofNumbers(a, b, (left, right) => left - right),
  "*": (a, b) => ofNumbers(a, b, (left, right) => left * right),
  "/": (a, b) => ofNumbers(a, b, (left, right) => left / right),
  "%": (a, b) => ofNumbers(a, b, (left, right) => left % right),
  "==": isEqual,
  "!=": (a, b) => !isEqual(a, b),
  "<": (a, b) => ordered(a, b, (difference) => difference < 0),
  "<=": (a, b) => ordered(a, b, (difference) => difference <= 0),
  ">": (a, b) => ordered(a, b, (difference) => difference > 0),
  ">=": (a, b) => ordered(a, b, (difference) => difference >= 0),
};

function ofNumber(value: DataValue | undefined, apply: (number: number) => number): number | undefined {
  const number = value === undefined ? undefined : numberOf(value);
  return number === undefined ? undefined : finite(apply(number));
}

function ofNumbers(
  a: DataValue,
  b: DataValue,
  apply: (left: number, right: number) => number,
): number | undefined {
  const left = numberOf(a);
  const right = numberOf(b);
  return left === undefined || right === undefined ? undefined : finite(apply(left, right));
}

/** JSON has no others. 0.1 + 0.2 is 0.3: what floating point adds at the end is nobody's wish. */
function finite(number: number): number | undefined {
  if (!Number.isFinite(number)) return undefined;
  return Number.isInteger(number) ? number : Number(number.toPrecision(15));
}

/** Numbers by size, other texts by their letters. */
function ordered(
  a: DataValue,
  b: DataValue,
  holds: (difference: number) => boolean,
): boolean | undefined {
  const left = numberOf(a);
  const right = numberOf(b);
  if (left !== undefined && right !== undefined) return holds(left - right);
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  return holds(a < b ? -1 : a > b ? 1 : 0);
}
