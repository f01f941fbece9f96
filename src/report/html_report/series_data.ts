/**
 * The run's parts over time as columns for the charts: steps, groups, statuses, errors, and when errors of a step were
 * seen. As many lines as can be told apart; windows are joined where there are too many.
 *
 * @module
 */
import { formatCount } from "../../lib/number_format.ts";
import { failureText } from "../../metrics/failure.ts";
import { isUrlList, namedSteps } from "../../result/describe_run.ts";
import { stepNames } from "../../result/document/run_series_json.ts";
import type { RunResult } from "../../result/run_result.ts";
import { namedScenarios } from "../../result/scenario_parts.ts";
import type { CountSeries, PartSeries, RunSeries } from "../../result/series/run_series.ts";
import { clockText, foreign, rounded, type Table } from "./display.ts";
import { statusKind } from "./response_data.ts";
import { MAX_POINTS, type Series, windowsBeside } from "./timeline_data.ts";

/** Lines in a chart at most: as many as there are colours. */
const MAX_LINES = 8;
/** Rows of the table of errors at most. */
const MAX_PERIODS = 100;

/** What is drawn of a part. */
export interface PartColumns {
  /** Requests and errors per second. */
  readonly rate: Series;
  readonly errors: Series;
  /** In ms; `null` where nothing was measured, or only a lower bound. */
  readonly p50: Series;
  readonly p95: Series;
  readonly p99: Series;
}

/** One part's line in each of the charts. */
export interface PartLines extends PartColumns {
  readonly name: string;
  /** The baseline's part of that name; absent: it has none. */
  readonly baseline?: PartColumns;
}

/** How often something was seen, per second. */
export interface CountLine {
  readonly name: string;
  /** `s2` … `s5` of a status, `none` of others. */
  readonly kind: string;
  readonly rate: Series;
  /** Of the baseline; absent without one. */
  readonly baseline?: Series;
}

/** Parts of the same kind. */
export interface PartGroup {
  /** `Steps`, `URLs`, `Groups`, `Iterations`, `Scenarios`. */
  readonly title: string;
  /** What a line counts: `requests`, `passes`. */
  readonly counted: string;
  readonly parts: readonly PartLines[];
  /** Says that there are more parts than lines. */
  readonly remark?: string;
}

/** Columns of equal length, one entry a window. */
export interface SeriesData {
  /** Start and end of each window, in s since the run's start. */
  readonly fromSec: readonly number[];
  readonly toSec: readonly number[];
  readonly groups: readonly PartGroup[];
  readonly statuses: readonly CountLine[];
  readonly errors: readonly CountLine[];
  /** Says how long windows are where they are longer than a second. */
  readonly remark?: string;
}

/** The series of a run beside a baseline's; `undefined` where there are none, or no more than one window. */
export function seriesData(result: RunResult, before?: RunResult): SeriesData | undefined {
  const { series } = result;
  if (series === undefined || series.windows.length < 2) return undefined;
  const { windows, perWindow } = joinedWindows(series.windows);
  const rows: Rows = windows.map((_, i) =>
    [i * perWindow, Math.min((i + 1) * perWindow, series.windows.length)] as const
  );
  const own: Course = { windows: series.windows, rows };
  const other = before?.series;
  const theirs: Course | undefined = other &&
    { windows: other.windows, rows: windowsBeside(windows, other.windows) };
  const theirKinds = theirs && before ? partKinds(before) : [];
  const longest = windows.reduce((most, [from, to]) => Math.max(most, to - from), 0);
  return {
    fromSec: windows.map(([from]) => from / 1000),
    toSec: windows.map(([, to]) => to / 1000),
    groups: partKinds(result).filter(({ parts, least }) => parts.length >= least).map((kind) => {
      const baseline = theirKinds.find(({ title }) => title === kind.title)?.parts ?? [];
      return groupOf(kind, { own, baseline, theirs });
    }),
    statuses: countLines(series.statuses, { own, theirs, baseline: other?.statuses, textOf: (name) => name })
      .map((line) => ({ ...line, kind: statusKind(line.name) })),
    errors: countLines(series.errors, {
      own,
      theirs,
      baseline: other?.errors,
      textOf: (key) => failureText(key, {}),
    }),
    ...(longest > 1500 && {
      remark:
        `Points are up to ${
          formatCount(Math.round(longest / 1000))
        } s apart: a second for the first ten minutes, ` +
        "then ten, and after ten hours a minute. Counts are exact; so are percentiles unless windows were joined to fit the chart.",
    }),
  };
}

type NamedPart = PartSeries & { readonly name: string };

/** Parts of one kind. */
interface PartKind {
  readonly title: string;
  readonly counted: string;
  readonly parts: readonly NamedPart[];
  /** Fewer of them say nothing that the charts of the whole run do not. */
  readonly least: number;
}

/** The kinds of parts that a run has, each with its parts' names. */
function partKinds(result: RunResult): readonly PartKind[] {
  const { series, plan } = result;
  if (series === undefined) return [];
  const nameOf = stepNames(result);
  const scenarios = namedScenarios(result);
  const spansOf = (kind: string) => series.spans.filter((span) => span.kind === kind);
  const named = (parts: RunSeries["steps"] | undefined, nameOf: (number: number) => string) =>
    (parts ?? []).map((part) => ({ name: nameOf(part.step), ...part }));
  const hasSteps = plan.scenario.flows.some(({ steps }) => steps.length > 1);
  return [
    {
      title: "Scenarios",
      counted: "requests",
      parts: named(series.scenarios, (number) => scenarios[number]?.name ?? ""),
      least: 1,
    },
    {
      title: isUrlList(plan) ? "URLs" : "Steps",
      counted: "requests",
      parts: named(series.steps, nameOf),
      least: 2,
    },
    { title: "Groups", counted: "passes", parts: spansOf("group"), least: 1 },
    { title: "Iterations", counted: "iterations", parts: spansOf("iteration"), least: hasSteps ? 1 : 2 },
  ];
}

