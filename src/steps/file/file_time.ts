/**
 * Times in scenario files.
 *
 * @module
 */
import { LONGEST_MS, parseDuration } from "../../lib/duration.ts";
import { messageOf } from "../../lib/errors.ts";
import type { Findings } from "./findings.ts";
import type { FilePath } from "./scenario_text.ts";

/** A duration of a file in ms. */
export function durationMs(
  value: string | number | undefined,
  at: FilePath,
  findings: Findings,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return Math.min(value * 1000, LONGEST_MS);
  try {
    return parseDuration(value);
  } catch (error) {
    findings.addProblem(at, `Cannot use "${value}" for "${at.at(-1)}": ${messageOf(error)}`);
    return undefined;
  }
}
