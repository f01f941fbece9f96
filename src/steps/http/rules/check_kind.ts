/**
 * What a kind of check is to those who judge responses.
 *
 * @module
 */
import type { CheckRule, Comparable } from "../../../plan/check_rule.ts";
import type { Scope } from "../../../template/scope.ts";
import type { RuleBindings } from "./expected_value.ts";
import type { ResponseView } from "./response_view.ts";
import type { RuleCompilers } from "./rule_compilers.ts";

/** A claim that is ready to be judged. */
export interface CompiledCheck {
  readonly needsHead: boolean;
  readonly needsBody: boolean;
  /** The key of the broken claim, or `undefined` when it holds. */
  judge(response: ResponseView, scope: Scope): string | undefined;
  /** The key says what was found. */
  readonly tellsFound?: true;
  /** What the response has, as it may be shown; `hide` masks the secrets that are known. */
  describeFound(response: ResponseView, hide?: (text: string) => string): string;
  /** The claim in words, with what is filled in. */
  describe(scope: Scope): string;
}

/** A check but for its words. */
export type Judged = Omit<CompiledCheck, "describe">;

/** What claims are compiled with. */
export interface CheckContext {
  readonly compilers: RuleCompilers;
  readonly bindings: RuleBindings;
}

/** Replaces a value that may hold placeholders. */
export type Fill = <Value extends Comparable>(value: Value) => Value;

/** A kind of check. */
export interface CheckKind<Rule extends CheckRule = CheckRule> {
  /** @throws {UsageError} when the rule's path, pattern or schema is malformed */
  compile(rule: Rule, context: CheckContext): Judged;
  /** What the rule claims. */
  describe(rule: Rule): string;
  /** The rule with all that may hold placeholders replaced; absent: nothing may. */
  fill?(rule: Rule, filled: Fill): Rule;
}