/** When each error of a step was seen, in the order in which they began; `undefined` without any. */
export function errorPeriodsTable(result: RunResult): Table | undefined {
  const periods = result.series?.periods ?? [];
  if (periods.length === 0) return undefined;
  const nameOf = stepNames(result);
  const hasSteps = namedSteps(result).length > 1;
  const at = (ms: number) => ({ text: clockText(ms), sort: ms });
  return {
    columns: [...(hasSteps ? ["Step"] : []), "Error", "#Count", "#First", "#Last"],
    rows: periods.slice(0, MAX_PERIODS).map(({ step, error, count, firstMs, lastMs }) => [
      ...(hasSteps ? [foreign(nameOf(step), 120)] : []),
      foreign(failureText(error, result.total.foundInstead)),
      { text: formatCount(count), sort: count },
      at(firstMs),
      at(lastMs),
    ]),
    remark:
      "Since the start: the beginning of the first window with the error, and the end of the last one." +
      (periods.length > MAX_PERIODS
        ? ` ${formatCount(periods.length - MAX_PERIODS)} more are not listed.`
        : ""),
  };
}

/** Windows of a chart, and how many measured ones are in each. */
function joinedWindows(
  windows: RunSeries["windows"],
): { readonly windows: RunSeries["windows"]; readonly perWindow: number } {
  const perWindow = Math.ceil(windows.length / MAX_POINTS);
  const joined: (readonly [number, number])[] = [];
  for (let i = 0; i < windows.length; i += perWindow) {
    joined.push([windows[i]![0], windows[Math.min(i + perWindow, windows.length) - 1]![1]]);
  }
  return { windows: joined, perWindow };
}

/** For each point of a chart, the windows behind it, from and to (without it). */
type Rows = readonly (readonly [from: number, to: number])[];

/** Measured windows, and those behind each point of a chart. */
interface Course {
  readonly windows: RunSeries["windows"];
  readonly rows: Rows;
}

function perSecond(counts: readonly number[], { windows, rows }: Course): Series {
  return rows.map(([from, to]) => {
    const ms = windows.slice(from, to).reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0);
    const sum = counts.slice(from, to).reduce((x, y) => x + y, 0);
    return ms > 0 ? rounded(sum / ms * 1000) : null;
  });
}

function largest(times: Series, { rows }: Course): Series {
  return rows.map(([from, to]) => {
    const known = times.slice(from, to).filter((ms) => ms !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}

function columnsOf(part: PartSeries, course: Course): PartColumns {
  return {
    rate: perSecond(part.requests, course),
    errors: perSecond(part.errors, course),
    p50: largest(part.p50Ms, course),
    p95: largest(part.p95Ms, course),
    p99: largest(part.p99Ms, course),
  };
}

function groupOf(
  { title, counted, parts }: PartKind,
  { own, baseline, theirs }: {
    readonly own: Course;
    readonly baseline: readonly NamedPart[];
    readonly theirs: Course | undefined;
  },
): PartGroup {
  const shown = mostTelling(parts);
  return {
    title,
    counted,
    parts: shown.map((part) => {
      const before = baseline.find(({ name }) => name === part.name);
      return {
        name: foreign(part.name, 60),
        ...columnsOf(part, own),
        ...(before && theirs && { baseline: columnsOf(before, theirs) }),
      };
    }),
    ...(shown.length < parts.length && {
      remark:
        `${shown.length} of ${formatCount(parts.length)} are shown: those with the most errors, then the ` +
        "busiest. The JSON result has more.",
    }),
  };
}

/** Those with the most errors, then those with the most requests, in their own order. */
function mostTelling<P extends PartSeries>(parts: readonly P[]): readonly P[] {
  if (parts.length <= MAX_LINES) return parts;
  const sum = (counts: readonly number[]) => counts.reduce((x, y) => x + y, 0);
  const ranked = parts.map((part) => ({ part, errors: sum(part.errors), requests: sum(part.requests) }))
    .sort((a, b) => b.errors - a.errors || b.requests - a.requests);
  const chosen = new Set(ranked.slice(0, MAX_LINES).map(({ part }) => part));
  return parts.filter((part) => chosen.has(part));
}

function countLines(
  series: readonly CountSeries[],
  { own, theirs, baseline, textOf }: {
    readonly own: Course;
    readonly theirs: Course | undefined;
    readonly baseline: readonly CountSeries[] | undefined;
    readonly textOf: (name: string) => string;
  },
): readonly CountLine[] {
  const sum = ({ counts }: CountSeries) => counts.reduce((x, y) => x + y, 0);
  return [...series].sort((a, b) => sum(b) - sum(a)).slice(0, MAX_LINES)
    .map(({ name, counts }) => {
      const before = baseline?.find((other) => other.name === name);
      return {
        name: foreign(textOf(name), 60),
        kind: "none",
        rate: perSecond(counts, own),
        ...(before && theirs && { baseline: perSecond(before.counts, theirs) }),
      };
    });
}
