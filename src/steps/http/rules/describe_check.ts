/**
 * Claims about responses in words.
 *
 * @module
 */
import { formatDuration } from "../../../lib/duration.ts";
import { maskFieldValue, maskNamedValue } from "../../../lib/mask_text.ts";
import type { CheckRule } from "../../../plan/http_step.ts";
import { nameIn } from "../../../template/json_path.ts";

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
  switch (rule.kind) {
    case "status":
      return `status is ${rule.equals}`;
    case "body_contains":
      return `body contains ${JSON.stringify(maskFieldValue(rule.text))}`;
    case "body_regex":
      return `body matches ${rule.pattern}`;
    case "json":
      return rule.equals === "*"
        ? `JSON has ${rule.path}`
        : `JSON ${rule.path} is ${maskNamedValue(nameIn(rule.path), JSON.stringify(rule.equals))}`;
    case "header":
      return rule.pattern === undefined
        ? `header ${rule.name} is ${JSON.stringify(maskNamedValue(rule.name, rule.equals ?? ""))}`
        : `header ${rule.name} matches ${rule.pattern}`;
    case "max_latency":
      return `response within ${formatDuration(rule.ms)}`;
  }
}
