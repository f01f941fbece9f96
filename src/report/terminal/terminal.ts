/**
 * The report on the terminal, in three lengths: which sections, in which order.
 *
 * @module
 */
import { styleFor } from "../../lib/style.ts";
import type { Reporter } from "../reporter.ts";
import { baselineComparison } from "./comparison.ts";
import { breakdown, errorStatusLatency, latencyStatistics } from "./latency.ts";
import { furtherSections } from "./further.ts";
import { renderSections, type ReportContext, reportContext, type Section } from "./layout.ts";
import { serverTiming, slowestRequests } from "./server_time.ts";
import { lastLines, shortReport } from "./short.ts";
import { benchmarkResults, measurement, notes } from "./summary.ts";
import { loadGenerator } from "./trust.ts";
import {
  addressDistribution,
  checkOutcomes,
  customMetrics,
  errorDistribution,
  perScenario,
  perSpan,
  perStep,
  statusDistribution,
  thresholds,
  throughputTimeline,
} from "./tables.ts";

const SECTIONS = [
  benchmarkResults,
  latencyStatistics,
  errorStatusLatency,
  breakdown,
  serverTiming,
  statusDistribution,
  errorDistribution,
  addressDistribution,
  (context: ReportContext) => furtherSections(context).map(inCapitals),
  perScenario,
  perStep,
  perSpan,
  slowestRequests,
  checkOutcomes,
  customMetrics,
  throughputTimeline,
  thresholds,
  baselineComparison,
  loadGenerator,
  measurement,
  notes,
];

function inCapitals({ title, lines }: Section): Section {
  return { title: title.toUpperCase(), lines };
}

/** Writes the report for people at a terminal. */
export const terminalReporter: Reporter = {
  name: "terminal",
  render: (outcome, options) => {
    const style = styleFor(options.color);
    const context = reportContext(outcome, { ...options, style });
    if (options.detail === "short") return shortReport(context);
    if (options.detail === "quiet") return `${lastLines(context).join("\n")}\n`;
    return renderSections(SECTIONS.flatMap((section) => section(context)), style);
  },
};
