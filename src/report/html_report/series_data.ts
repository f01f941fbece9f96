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
import { MAX_POINTS, type Series } from "./timeline_data.ts";

/** Lines in a chart at most: as many as there are colours. */
const MAX_LINES = 8;
/** Rows of the table of errors at most. */
const MAX_PERIODS = 100;

/** One part's line in each of the charts. */
export interface PartLines {
  readonly name: string;
  /** Requests and errors per second. */
  readonly rate: Series;
  readonly errors: Series;
  /** In ms; `null` where nothing was measured, or only a lower bound. */
  readonly p50: Series;
  readonly p95: Series;
  readonly p99: Series;
}

/** How often something was seen, per second. */
export interface CountLine {
  readonly name: string;
  /** `s2` … `s5` of a status, `none` of others. */
  readonly kind: string;
  readonly rate: Series;
}

/** Parts of the same kind. */
export interface PartGroup {
  /** `Steps`, `URLs`, `Groups`, `Flows`. */
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

/** The series of a run; `undefined` where there are none, or no more than one window. */
export function seriesData(result: RunResult): SeriesData | undefined {
  const { series } = result;
  if (series === undefined || series.windows.length < 2) return undefined;
  const joined = joinedWindows(series.windows);
  const nameOf = stepNames(result);
  const steps = series.steps.map((part) => ({ name: nameOf(part.step), ...part }));
  const spansOf = (kind: string) => series.spans.filter((span) => span.kind === kind);
  const { windows } = joined;
  const longest = windows.reduce((most, [from, to]) => Math.max(most, to - from), 0);
  const scenarios = namedScenarios(result);
  const groups = [
    series.scenarios !== undefined && groupOf("Scenarios", {
      counted: "requests",
      parts: series.scenarios.map((part) => ({ name: scenarios[part.step]?.name ?? "", ...part })),
      joined,
    }),
    steps.length > 1 &&
    groupOf(isUrlList(result.plan) ? "URLs" : "Steps", { counted: "requests", parts: steps, joined }),
    spansOf("group").length > 0 && groupOf("Groups", { counted: "passes", parts: spansOf("group"), joined }),
    spansOf("iteration").length > 1 &&
    groupOf("Flows", { counted: "iterations", parts: spansOf("iteration"), joined }),
  ];
  return {
    fromSec: windows.map(([from]) => from / 1000),
    toSec: windows.map(([, to]) => to / 1000),
    groups: groups.filter((group) => group !== false),
    statuses: countLines(series.statuses, joined, (name) => name).map((line) => ({
      ...line,
      kind: /^[1-5]\d\d$/.test(line.name) ? `s${line.name[0]}` : "none",
    })),
    errors: countLines(series.errors, joined, (key) => failureText(key, {})),
    ...(longest > 1500 && {
      remark:
        `Points are up to ${
          formatCount(Math.round(longest / 1000))
        } s apart: a second for the first ten minutes, ` +
        "then ten, and after ten hours a minute. Counts are exact; so are percentiles unless windows were joined to fit the chart.",
    }),
  };
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
interface Joined {
  readonly windows: RunSeries["windows"];
  readonly perWindow: number;
}

function joinedWindows(windows: RunSeries["windows"]): Joined {
  const perWindow = Math.ceil(windows.length / MAX_POINTS);
  const joined: (readonly [number, number])[] = [];
  for (let i = 0; i < windows.length; i += perWindow) {
    joined.push([windows[i]![0], windows[Math.min(i + perWindow, windows.length) - 1]![1]]);
  }
  return { windows: joined, perWindow };
}

function perSecond(counts: readonly number[], { windows, perWindow }: Joined): Series {
  return windows.map(([from, to], i) => {
    const sum = counts.slice(i * perWindow, (i + 1) * perWindow).reduce((x, y) => x + y, 0);
    return to > from ? rounded(sum / (to - from) * 1000) : null;
  });
}

function largest(times: Series, { windows, perWindow }: Joined): Series {
  return windows.map((_, i) => {
    const known = times.slice(i * perWindow, (i + 1) * perWindow).filter((ms) => ms !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}

function groupOf(
  title: string,
  { counted, parts, joined }: {
    readonly counted: string;
    readonly parts: readonly (PartSeries & { readonly name: string })[];
    readonly joined: Joined;
  },
): PartGroup {
  const shown = mostTelling(parts);
  return {
    title,
    counted,
    parts: shown.map((part) => ({
      name: foreign(part.name, 60),
      rate: perSecond(part.requests, joined),
      errors: perSecond(part.errors, joined),
      p50: largest(part.p50Ms, joined),
      p95: largest(part.p95Ms, joined),
      p99: largest(part.p99Ms, joined),
    })),
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
  joined: Joined,
  textOf: (name: string) => string,
): readonly CountLine[] {
  const sum = ({ counts }: CountSeries) => counts.reduce((x, y) => x + y, 0);
  return [...series].sort((a, b) => sum(b) - sum(a)).slice(0, MAX_LINES)
    .map(({ name, counts }) => ({
      name: foreign(textOf(name), 60),
      kind: "none",
      rate: perSecond(counts, joined),
    }));
}
