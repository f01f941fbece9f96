/**
 * The dashboard's charts: rate and latency by second.
 *
 * @module
 */
import { formatTime } from "../lib/number_format.ts";
import type { Paint, Style } from "../lib/style.ts";
import { areaRows, timeColumns } from "./block_chart.ts";
import type { CountedWords } from "../result/describe_sockets.ts";
import type { DashboardState, Second } from "./live_state.ts";
import { type Area, blank, ends, type Panel, sideBySide } from "./panel_layout.ts";
import { cellsOf, left, rateText } from "./text_cells.ts";

interface Chart {
  readonly title: (words: CountedWords) => string;
  readonly read: (second: Second) => number | undefined;
  readonly format: (value: number) => string;
  readonly paint: (style: Style) => Paint;
}

const CHARTS: readonly Chart[] = [
  {
    title: ({ short }) => `${short}/s`,
    read: ({ rate }) => rate,
    format: rateText,
    paint: ({ accent }) => accent,
  },
  {
    title: () => "p99 by second",
    read: ({ p99Ms }) => p99Ms,
    format: formatTime,
    paint: ({ warning }) => warning,
  },
  { title: () => "p50 by second", read: ({ p50Ms }) => p50Ms, format: formatTime, paint: ({ good }) => good },
];

/** Fewest cells of a chart beside another one. */
const MIN_CHART_CELLS = 34;
/** From this height on a chart has a row for the time. */
const HEIGHT_FOR_TIME = 5;

/** Rate and latency by second, side by side, or one above the other where it is narrow. */
export const charts: Panel = (state, { width, height, style }) => {
  const most = Math.min(Math.floor((width + 2) / (MIN_CHART_CELLS + 2)), CHARTS.length);
  if (most >= 2) {
    return sideBySide(CHARTS.slice(0, most).map((chart) => (area) => chartRows(chart, state, area)), {
      width,
      height,
      style,
    });
  }
  const upper = Math.ceil(height / 2);
  const lower = height - upper;
  return [
    ...chartRows(CHARTS[0]!, state, { width, height: upper, style }),
    ...(lower >= 2 ? chartRows(CHARTS[1]!, state, { width, height: lower, style }) : blank(lower, width)),
  ];
};

function chartRows(
  chart: Chart,
  { seconds: points, goal, words }: DashboardState,
  area: Area,
): readonly string[] {
  const { width, height, style } = area;
  const expected = goal.durationMs === undefined ? undefined : Math.ceil(goal.durationMs / 1000);
  const values = timeColumns(points, { width, expected }).map((second) => second && chart.read(second));
  const known = values.filter((value) => value !== undefined);
  const top = Math.max(0, ...known);
  const hasTime = height >= HEIGHT_FOR_TIME;
  const rows = areaRows(values, { height: height - 1 - (hasTime ? 1 : 0), top });
  const peak = known.length === 0 ? "" : `peak ${chart.format(top)}`;
  return [
    ends([chart.title(words), style.heading], [peak, style.faint], width),
    ...rows.map(chart.paint(style)),
    ...(hasTime ? [timeRow(points.length, { expected, width, style })] : []),
  ];
}

function timeRow(
  count: number,
  { expected, width, style }: {
    readonly expected: number | undefined;
    readonly width: number;
    readonly style: Style;
  },
): string {
  const [from, to] = expected !== undefined && expected <= width && count <= expected
    ? ["0s", `${Math.floor(width / expected) === 0 ? "" : `${expected}s`}`]
    : count <= width
    ? ["0s", ""]
    : [`last ${width}s`, "now"];
  return style.faint(left(from!, width - cellsOf(to!)) + to);
}
