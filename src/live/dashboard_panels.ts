/**
 * The dashboard's parts. Each draws a state into exactly the cells it is given: `height` rows of `width` cells, padded
 * with blanks, painted after they were fitted.
 *
 * @module
 */
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatMeasured,
  formatTime,
  NOT_MEASURED,
} from "../lib/number_format.ts";
import { escapeTerminal } from "../lib/escape.ts";
import type { Paint, Style } from "../lib/style.ts";
import { isErrorStatus, isGrpcStatus } from "../metrics/shown_statuses.ts";
import { areaRows, barText } from "./block_chart.ts";
import type { DashboardState, StepFigures } from "./live_state.ts";
import { ends, fitted, type Panel, plain, sideBySide, titled } from "./panel_layout.ts";
import { shareDone } from "./progress_line.ts";
import { cellsOf, clipped, left, rateText, right } from "./text_cells.ts";

/** The target, and how it is loaded. */
export const header: Panel = (state, { width, style }) => {
  const threads = formatCounted(state.threads, "thread");
  return [
    ends([state.target, style.heading], [clipped(`${state.mode}, ${threads}`, width), style.faint], width),
  ];
};

/** How much is done, as a bar and in figures. */
export const progress: Panel = (state, { width, style }) => {
  const { goal, elapsedMs, figures, stage } = state;
  const share = shareDone({ elapsedMs, requests: figures?.requests ?? 0 }, goal);
  const time = goal.durationMs === undefined
    ? seconds(elapsedMs)
    : `${seconds(Math.min(elapsedMs, goal.durationMs))} of ${seconds(goal.durationMs)}`;
  const count = goal.requests === undefined
    ? ""
    : `${formatCount(figures?.requests ?? 0)} of ${formatCount(goal.requests)}, `;
  const percent = share === undefined ? "" : `${(share * 100).toFixed(0)}%  `.padStart(6);
  const label = clipped(`  ${percent}${count}${time}${stage === "running" ? "" : `, ${stage}`}`, width);
  const cells = width - cellsOf(label);
  const done = Math.round((share ?? 0) * cells);
  return [
    style.accent("━".repeat(done)) + style.faint("─".repeat(cells - done)) +
    (stage === "stopping" ? style.warning : plain)(label),
  ];
};

const FIGURE_CELLS = 13;

/** The figures that count, as many as there is room for. */
export const figures: Panel = (state, { width, style }) => {
  const all = figuresOf(state, style);
  const cells = Math.max(FIGURE_CELLS, all[0]!.label.length + 2);
  const shown = all.slice(0, Math.max(Math.floor(width / cells), 1));
  const each = Math.floor(width / shown.length);
  const last = width - each * (shown.length - 1);
  const row = (cell: (figure: (typeof shown)[number], width: number) => string) =>
    shown.map((figure, i) => cell(figure, i === shown.length - 1 ? last : each)).join("");
  return [
    row(({ label }, cells) => style.faint(left(label, cells))),
    row(({ value, paint }, cells) => paint(left(value, cells))),
  ];
};

function figuresOf(
  { figures, seconds, usersLabel, words }: DashboardState,
  style: Style,
): readonly { readonly label: string; readonly value: string; readonly paint: Paint }[] {
  const now = seconds.findLast(({ rate }) => rate !== undefined);
  const p99 = figures?.percentiles.find(({ label }) => label === "p99") ?? figures?.percentiles.at(-1);
  const text = (value: string | undefined) => value ?? NOT_MEASURED;
  return [
    {
      label: `${words.short}/s`,
      value: text(now?.rate === undefined ? undefined : rateText(now.rate)),
      paint: style.heading,
    },
    { label: p99?.label ?? "p99", value: formatMeasured(p99?.value), paint: style.heading },
    {
      label: figures && figures.errors > 0 ? `Errors ${share(figures.errors, figures.requests)}` : "Errors",
      value: text(figures && formatCount(figures.errors)),
      paint: figures && figures.errors > 0 ? style.bad : style.heading,
    },
    { label: words.short, value: text(figures && formatCount(figures.requests)), paint: style.heading },
    { label: usersLabel, value: text(figures && formatCount(figures.users)), paint: style.heading },
    {
      label: "Transfer/s",
      value: text(figures?.bytesPerSecond === undefined ? undefined : formatBytes(figures.bytesPerSecond)),
      paint: style.heading,
    },
  ];
}

/** Percentiles, statuses and errors of the whole run in columns. */
export const distributions: Panel = (state, area) => {
  const parts = [percentiles, statuses, errors];
  const most = area.width >= 76 ? 3 : area.width >= 48 ? 2 : 1;
  const hasErrors = (state.figures?.errors ?? 0) > 0;
  const chosen = most === 3
    ? parts
    : most === 2
    ? [percentiles, hasErrors ? errors : statuses]
    : [percentiles];
  return sideBySide(chosen.map((part) => (inner) => part(state, inner)), area);
};

