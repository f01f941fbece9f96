/**
 * What a response held instead of what was expected, as it may be shown.
 *
 * @module
 */
import { looksSecret } from "../../../lib/credentials.ts";
import { maskNamedValue } from "../../../lib/mask_text.ts";
import { MASK } from "../../../lib/mask_url.ts";
import { jsonText } from "../../../template/exact_json.ts";

const MAX_CHARACTERS = 60;

/**
 * The first of the values under a name, and how many more there are. `hide` masks known secrets in it, before it is cut.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(describeFound("id", [7, 8]), "7 and 1 more");
 * assertEquals(describeFound("token", ["abc"]), "***");
 * assertEquals(describeFound("id", []), "nothing");
 * ```
 */
export function describeFound(
  name: string,
  [first, ...others]: readonly unknown[],
  hide: (text: string) => string = String,
): string {
  if (first === undefined) return "nothing";
  const masked = looksSecret(jsonText(first)) ? MASK : maskNamedValue(name, hide(jsonText(first)));
  const text = typeof first === "string" && masked !== MASK ? JSON.stringify(masked) : masked;
  const shown = text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1)}…`;
  return others.length === 0 ? shown : `${shown} and ${others.length} more`;
}
