/**
 * The report that fits on a screen: what ran, what came of it, and at its end, where it stays in sight, the verdict with
 * the main numbers.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import {
  formatCount,
  formatCounted,
  formatMeasured,
  formatRate,
  formatShare,
  formatTime,
} from "../../lib/number_format.ts";
import { isResolved } from "../../metrics/catalog.ts";
import { attemptsOf, errorsOf, percentileOf, requestsPerSecond, samplesOf } from "../../metrics/stats.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import { connectionsInWords, modeText, targetText } from "../../result/describe_run.ts";
import { countedWords } from "../../result/describe_sockets.ts";
import { untilLine } from "../../result/verdict/until_verdict.ts";
import { VERDICT_WORDS, type VerdictKind, verdictOf } from "../../result/verdict/verdict.ts";
import { baselineComparison } from "./comparison.ts";
import { shortBreakdown, shortFailedLatency, shortLatency } from "./latency.ts";
import { furtherSections } from "./further.ts";
import { fitted, type ReportContext, type Section, tied, wrapped } from "./layout.ts";
import { serverTimingLine } from "./server_time.ts";
import { notes, resultLines } from "./summary.ts";
import {
  addressDistribution,
  checkOutcomes,
  customMetrics,
  errorsByStep,
  perScenario,
  perSpan,
  perStep,
  shortThresholds,
  statusDistribution,
} from "./tables.ts";
import { generatorLine } from "./trust.ts";

/** The whole report, with a line end at its end. */
export function shortReport(context: ReportContext): string {
  const { style, width } = context;
  const parts: readonly Section[] = [
    { title: "", lines: headLines(context) },
    { title: "", lines: resultLines(context) },
    { ...shortLatency(context), title: "Latency" },
    { ...shortFailedLatency(context), title: "Latency of failed responses" },
    whereTimeWent(context),
    { ...statusDistribution(context), title: "Status codes" },
    { ...errorsByStep(context), title: "Errors" },
    { ...addressDistribution(context), title: "Requests by address" },
    ...furtherSections(context),
    titled(perScenario(context)),
    titled(perStep(context)),
    titled(perSpan(context)),
    titled(checkOutcomes(context)),
    titled(customMetrics(context)),
    { ...shortThresholds(context), title: "Thresholds" },
    { ...baselineComparison(context), title: "Compared with the baseline" },
    { title: "", lines: [...generatorLine(context), ...notes(context).lines] },
  ];
  const texts = parts.filter(({ lines }) => lines.length > 0).map(({ title, lines }) =>
    [...(title === "" ? [] : [style.heading(title)]), ...lines.flatMap((line) => fitted(line, width))].join(
      "\n",
    )
  );
  return `${[...texts, lastLines(context).join("\n")].join("\n\n")}\n`;
}

/** The lines that a screen always shows. */
export function lastLines({ outcome, result, stats, style, width }: ReportContext): readonly string[] {
  const { counts } = stats;
  const { kind, text } = verdictOf(outcome);
  const paints: Readonly<Record<VerdictKind, (text: string) => string>> = {
    passed: style.good,
    done: style.good,
    errors: style.bad,
    interrupted: style.warning,
    regressed: style.bad,
    failed: style.bad,
  };
  const errors = errorsOf(counts);
  const samples = samplesOf(counts);
  const latencies = [50, 95, 99].filter((p) => isResolved(p, samples)).map((p) =>
    `p${p} ${formatMeasured(percentileOf(counts, p))}`
  );
  const errorRate = `${formatShare(errors, attemptsOf(counts))} errors`;
  const numbers = [
    `${formatRate(requestsPerSecond(stats) ?? 0)} ${countedWords(result.plan).rateUnit}`,
    errors > 0 ? style.bad(errorRate) : errorRate,
    ...latencies,
  ];
  const more = result.total.dropped > 0
    ? [style.bad(`${formatCounted(result.total.dropped, "arrival")} dropped`)]
    : [];
  return [
    ...fitted(paints[kind](`${VERDICT_WORDS[kind]}: ${escapeTerminal(text)}`), width),
    ...(result.until ?? []).flatMap((until) => {
      const paint = until.isReached ? style.good : style.warning;
      return fitted(paint(`Until ${escapeTerminal(untilLine(until))}`), width);
    }),
    ...fitted(tied([...numbers, ...more]), width),
  ];
}

/** What was run. */
function headLines({ outcome, result, style, width }: ReportContext): readonly string[] {
  const { plan, interrupted, aborted, threads, durationMs } = result;
  const { simulation, openLoop } = loadFacts(plan.load);
  const opened = openLoop !== undefined && plan.warmupMs === 0
    ? ` (${formatCount(result.total.connects)} opened)`
    : "";
  const load = [
    modeText(plan),
    ...(simulation === undefined ? [`${connectionsInWords(plan)}${opened}`] : []),
    formatCounted(threads, "thread"),
    `ran ${formatTime(durationMs)}`,
    ...(plan.client.leavesBody ? ["response bodies not read"] : []),
  ];
  const tags = Object.entries(outcome.tags).map(([key, value]) => `${key}=${value}`);
  const { command } = outcome.config;
  return [
    ...wrapped(targetText(plan), 4, width).map((line, i) => i === 0 ? style.heading(line.trimStart()) : line),
    ...wrapped(load.join(", "), 4, width),
    ...(interrupted ? [`  ${style.warning(aborted ? "aborted" : "interrupted")}`] : []),
    ...(tags.length > 0 ? wrapped(`Tags: ${tags.join(", ")}`, 4, width) : []),
    // On one line, however long, so that it can be copied.
    ...(typeof command === "string" ? [style.faint(`  ${tied([`Again: ${escapeTerminal(command)}`])}`)] : []),
  ];
}

function whereTimeWent(context: ReportContext): Section {
  return {
    title: "Where the time went",
    lines: [...shortBreakdown(context).lines, ...serverTimingLine(context)],
  };
}

/** `PER-STEP STATISTICS` as a plain heading. */
function titled({ title, lines }: Section): Section {
  return { title: title.charAt(0) + title.slice(1).toLowerCase(), lines };
}
