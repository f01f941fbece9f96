/**
 * Everything the HTML report's page shows, as plain data: the page only lays it out. Texts are ready to read, foreign
 * ones clipped; secrets were masked by whoever made the outcome and the run's description.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { formatCount, formatTime, NOT_MEASURED } from "../../lib/number_format.ts";
import { VERSION } from "../../lib/version.ts";
import {
  maxLatencyOf,
  REPORTED_PERCENTILES,
  resolvedServicePercentile,
  servicePercentileOf,
} from "../../metrics/catalog.ts";
import { meanOf, rankOf, valueAtRank } from "../../metrics/histogram.ts";
import { type Phase, PHASES, type StepStats } from "../../metrics/snapshot.ts";
import { samplesOf } from "../../metrics/stats.ts";
import { isOpenLoop } from "../../plan/load_kinds.ts";
import { definitionsOf, droppedText } from "../../result/describe_run.ts";
import type { Outcome } from "../../result/outcome.ts";
import { changeText } from "../../result/run_change.ts";
import { overallStats } from "../../result/run_result.ts";
import { percentileSamples } from "../../result/document/trust_json.ts";
import { type Cell, foreign, rounded, spaced, type Table, timeCell, type Tone } from "./display.ts";
import {
  addressesTable,
  customTable,
  errorsTable,
  type FurtherTables,
  furtherTables,
  type Part,
  scenariosTable,
  spansTable,
  statusParts,
  type StepsTable,
  stepsTable,
} from "./response_data.ts";
import { type ComparisonData, comparisonData } from "./comparison_data.ts";
import { type CurveData, curveData, type HistogramBars, histogramBars } from "./latency_data.ts";
import {
  type Heading,
  headingOf,
  resolved,
  type Tile,
  tilesOf,
  type Verdict,
  verdictOf,
} from "./overview_data.ts";
import { slowestTable } from "./slowest_data.ts";
import { timingsTable } from "./timings_data.ts";
import { errorPeriodsTable, type SeriesData, seriesData } from "./series_data.ts";
import { type TimelineData, timelineData } from "./timeline_data.ts";
import { type TrustItem, trustItems } from "./trust_data.ts";

/** A percentile in a chart. */
export interface Mark {
  readonly label: string;
  /** Its place on the curve's axis, 1/(1 − p). */
  readonly at: number;
  readonly ms: number;
  readonly isAtLeast: boolean;
}

/** A machine or thread of a run that goes on. */
export interface WorkerState {
  readonly name: string;
  readonly state: "running" | "done" | "lost";
  /** Why it was lost. */
  readonly reason?: string;
}

/** A run that goes on, and what may be changed in it. */
export interface LiveData {
  readonly state: "starting" | "running" | "paused" | "stopping";
  readonly elapsedSec: number;
  /** Absent: it lasts until an amount is done. */
  readonly plannedSec?: number;
  /** Iterations per second; absent: there is no rate to be changed. */
  readonly rate?: number;
  /** Users or connections; absent: there are none to be changed. */
  readonly users?: number;
  /** Several scenarios, each with its rate or users; absent: there is one load. */
  readonly scenarios?: readonly { readonly name: string; readonly rate?: number; readonly users?: number }[];
  readonly canPause: boolean;
  readonly workers: readonly WorkerState[];
}

/** The page's data; absent parts leave their section out. */
export interface ReportData {
  readonly generator: string;
  readonly heading: Heading;
  readonly verdict: Verdict;
  readonly notes: readonly { readonly tone: Tone; readonly text: string }[];
  readonly tiles: readonly Tile[];
  readonly thresholds?: Table;
  readonly comparison?: ComparisonData;
  /** What the dotted lines in the charts are; absent without a baseline. */
  readonly baseline?: string;
  readonly timeline?: TimelineData;
  /** The run's parts over time. */
  readonly series?: SeriesData;
  /** When errors of each step were seen. */
  readonly errorPeriods?: Table;
  readonly usersLabel: string;
  /** Changes of the load and marked moments, as lines in the charts. */
  readonly changes: readonly { readonly atSec: number; readonly text: string }[];
  readonly startedAtMs: number;
  readonly curve?: CurveData;
  readonly histogram?: HistogramBars;
  /** Percentiles named in the charts. */
  readonly marks: readonly Mark[];
  readonly percentiles?: Table;
  readonly phases?: { readonly parts: readonly Part[]; readonly table: Table };
  readonly statuses: readonly Part[];
  readonly errors?: Table;
  readonly addresses?: Table;
  readonly steps?: StepsTable;
  readonly scenarios?: Table;
  readonly spans?: Table;
  /** What was measured beyond requests. */
  readonly further?: readonly FurtherTables[];
  readonly custom?: Table;
  /** What responses said in `Server-Timing`. */
  readonly timings?: Table;
  /** The slowest requests of each step. */
  readonly slowest?: Table;
  readonly trust: readonly TrustItem[];
  /** The command that repeats the run: what was set, and nothing else. */
  readonly command?: string;
  /** What was set, in words. */
  readonly settings?: Table;
  readonly config: Table;
  readonly definitions: readonly (readonly [term: string, text: string])[];
  /** Only while the run goes on. */
  readonly live?: LiveData;
}

