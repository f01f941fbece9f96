/**
 * Claims about responses in words.
 *
 * @module
 */
import { formatDuration } from "../../../lib/duration.ts";
import { maskFieldValue, maskNamedValue } from "../../../lib/mask_text.ts";
import type { CheckRule, Comparable, Expectation, StatusRange } from "../../../plan/http_step.ts";
import { nameIn } from "../../../template/json_path.ts";
import { describeExpectation } from "./expectation.ts";

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
      return `status is ${describeStatuses(rule.equals)}`;
    case "body_contains":
      return `body contains ${JSON.stringify(maskFieldValue(rule.text))}`;
    case "body_regex":
      return `body matches ${rule.pattern}`;
    case "json":
      return rule.equals === "*" || rule.exists === true
        ? `JSON has ${rule.path}`
        : `JSON ${rule.path} ${
          wordsOf(rule, (value) => maskNamedValue(nameIn(rule.path), JSON.stringify(value)))
        }`;
    case "json_schema":
      return `JSON is as ${rule.name} says`;
    case "header":
      return `header ${rule.name} ${
        wordsOf(rule, (value) => JSON.stringify(maskNamedValue(rule.name, String(value))))
      }`;
    case "max_latency":
      return `response within ${formatDuration(rule.ms)}`;
  }
}

function wordsOf(expectation: Expectation, show: (value: Comparable) => string): string {
  const words = describeExpectation(expectation, show);
  if (words === "*") return "is there";
  if (words === "absent") return "is absent";
  return words.replace(/^== /, "is ").replace(/^~ /, "matches ").replace(/^one of /, "is one of ");
}

/**
 * Statuses as they are written.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(describeStatuses(404), "404");
 * assertEquals(describeStatuses([[200, 299], [304, 304], [401, 403]]), "2xx, 304 or 401-403");
 * ```
 */
export function describeStatuses(equals: number | readonly StatusRange[]): string {
  if (typeof equals === "number") return String(equals);
  const all = equals.map(([from, to]) =>
    from === to ? String(from) : from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : `${from}-${to}`
  );
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
