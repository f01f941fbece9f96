/**
 * Claims about responses. A broken claim gives a key under which it is counted. Keys are made of the rule, so that their
 * number is bounded and they give nothing of the response away; the status code alone is observed.
 *
 * @module
 */
import { maskFieldValue, maskNamedValue } from "../../../lib/mask_text.ts";
import { formatDuration } from "../../../lib/duration.ts";
import type { CheckRule } from "../../../plan/http_step.ts";
import type { ResponseView } from "./response_view.ts";
import { jsonText } from "../../../template/exact_json.ts";
import { nameIn } from "../../../template/json_path.ts";
import type { RuleCompilers } from "./rule_compilers.ts";

/** A claim that is ready to be judged. */
export interface Check {
  readonly needsHead: boolean;
  readonly needsBody: boolean;
  /** The key of the broken claim, or `undefined` when it holds. */
  judge(response: ResponseView): string | undefined;
}

type JsonCheck = Extract<CheckRule, { kind: "json" }>;
type HeaderCheck = Extract<CheckRule, { kind: "header" }>;

/**
 * Compiles a claim.
 *
 * @throws {UsageError} when its path or pattern is malformed.
 */
export function compileCheck(rule: CheckRule, compilers: RuleCompilers): Check {
  switch (rule.kind) {
    case "status":
      return {
        needsHead: false,
        needsBody: false,
        judge: ({ status }) =>
          status === rule.equals ? undefined : `AssertStatus: expected ${rule.equals}, got ${status}`,
      };
    case "max_latency": {
      const key = `AssertMaxLatency: over ${formatDuration(rule.ms)}`;
      return {
        needsHead: false,
        needsBody: false,
        judge: ({ latencyMs }) => latencyMs > rule.ms ? key : undefined,
      };
    }
    case "body_contains":
      return bodyCheck(
        `AssertBody: '${short(maskFieldValue(rule.text))}' not found`,
        ({ text }) => text.includes(rule.text),
      );
    case "body_regex": {
      const pattern = compilers.pattern(rule.pattern);
      const key = `AssertBodyRegex: ${short(rule.pattern)}`;
      return {
        needsHead: false,
        needsBody: true,
        judge: (response) => pattern.isIn(response.text) ? undefined : key + response.beyond(pattern),
      };
    }
    case "json":
      return compileJson(rule, compilers);
    case "header":
      return compileHeader(rule, compilers);
  }
}

function bodyCheck(key: string, holds: (response: ResponseView) => boolean): Check {
  return {
    needsHead: false,
    needsBody: true,
    judge: (response) => holds(response) ? undefined : key + response.cut,
  };
}

function compileJson({ path: text, equals }: JsonCheck, compilers: RuleCompilers): Check {
  const path = compilers.path(text);
  const key = equals === "*"
    ? `AssertJson: ${short(text)} missing`
    : `AssertJson: ${short(text)} == ${short(maskNamedValue(nameIn(text), JSON.stringify(equals)))}`;
  return bodyCheck(key, ({ json }) => {
    if (json === null) return false;
    return path.all(json).some((value) => equals === "*" || isSame(value, equals));
  });
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
export function isSame(actual: unknown, expected: string | number | boolean | null): boolean {
  return actual === expected || jsonText(actual) === jsonText(expected);
}

function compileHeader(
  { name, equals, pattern: source }: HeaderCheck,
  compilers: RuleCompilers,
): Check {
  const missing = `AssertHeader: ${name} missing`;
  const pattern = source === undefined ? undefined : compilers.pattern(source);
  const differs = source === undefined
    ? `AssertHeader: ${name} == '${short(maskNamedValue(name, equals ?? ""))}'`
    : `AssertHeader: ${name} ~ ${short(source)}`;
  return {
    needsHead: true,
    needsBody: false,
    judge(response) {
      const value = response.header(name);
      if (value === undefined) return missing;
      const holds = pattern ? pattern.isIn(value) : equals === undefined || value === equals;
      return holds
        ? undefined
        : differs + (pattern && value.length > pattern.maxCharacters
          ? `, in the first ${pattern.maxCharacters} characters`
          : "");
    },
  };
}

/** Long texts do not make good keys. */
function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
