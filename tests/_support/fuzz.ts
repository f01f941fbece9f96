/**
 * How often properties are tried.
 *
 * @module
 */

/** A fifth of all runs, for the everyday; all of them with `FUZZ=full`. */
export function fuzzRuns(all: number): number {
  return Deno.env.get("FUZZ") === "full" ? all : Math.ceil(all / 5);
}