/** Which percentiles go first where rows are few. */
const MAX_WANTED = ["p99", "p50", "p95", "p99.9", "p90", "p99.99", "p75"];

const percentiles: Panel = ({ figures }, { width, height, style }) => {
  const chosen = MAX_WANTED.filter((label) => figures?.percentiles.some((entry) => entry.label === label))
    .slice(0, height - 1);
  const shown = figures?.percentiles.filter(({ label }) => chosen.includes(label)) ?? [];
  const top = Math.max(0, ...shown.map(({ value }) => value.ms));
  const barCells = Math.max(width - 20, 0);
  return titled(
    "Latency",
    { width, height, style },
    shown.map(({ label, value }) => {
      const bar = left(barText(top > 0 ? value.ms / top : 0, barCells), barCells);
      return style.faint(left(label, 7)) + right(formatMeasured(value), Math.min(12, width - 7)) + " " +
        style.accent(bar);
    }),
  );
};

const statuses: Panel = ({ figures }, { width, height, style }) => {
  const ended = figures?.answerable ?? 0;
  const shown = figures?.statuses ?? [];
  const longest = Math.max(3, ...shown.map(([name]) => isGrpcStatus(name) ? name.length : 0));
  const nameCells = Math.min(longest + 1, Math.max(4, width - 19));
  const barCells = Math.max(width - nameCells - 19, 0);
  return titled(
    "Status codes",
    { width, height, style },
    shown.map(([status, count]) => {
      const paint = isErrorStatus(status) ? style.bad : style.good;
      const bar = left(barText(ended > 0 ? count / ended : 0, barCells), barCells);
      return paint(left(status, nameCells)) + right(formatCount(count), 11) +
        style.faint(right(share(count, ended), 7)) +
        " " + paint(bar);
    }),
  );
};

const errors: Panel = ({ figures }, { width, height, style }) => {
  const ended = figures?.requests ?? 0;
  const rows = (figures?.failures ?? []).map(([text, count]) => {
    const numbers = right(formatCount(count), 10) + style.faint(right(share(count, ended), 7));
    return style.bad(left(text, width - 17)) + numbers;
  });
  const none = figures ? [style.faint(left("none", width))] : [];
  const failed = figures?.errors ?? 0;
  const title = failed > 0 ? `Errors, ${share(ended - failed, ended)} succeeded` : "Errors";
  return titled(title, { width, height, style }, rows.length > 0 ? rows : none);
};

/** Blank cells before a step's last seconds, and the fewest of them that say something. */
const RECENT_GAP = 3;
const MIN_RECENT = 8;

const WIDE_STEPS = [11, 9, 12, 12];
const NARROW_STEPS = [10, 8, 11];

/** The steps that fail, then the busiest ones. */
export const steps: Panel = ({ figures, stepsTitle }, { width, height, style }) => {
  const isWide = width >= 70;
  const cells = isWide ? WIDE_STEPS : NARROW_STEPS;
  const rows = figures?.steps ?? [];
  const longest = Math.max(...[stepsTitle, ...rows.map(({ name }) => name)].map(cellsOf));
  const name = Math.max(Math.min(longest + 2, width - cells.reduce((sum, each) => sum + each, 0)), 8);
  const row = (first: string, numbers: readonly string[], paints: readonly Paint[]) =>
    left(first, name) + numbers.map((number, i) => (paints[i] ?? plain)(right(number, cells[i]!))).join("");
  const head = row(stepsTitle, ["Requests", "Errors", ...(isWide ? ["p50", "p95"] : ["p95"])], []);
  // The last row says how many others there are.
  const room = height - 1;
  const shown = rows.length > room ? rows.slice(0, Math.max(room - 1, 0)) : rows;
  const hidden = rows.slice(shown.length);
  const used = name + cells.reduce((sum, each) => sum + each, 0);
  const failing = hidden.filter(({ errors }) => errors > 0).length;
  const rest = `… and ${hidden.length} more${failing > 0 ? `, ${failing} of them failing` : ""}`;
  return fitted([
    style.heading(left(head, width)),
    ...shown.map(({ name: label, requests, errors, p50, p95, recent }) => {
      const times = (isWide ? [p50, p95] : [p95]).map(formatMeasured);
      return row(label, [formatCount(requests), formatCount(errors), ...times], [
        plain,
        errors > 0 ? style.bad : plain,
      ]) + recentSeconds(recent, Math.max(width - used, 0), style);
    }),
    ...(hidden.length > 0 ? [(failing > 0 ? style.bad : style.faint)(left(rest, width))] : []),
  ], { width, height, style });
};

