/**
 * Conditions: expressions of which only counts whether they hold.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { bindExpression, type Bindings } from "./evaluate.ts";
import { type Expression, parseExpression } from "./expression.ts";
import { isTrue } from "./operators.ts";
import type { Scope } from "./scope.ts";

/**
 * Reads a condition, with or without `${` and `}` around it.
 *
 * @throws {UsageError} when it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseCondition("${open}"), { kind: "name", name: "open" });
 * ```
 */
export function parseCondition(text: string): Expression {
  const inner = /^\s*\$\{(.*)\}\s*$/s.exec(text)?.[1] ?? text;
  const parsed = parseExpression(inner);
  if (typeof parsed === "string") throw new UsageError(`Cannot read the condition "${text}": ${parsed}`);
  return parsed;
}

/** A condition to ask. A variable without a value is null. @throws {UsageError} when a function in it is unusable */
export function bindCondition(expression: Expression, bindings: Bindings): (scope: Scope) => boolean {
  const { get } = bindExpression(expression, { ...bindings, absent: null });
  return (scope) => isTrue(get(scope));
}
