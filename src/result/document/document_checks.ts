/**
 * What a value of a JSON document may be: small checks, and ways to build larger ones of them.
 *
 * @module
 */

/** Whether a value is what it should be. */
export type Check = (value: unknown) => boolean;

/** An object that is no list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** Text. */
export const isText: Check = (value) => typeof value === "string";
/** `true` or `false`. */
export const isFlag: Check = (value) => typeof value === "boolean";
/** A finite number of at least 0; JSON has some that become infinite, such as 1e999. */
export const isAmount: Check = (value) => Number.isFinite(value) && Number(value) >= 0;
/** A whole number of at least 0. */
export const isCount: Check = (value) => isAmount(value) && Number.isInteger(value);
/** Milliseconds that a date can hold. */
export const isTime: Check = (value) => isAmount(value) && Number(value) <= 8.64e15;
/** Whatever it is. */
export const isAnything: Check = () => true;

/** A list of such values. */
export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** An object of such values, whatever its keys. */
export function mapOf(check: Check): Check {
  return (value) => isObject(value) && Object.values(value).every(check);
}

/** An object with these fields; those whose name ends in `?` may be absent. Other fields are not looked at. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isObject(value) && Object.entries(checks).every(([key, check]) => {
      const field = value[key.replace("?", "")];
      return field === undefined ? key.endsWith("?") : check(field);
    });
}
