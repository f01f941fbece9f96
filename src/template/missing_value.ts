/**
 * Why a placeholder has no value, as far as how it is written tells.
 *
 * @module
 */
import type { Expression } from "./expression.ts";
import { parseTemplate } from "./template.ts";

/**
 * A placeholder without a value, and what it would need to have one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(describeMissing("${id}"), "${id}");
 * assertEquals(describeMissing("${a * 2}"), "${a * 2} (* needs numbers)");
 * ```
 */
export function describeMissing(source: string): string {
  const [part] = parseTemplate(source);
  const need = typeof part === "object" && needOf(part.expression);
  return need ? `${source} (${need})` : source;
}

function needOf(expression: Expression): string | undefined {
  if (expression.kind === "call") {
    return expression.name === "pick" ? "pick needs a list that is not empty" : undefined;
  }
  if (expression.kind !== "operation") return undefined;
  switch (expression.operator) {
    case "+":
      return "+ needs numbers; concat(a, b) joins texts";
    case "-":
    case "*":
      return `${expression.operator} needs numbers`;
    case "/":
    case "%":
      return `${expression.operator} needs numbers, and another one than 0 to divide by`;
    case "neg":
      return "- needs a number";
    default:
      return undefined;
  }
}
