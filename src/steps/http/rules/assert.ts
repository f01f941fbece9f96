/**
 * Checks of responses, whatever their kinds: compiled, in words, and with their placeholders filled in.
 *
 * @module
 */
import type { CheckRule, Comparable } from "../../../plan/check_rule.ts";
import type { DataValue } from "../../../plan/scenario.ts";
import type { Scope } from "../../../template/scope.ts";
import { placeholdersIn } from "../../../template/template.ts";
import type { CheckContext, CheckKind, CompiledCheck } from "./check_kind.ts";
import { CHECK_KINDS } from "./check_kinds.ts";
import { bindExpected, type RuleBindings } from "./expected_value.ts";

function kindOf({ kind }: CheckRule): CheckKind {
  return CHECK_KINDS[kind] as CheckKind;
}

/**
 * Compiles a claim.
 *
 * @throws {UsageError} when its path, pattern or schema is malformed.
 */
export function compileCheck(rule: CheckRule, context: CheckContext): CompiledCheck {
  return {
    ...kindOf(rule).compile(rule, context),
    describe: (scope) => describeCheck(filledRule(rule, context.bindings, scope)),
  };
}

/**
 * What a rule claims.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(describeCheck({ kind: "json", path: "items[0].id", equals: "*" }), "JSON has items[0].id");
 * assertEquals(describeCheck({ kind: "max_latency", ms: 500 }), "response within 500ms");
 * ```
 */
export function describeCheck(rule: CheckRule): string {
  return kindOf(rule).describe(rule);
}

/** The texts of a rule that may hold placeholders. */
export function expectedTexts(rule: CheckRule): readonly string[] {
  const texts: string[] = [];
  kindOf(rule).fill?.(rule, (value) => {
    if (typeof value === "string") texts.push(value);
    return value;
  });
  return texts;
}

/** The rule with its placeholders filled in, to be shown; those without a value stay. */
function filledRule(rule: CheckRule, bindings: RuleBindings, scope: Scope): CheckRule {
  const filled = <Value extends Comparable>(value: Value): Value => {
    if (typeof value !== "string" || placeholdersIn(value).length === 0) return value;
    const found = bindExpected(value, bindings)(scope);
    return (found === undefined ? value : plainOf(found)) as Value;
  };
  return kindOf(rule).fill?.(rule, filled) ?? rule;
}

function plainOf(value: DataValue): Comparable {
  return typeof value === "object" && value !== null ? value.json : value;
}
