/**
 * Values taken out of responses for later steps: by JSON path (the first value that it leads to), header name, or the first group of a pattern. A value that
 * is not there is a failure with a reason that names the rule and never what was received.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { ExtractRule } from "../../../plan/http_step.ts";
import type { DataValue } from "../../../plan/scenario.ts";
import type { ResponseView } from "./response_view.ts";
import type { RuleCompilers } from "./rule_compilers.ts";
import { valueOf } from "../../../template/value.ts";

/** A rule that is ready to be applied. */
export interface Extractor {
  /** The variable to bind. */
  readonly name: string;
  /** Error key of a failure: `ExtractFailure: token: no header "X-Token"`. */
  readonly failure: string;
  readonly needsHead: boolean;
  readonly needsBody: boolean;
  /** The value, or `undefined` when the response has none. */
  take(response: ResponseView): DataValue | undefined;
  /** What the failure adds when only a part of what was to be looked at was looked at. */
  beyond(response: ResponseView): string;
}

/**
 * Compiles a rule.
 *
 * @throws {UsageError} when its expression is malformed.
 */
export function compileExtract(rule: ExtractRule, compilers: RuleCompilers): Extractor {
  const { name, expression } = rule;
  const failure = (reason: string) => `ExtractFailure: ${name}: ${reason}`;
  switch (rule.from) {
    case "json": {
      const path = compilers.path(expression);
      return {
        name,
        failure: failure(`nothing at JSON path ${expression}`),
        needsHead: false,
        needsBody: true,
        take(response) {
          const value = response.json === null ? undefined : path.first(response.json);
          return value === undefined || value === null ? undefined : valueOf(value);
        },
        beyond: ({ cut }) => cut,
      };
    }
    case "header":
      return {
        name,
        failure: failure(`no header "${expression}"`),
        needsHead: true,
        needsBody: false,
        take: (response) => response.header(expression),
        beyond: () => "",
      };
    case "regex": {
      const pattern = compilers.pattern(expression);
      if (pattern.groups === 0) {
        throw new UsageError(
          `Cannot use regular expression "${expression}": expected a group in parentheses around the value`,
        );
      }
      return {
        name,
        failure: failure(`no match for ${expression}`),
        needsHead: false,
        needsBody: true,
        take: (response) => pattern.firstGroup(response.text),
        beyond: (response) => response.beyond(pattern),
      };
    }
  }
}
