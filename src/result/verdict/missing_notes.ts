/**
 * Why thresholds and rules could not be judged.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { withSuggestion } from "../../lib/suggest.ts";
import { ALL_CHECKS } from "../custom_results.ts";
import { type Comparison, rulesNotJudged } from "../comparison.ts";
import type { Note } from "../outcome.ts";
import { type PartName, partNames, partStats } from "../run_parts.ts";
import { type MeasuredSoFar, statsFor } from "./judge_run.ts";
import type { Threshold } from "./threshold.ts";

/** A warning for each threshold on something that was not measured, as far as what it is about tells why. */
export function missingNotes(thresholds: readonly Threshold[], result: MeasuredSoFar): readonly Note[] {
  return thresholds.flatMap((threshold): readonly Note[] => {
    const stats = statsFor(threshold, result);
    if (stats !== undefined && threshold.metric.read(stats) !== undefined) return [];
    const reason = reasonFor(threshold, result);
    return reason === undefined
      ? []
      : [{ level: "warning", text: `Threshold "${maskUrlsIn(threshold.expression)}" failed: ${reason}` }];
  });
}

/** A warning for each rule that passes only because the runs do not tell. */
export function unjudgedNotes(comparison: Comparison): readonly Note[] {
  return rulesNotJudged(comparison).map(({ expression, reason }) => ({
    level: "warning",
    text: `Rule "${maskUrlsIn(expression)}" was not judged: ${reason}`,
  }));
}

function reasonFor({ custom, part }: Threshold, result: MeasuredSoFar): string | undefined {
  if (custom !== undefined) return reasonForCustom(custom, result);
  return part === undefined ? undefined : reasonForPart(part, result);
}

function reasonForCustom(name: string, { total: { custom = {}, checks = {} } }: MeasuredSoFar): string {
  const hasChecks = Object.keys(checks).length > 0;
  const known = [...Object.keys(custom), ...Object.keys(checks), ...(hasChecks ? [ALL_CHECKS] : [])];
  if (known.includes(name)) {
    return Object.hasOwn(custom, name)
      ? `a ${custom[name]!.kind} has nothing of that name`
      : "a check has only count and rate";
  }
  if (name === ALL_CHECKS) return "no check was made";
  const reason = `nothing called "${name}" was counted`;
  const suggested = withSuggestion(reason, name, known);
  if (suggested !== reason) return suggested;
  return `${reason}; a counter is 0 from when it is named: metric.counter(${JSON.stringify(name)})`;
}

function reasonForPart({ kind, name }: PartName, result: MeasuredSoFar): string {
  const whose = name === undefined ? "" : ` of "${maskUrlsIn(name)}"`;
  switch (kind) {
    case "step":
      return `no request${whose} ended`;
    case "group":
      return `no pass through the group${name === undefined ? "" : ` "${maskUrlsIn(name)}"`} ended`;
    case "iteration":
      return `no iteration${whose} ended`;
    case "scenario":
      return `no request of scenario "${maskUrlsIn(name ?? "")}" ended`;
    case "server_timing":
      return partStats(result, { kind, name: name ?? "" }) === undefined
        ? reasonForTiming(name ?? "", partNames(result).server_timing)
        : `no response said how long "${maskUrlsIn(name ?? "")}" took`;
  }
}

function reasonForTiming(name: string, known: readonly string[]): string {
  const sentence = `no response had "${maskUrlsIn(name)}" in Server-Timing`;
  const hinted = withSuggestion(sentence, name, known);
  return hinted !== sentence || known.length === 0
    ? hinted
    : `${sentence}; there are ${known.slice(0, 10).map((one) => JSON.stringify(one)).join(", ")}`;
}