/** The data of a run's page. */
export function reportData(outcome: Outcome): ReportData {
  const { result } = outcome;
  const { counts } = overallStats(result);
  const before = outcome.before && overallStats(outcome.before).counts;
  const curve = curveData(counts, before);
  const histogram = histogramBars(counts, before);
  const optional = {
    thresholds: thresholdsTable(outcome),
    comparison: comparisonData(outcome.comparison),
    baseline: baselineText(outcome),
    settings: settingsTable(outcome),
    timeline: result.timeline.length > 1
      ? timelineData(result.timeline, outcome.before?.timeline)
      : undefined,
    series: seriesData(result, outcome.before),
    errorPeriods: errorPeriodsTable(result),
    curve,
    histogram,
    percentiles: percentilesTable(counts),
    phases: phasesOf(counts),
    errors: errorsTable(counts, result.total.foundInstead),
    addresses: addressesTable(result),
    steps: stepsTable(result),
    scenarios: scenariosTable(result),
    spans: spansTable(result),
    further: furtherTables(result),
    custom: customTable(result),
    timings: timingsTable(result),
    slowest: slowestTable(outcome),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const dropped = droppedText(result);
  return {
    generator: `bench ${VERSION}`,
    heading: headingOf(outcome),
    verdict: verdictOf(outcome),
    notes: [
      ...(dropped === undefined ? [] : [{ tone: "bad" as const, text: spaced(dropped) }]),
      ...outcome.notes.map(({ level, text }) => ({
        tone: level === "warning" ? "warn" as const : "neutral" as const,
        text: foreign(text, 1000),
      })),
    ],
    tiles: tilesOf(result),
    usersLabel: isOpenLoop(result.plan) ? "Connections in use" : "Active users",
    changes: (result.changes ?? []).map((change) => ({
      atSec: change.atMs / 1000,
      text: foreign(changeText(change), 200),
    })),
    startedAtMs: result.startedAtMs,
    marks: [50, 95, 99].flatMap((percentile) => {
      const value = resolved(counts, percentile);
      return value
        ? [{
          label: `p${percentile}`,
          at: 100 / (100 - percentile),
          ms: rounded(value.ms),
          isAtLeast: value.isAtLeast,
        }]
        : [];
    }),
    statuses: statusParts(counts, result.plan),
    trust: trustItems(result),
    ...(typeof outcome.config.command === "string" && { command: foreign(outcome.config.command, 4000) }),
    config: configTable(outcome),
    definitions: definitionsOf(result).map(({ term, text }) => [term, spaced(text)]),
    ...present,
  };
}

function baselineText({ before, comparison }: Outcome): string | undefined {
  if (before === undefined) return undefined;
  const at = new Date(before.startedAtMs).toISOString().slice(0, 16).replace("T", " ");
  const source = comparison?.sources[0];
  return `Dotted: the baseline${source === undefined ? "" : ` ${foreign(source, 200)}`} of ${at} UTC.`;
}

function settingsTable({ settings }: Outcome): Table | undefined {
  if (settings === undefined || settings.length === 0) return undefined;
  return {
    columns: ["Setting", "Value", "Set by"],
    rows: settings.map(({ name, value, from }) => [
      foreign(name, 80),
      foreign(value, 1000),
      foreign(from ?? "command line", 120),
    ]),
  };
}

function thresholdsTable({ thresholds }: Outcome): Table | undefined {
  if (thresholds.length === 0) return undefined;
  return {
    columns: ["Threshold", "#Measured", "#Verdict"],
    rows: thresholds.map(({ expression, actual, passed }) => [
      foreign(expression),
      actual === undefined ? "not measured" : spaced(foreign(actual)),
      passed ? { text: "met", tone: "good", sort: 0 } : { text: "not met", tone: "bad", sort: 1 },
    ]),
  };
}

function percentilesTable(counts: StepStats): Table | undefined {
  const rows = REPORTED_PERCENTILES.map((percentile) => ({ percentile, value: resolved(counts, percentile) }))
    .filter(({ value }) => value !== undefined);
  if (rows.length === 0) return undefined;
  const { latency, serviceLatency } = counts;
  const isOpen = serviceLatency !== undefined;
  const behind = new Map(percentileSamples(counts).map(({ percentile, samples }) => [percentile, samples]));
  const row = (label: string, cells: { value: Cell; service: Cell; samples: number }) => [
    label,
    cells.value,
    ...(isOpen ? [cells.service] : []),
    { text: formatCount(cells.samples), sort: cells.samples },
  ];
  return {
    columns: ["Percentile", "#Latency", ...(isOpen ? ["#Service"] : []), "#Samples"],
    rows: [
      row("Fastest", {
        value: microseconds(latency.count, latency.min),
        service: microseconds(serviceLatency?.count, serviceLatency?.min),
        samples: samplesOf(counts),
      }),
      ...rows.map(({ percentile, value }) =>
        row(`p${percentile}`, {
          value: timeCell(value),
          service: timeCell(resolvedServicePercentile(counts, percentile)),
          samples: behind.get(percentile) ?? 0,
        })
      ),
      row("Slowest", {
        value: timeCell(maxLatencyOf(counts)),
        service: timeCell(servicePercentileOf(counts, 100)),
        samples: 1,
      }),
    ],
    remark: "Samples: how many took at least this long.",
  };
}

function microseconds(count: number | undefined, us: number | undefined): Cell {
  return timeCell(count && us !== undefined ? { ms: us / 1000, isAtLeast: false } : undefined);
}

const PHASE_LABELS: Readonly<Record<Phase, string>> = {
  dns: "DNS lookup",
  connect: "TCP connect",
  tls: "TLS handshake",
  ttfb: "Time to first byte",
  transfer: "Transfer",
  total: "Total",
};

function phasesOf({ phases }: StepStats): ReportData["phases"] {
  if (!phases || phases.total.count === 0) return undefined;
  const measured = PHASES.filter((phase) => phases[phase].count > 0);
  const parts = measured.filter((phase) => phase !== "total");
  const sum = parts.reduce((total, phase) => total + phases[phase].sum, 0);
  return {
    parts: parts.map((phase) => ({
      label: PHASE_LABELS[phase],
      value: spaced(formatTime(phases[phase].sum / phases.total.count / 1000)),
      share: rounded(sum > 0 ? phases[phase].sum / sum : 0),
      kind: phase,
    })),
    table: {
      columns: ["Phase", "#Measured", "#Mean", "#p50", "#p95", "#p99", "#Max"],
      rows: measured.map((phase) => {
        const data = phases[phase];
        const at = (percentile: number) =>
          timeCell({ ms: valueAtRank(data, rankOf(percentile, data.count)) / 1000, isAtLeast: false });
        return [
          PHASE_LABELS[phase],
          { text: formatCount(data.count), sort: data.count },
          timeCell({ ms: (meanOf(data) ?? 0) / 1000, isAtLeast: false }),
          ...[50, 95, 99].map(at),
          timeCell({ ms: data.max / 1000, isAtLeast: false }),
        ];
      }),
      remark:
        "A row counts only requests that went through the phase: a reused connection has no connect phase. " +
        "The bar shows each phase's share of the total time, averaged over all requests.",
    },
  };
}

function configTable({ config }: Outcome): Table {
  return {
    columns: ["Setting", "Value"],
    rows: Object.entries(config)
      .filter(([key, value]) => value !== undefined && key !== "command")
      .map(([key, value]) => [foreign(key), foreign(maskUrlsIn(settingText(value)), 1000)]),
    remark: "Named as in the JSON result. Times are in seconds, sizes in bytes, rates per second.",
  };
}

function settingText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return NOT_MEASURED;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
