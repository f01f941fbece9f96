/**
 * Options of the verdict.
 *
 * @module
 */
import { isCode, isReplay } from "../../plan/scenario.ts";
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { formatDuration } from "../../lib/duration.ts";
import { UsageError } from "../../lib/errors.ts";
import { defineOptions, type OptionType } from "../../options/option.ts";
import { duration, toggle } from "../../options/option_types.ts";
import { type PartKind, type PartName, partNames } from "../../result/run_parts.ts";
import { ALL_CHECKS } from "../../result/custom_results.ts";
import { suggest } from "../../lib/suggest.ts";
import { parseUntil, type Until } from "../../result/verdict/known_to.ts";
import type { MetricPath } from "../../result/verdict/rule_grammar.ts";
import { parseThreshold, type Threshold } from "../../result/verdict/threshold.ts";

const threshold: OptionType<Threshold> = { label: "CONDITION", parse: parseThreshold };

const until: OptionType<Until> = {
  label: "PRECISION",
  parse: parseUntil,
  format: ({ expression }) => expression,
};

/** When a run may be ended for what was measured so far; absent: only for what cannot be made up for. */
export interface GracefulStop {
  readonly gracefulStopMs?: number;
}

const time = duration({ min: 0 });

const grace: OptionType<GracefulStop> = {
  label: "GRACE",
  parse: (text) => ({ gracefulStopMs: time.parse(text) }),
  format: ({ gracefulStopMs }) => gracefulStopMs === undefined ? "" : formatDuration(gracefulStopMs),
  toJson: ({ gracefulStopMs }) => gracefulStopMs === undefined ? true : gracefulStopMs / 1000,
};

/** The table. */
export const verdictOptions = defineOptions({
  threshold: {
    long: "--threshold",
    aliases: ["--th"],
    type: threshold,
    group: "Verdict",
    repeat: true,
    help: 'Condition that must hold, such as "p95 < 300ms"; otherwise the exit code is 2',
  },
  abortOnFail: {
    long: "--abort-on-fail",
    type: grace,
    bare: {},
    group: "Verdict",
    requires: ["threshold"],
    help: "Stop when a threshold can no longer be met; after GRACE, also when one is not met so far",
  },
  until: {
    long: "--until",
    type: until,
    group: "Verdict",
    repeat: true,
    conflicts: ["numRequests", "autofind"],
    help: 'Run until this is known so precisely, at most -d: "p99 ± 2%", "rps +- 1%"; several: until all are',
  },
  strictTrust: {
    long: "--strict-trust",
    type: toggle,
    group: "Verdict",
    default: false,
    help: "Exit with 1 if the numbers are in doubt: the load generator did not keep up, or responses stopped",
  },
});

/**
 * @throws {UsageError} naming thresholds about steps, groups, flows or scenarios that the plan does not have, and about metrics and
 * checks that are not among `counted`.
 */
export function checkThresholdParts(
  thresholds: readonly Threshold[],
  run: Parameters<typeof partNames>[0],
  counted: Counted,
): void {
  const names = partNames(run);
  const problems = thresholds.flatMap((threshold) => {
    const { expression, part } = threshold;
    if (threshold.custom !== undefined) return customProblems(threshold, threshold.custom, counted);
    if (part === undefined) return [];
    const { kind } = part;
    if (kind === "server_timing") return timingProblems(expression, run);
    return unknownPart("--threshold", { expression, part }, names);
  });
  if (problems.length > 0) throw new UsageError(problems);
}

/** What is wrong with rules of a flag that are about steps, groups, flows or scenarios that the plan does not have. */
export function unknownPartProblems(
  flag: string,
  rules: readonly { readonly expression: string; readonly about?: MetricPath }[],
  run: Parameters<typeof partNames>[0],
): readonly string[] {
  const { scenario } = run.plan;
  // What a module calls its requests is known when it makes them.
  if (isCode(scenario) || isReplay(scenario)) return [];
  const names = partNames(run);
  return rules.flatMap(({ expression, about }) => {
    const { part } = about ?? {};
    if (part === undefined || part.kind === "server_timing") return [];
    return unknownPart(flag, { expression, part }, names);
  });
}

function unknownPart(
  flag: string,
  { expression, part }: {
    readonly expression: string;
    readonly part: PartName;
  },
  names: ReturnType<typeof partNames>,
): readonly string[] {
  const { kind } = part;
  const name = part.name === undefined ? undefined : maskUrlsIn(part.name);
  if (name === undefined ? names[kind].length > 0 : names[kind].includes(name)) return [];
  const found = `${flag}: found ${JSON.stringify(maskUrlsIn(expression))}, but`;
  if (names[kind].length === 0) return [`${found} there are no ${PLURALS[kind]}`];
  const known = names[kind].map((one) => JSON.stringify(one)).join(", ");
  return [`${found} no ${NOUNS[kind]} is called ${JSON.stringify(name)}; expected one of ${known}`];
}

/** What responses will say is not known before; that somebody looks at it is. */
function timingProblems(
  expression: string,
  { plan: { client } }: Parameters<typeof partNames>[0],
): readonly string[] {
  const found = `--threshold: found ${JSON.stringify(maskUrlsIn(expression))}, but`;
  return client.serverTiming ? [] : [`${found} nothing reads Server-Timing: add --server-timing`];
}

/** Names of what a run counts besides requests. */
export interface Counted {
  readonly checks: readonly string[];
  /** Metrics of a module. */
  readonly metrics: readonly string[];
}

function customProblems(
  { expression, metric }: Threshold,
  name: string,
  { checks, metrics }: Counted,
): readonly string[] {
  const found = `--threshold: found ${JSON.stringify(maskUrlsIn(expression))}, but`;
  if (metrics.includes(name)) return [];
  if (checks.length === 0) {
    return [`${found} there are no checks, and only modules have metrics of their own`];
  }
  if (name === ALL_CHECKS || checks.includes(name)) {
    return /^.* (?:count|rate)$/s.test(metric.key) ? [] : [`${found} checks have only count and rate`];
  }
  const known = [ALL_CHECKS, ...checks, ...metrics];
  const sentence = `${found} no check is called ${JSON.stringify(name)}`;
  const near = suggest(name, known);
  return [
    near === undefined
      ? `${sentence}; expected one of ${known.map((one) => JSON.stringify(one)).join(", ")}`
      : `${sentence}: did you mean ${JSON.stringify(near)}?`,
  ];
}

const NOUNS: Readonly<Record<PartKind, string>> = {
  step: "step",
  group: "group",
  iteration: "flow",
  scenario: "scenario",
  server_timing: "metric of Server-Timing",
};
const PLURALS: Readonly<Record<PartKind, string>> = {
  step: "steps",
  group: "groups",
  iteration: "iterations without a scenario",
  scenario: "several scenarios",
  server_timing: "metrics of Server-Timing",
};
