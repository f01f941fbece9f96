/**
 * What checks expect, which may hold placeholders.
 *
 * @module
 */
import type { CheckRule, Comparable } from "../../../plan/http_step.ts";
import type { DataValue } from "../../../plan/scenario.ts";
import { bindExpression, type Bindings, isConstant } from "../../../template/evaluate.ts";
import type { Scope } from "../../../template/scope.ts";
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

/** The texts of a rule that may hold placeholders. */
export function expectedTexts(rule: CheckRule): readonly string[] {
  switch (rule.kind) {
    case "body_contains":
      return [rule.text];
    case "json":
    case "header":
      return [rule.equals, rule.compare?.to, ...rule.oneOf ?? []].filter((value) =>
        typeof value === "string"
      );
    default:
      return [];
  }
}

/** The rule with its placeholders filled in, to be shown; those without a value stay. */
export function filledRule(rule: CheckRule, bindings: RuleBindings, scope: Scope): CheckRule {
  if (!expectedTexts(rule).some((text) => placeholdersIn(text).length > 0)) return rule;
  const filled = <Value extends Comparable>(value: Value): Value => {
    const found = bindExpected(value, bindings)(scope);
    return (found === undefined ? value : plainOf(found)) as Value;
  };
  switch (rule.kind) {
    case "body_contains":
      return { ...rule, text: String(filled(rule.text)) };
    case "json":
    case "header":
      return {
        ...rule,
        ...(rule.equals !== undefined && { equals: filled(rule.equals) }),
        ...(rule.oneOf && { oneOf: rule.oneOf.map(filled) }),
        ...(rule.compare && { compare: { ...rule.compare, to: filled(rule.compare.to) } }),
      } as CheckRule;
    default:
      return rule;
  }
}

function plainOf(value: DataValue): Comparable {
  return typeof value === "object" && value !== null ? value.json : value;
}
