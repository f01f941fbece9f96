/**
 * The report on the terminal: which sections, in which order. What each says is in `terminal_summary.ts`,
 * `terminal_latency.ts`, `terminal_tables.ts`, `terminal_comparison.ts` and `terminal_trust.ts`.
 *
 * @module
 */
import { styleFor } from "../../lib/style.ts";
import type { Reporter } from "../reporter.ts";
import { baselineComparison } from "./comparison.ts";
import { breakdown, errorStatusLatency, latencyStatistics } from "./latency.ts";
import { renderSections, reportContext } from "./layout.ts";
import { benchmarkResults, measurement, notes } from "./summary.ts";
import { loadGenerator } from "./trust.ts";
import {
  addressDistribution,
  errorDistribution,
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
  statusDistribution,
  errorDistribution,
  addressDistribution,
  perStep,
  throughputTimeline,
  thresholds,
  baselineComparison,
  loadGenerator,
  measurement,
  notes,
];

/** Writes the report for people at a terminal. */
export const terminalReporter: Reporter = {
  name: "terminal",
  render: (outcome, options) => {
    const style = styleFor(options.color);
    const context = reportContext(outcome, { ...options, style });
    return renderSections(SECTIONS.map((section) => section(context)), style);
  },
};
