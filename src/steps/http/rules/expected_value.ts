/**
 * What checks expect, which may hold placeholders.
 *
 * @module
 */
import type { Comparable } from "../../../plan/check_rule.ts";
import { bindExpression, type Bindings, isConstant } from "../../../template/evaluate.ts";
import { parseTemplate, placeholdersIn } from "../../../template/template.ts";
import type { Evaluator } from "../../../template/template_function.ts";
import { textOf } from "../../../template/value.ts";

/** What placeholders of checks are bound to; `null`: they are left as they are, when a file is only checked. */
export type RuleBindings = Omit<Bindings, "source"> | null;

/** Binds an expected value. One that is nothing but a placeholder keeps its type. */
export function bindExpected(expected: Comparable, bindings: RuleBindings): Evaluator {
  if (typeof expected !== "string" || bindings === null || placeholdersIn(expected).length === 0) {
    return () => expected;
  }
  const parts = parseTemplate(expected).map((part) =>
    typeof part === "string" ? part : bindExpression(part.expression, { ...bindings, source: part.source })
  );
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object") {
    return isConstant(only) ? () => only.constant : only.get;
  }
  return (scope) => {
    let text = "";
    for (const part of parts) {
      const value = typeof part === "string" ? part : part.get(scope);
      if (value === undefined) return undefined;
      text += textOf(value);
    }
    return text;
  };
}