/** A step's last seconds, one a cell; those with errors in the colour of errors. */
function recentSeconds(
  recent: StepFigures["recent"],
  width: number,
  style: Style,
): string {
  const room = width - RECENT_GAP;
  if (room < MIN_RECENT) return " ".repeat(width);
  const seconds = recent.slice(-room);
  const top = Math.max(...seconds.map(({ requests }) => requests));
  const [row = ""] = areaRows(seconds.map(({ requests }) => requests), { height: 1, top });
  const cells = [...row].map((cell, i) =>
    seconds[i]!.hasErrors ? style.bad(cell === " " ? "·" : cell) : style.accent(cell)
  );
  return " ".repeat(RECENT_GAP) + cells.join("") + " ".repeat(room - cells.length);
}

/** Whether each claim holds so far. */
export const thresholds: Panel = ({ figures }, { width, height, style }) => {
  const rows = (figures?.thresholds ?? []).toSorted((a, b) => Number(a.passed) - Number(b.passed));
  const holding = rows.filter(({ passed }) => passed).length;
  const longest = Math.max(0, ...rows.map(({ expression }) => cellsOf(escapeTerminal(expression))));
  const claim = Math.min(longest + 4, Math.max(width - 16, 8));
  return titled(
    `Thresholds so far: ${holding} of ${rows.length} hold`,
    { width, height, style },
    rows.map(({ expression, actual, passed }) => {
      const paint = passed ? style.good : style.bad;
      return paint(left(`${passed ? "✓" : "✗"} ${expression}`, claim)) +
        left(actual ?? "not measured", width - claim);
    }),
  );
};

/** What the run goes on for, and how well it is known. */
export const untils: Panel = ({ figures }, { width, height, style }) => {
  const rows = figures?.untils ?? [];
  const longest = Math.max(0, ...rows.map(({ expression }) => cellsOf(escapeTerminal(expression))));
  const claim = Math.min(longest + 4, Math.max(width - 16, 8));
  return titled(
    "Goes on until",
    { width, height, style },
    rows.map(({ expression, isReached, text }) =>
      (isReached ? style.good : style.accent)(left(`${isReached ? "✓" : "…"} ${expression}`, claim)) +
      left(text, width - claim)
    ),
  );
};

/** Less of the keys says nothing. */
const MIN_KEYS_WIDTH = 20;

/** The keys, and how the client keeps up. Where both have no room, the keys stay, unless the client falls behind. */
export const footer: Panel = (state, { width, style }) => {
  const { figures, stage, message } = state;
  const { busyShare, lagMs, delayed, dropped } = figures ?? {};
  const facts = [
    busyShare === undefined ? undefined : `client ${Math.round(busyShare * 100)}% busy`,
    lagMs === undefined ? undefined : `timer lag ${formatTime(lagMs)}`,
    delayed ? `${formatCount(delayed)} delayed` : undefined,
    dropped ? `${formatCount(dropped)} dropped` : undefined,
  ].filter((fact) => fact !== undefined).join(", ");
  const isBehind = (dropped ?? 0) > 0 || (lagMs ?? 0) >= 20;
  const [long, brief] = stage === "stopping"
    ? ["Press Ctrl-C again to quit at once", "Ctrl-C again quits at once"]
    : message !== undefined
    ? [message, message]
    : keyTexts(state);
  const isUrgent = isBehind && width - cellsOf(facts) - 2 >= MIN_KEYS_WIDTH;
  const ways = [[long, facts], [brief, facts], ...(isUrgent ? [] : [[long, ""], [brief, ""]])] as const;
  const fits = ([keys, beside]: (typeof ways)[number]) =>
    cellsOf(keys) + (beside === "" ? 0 : 2 + cellsOf(beside)) <= width;
  const [keys, beside] = ways.find(fits) ?? ways.at(-1)!;
  return [
    ends([keys, style.faint], [clipped(beside, width), isBehind ? style.warning : style.faint], width),
  ];
};

/** What keys do, in a sentence and in few words. */
function keyTexts({ stage, hasKeys, changes }: DashboardState): readonly [long: string, brief: string] {
  const whose = changes?.scenario === undefined ? "" : ` of ${changes.scenario}`;
  const more = hasKeys && changes !== undefined
    ? [
      ...(changes.canPause ? [`p ${stage === "paused" ? "goes on" : "pauses"}`] : []),
      ...(changes.amount === undefined ? [] : [`+ - ${changes.amount}${whose}`]),
      ...(changes.canChoose ? ["s next scenario"] : []),
      "m marks",
    ]
    : [];
  const stop = hasKeys ? "q or Ctrl-C stops" : "Ctrl-C stops";
  return [
    [`${stop} the load and reports`, ...more].join(", "),
    [more.length > 0 ? "q stops" : stop, ...more].join(", ").replace("s next scenario", "s next"),
  ];
}

/** A share in a few characters: `12.3%`, `<0.1%`, `100%`. */
function share(part: number, whole: number): string {
  const percent = whole > 0 ? part / whole * 100 : 0;
  if (percent > 0 && percent < 0.1) return "<0.1%";
  return percent > 99.9 && percent < 100 ? ">99.9%" : `${Number(percent.toFixed(1))}%`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}s`;
}
