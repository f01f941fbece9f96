/**
 * What a search for the largest sustainable load found, in plain sentences. Nothing is escaped here.
 *
 * @module
 */
import { formatCompactTime, formatCount } from "../../lib/number_format.ts";
import type { AutofindResult } from "../../result/autofind_result.ts";
import type { AutofindBy } from "../../result/autofind_step.ts";

/** The load that was found. */
export function foundText({ by, best }: Pick<AutofindResult, "by" | "best">): string {
  return best === undefined
    ? "Maximum sustainable load: could not be determined"
    : `Maximum sustainable load: ${formatCount(best)} ${unitOf(by)}`;
}

/** Where the limit lies, what the server did there, and what else stopped the search. */
export function limitTexts(
  { by, best, firstFailed, reachedMax, interrupted, limits, kneeFactor, steps }: AutofindResult,
): readonly string[] {
  const [light] = steps;
  const limiting = steps.find(({ load, isGeneratorLimited }) => load === firstFailed && isGeneratorLimited);
  const failing = steps.find(({ load, verdict }) => load === firstFailed && verdict === "failed");
  return [
    ...(interrupted
      ? [`The search was interrupted${best === undefined ? "" : ": the server may sustain more"}`]
      : []),
    ...(best !== undefined && firstFailed !== undefined
      ? [`The limit lies between ${formatCount(best)} and ${formatCount(firstFailed)} ${unitOf(by)}`]
      : []),
    ...(failing ? [`At ${formatCount(failing.load)}: ${failing.reasons.join("; ")}`] : []),
    ...(kneeFactor !== undefined && light?.p95
      ? [
        `Knee: p95 up to ${
          formatCompactTime(limits.maxP95Ms)
        } counts as sustained, ${kneeFactor} times that of ${formatCount(light.load)} ${
          unitOf(by)
        } or 10ms (--max-p95 sets another limit)`,
      ]
      : []),
    ...(limiting
      ? ["The load generator did not keep up there: the server may sustain more (-t, or --master)"]
      : []),
    ...(reachedMax
      ? [
        `This is the largest load tried (--max-${
          by === "users" ? "users" : "rate"
        }): the server may sustain more`,
      ]
      : []),
  ];
}

/** What loads are counted in. */
export function unitOf(by: AutofindBy): string {
  return by === "users" ? "users" : "iterations/s";
}
