/**
 * A frame of the dashboard as a pure function of state and size: which parts have room, and how high each is. The parts
 * themselves are in `dashboard_panels.ts` and `dashboard_charts.ts`.
 *
 * @module
 */
import { formatCounted } from "../lib/number_format.ts";
import type { Style } from "../lib/style.ts";
import { charts } from "./dashboard_charts.ts";
import { measuresPanel, measuresRows } from "./dashboard_measures.ts";
import {
  distributions,
  figures,
  footer,
  header,
  progress,
  steps,
  thresholds,
  untils,
} from "./dashboard_panels.ts";
import type { DashboardState } from "./live_state.ts";
import type { Panel } from "./panel_layout.ts";
import type { Size } from "./terminal_size.ts";
import { left } from "./text_cells.ts";

/** A part of the frame and the rows it wants. */
interface Block {
  readonly panel: Panel;
  /** Blocks of a higher rank go first when there is too little room; from 1. */
  readonly rank: number;
  readonly least: number;
  /** What it would fill with something to show. */
  readonly wanted: number;
  /** A blank row before it, if there is room for it. */
  readonly isApart: boolean;
}

/** Blank columns at both sides of wide terminals. */
const MARGIN = 1;
/** Below this the parts have no room for their numbers. */
const MIN_COLUMNS = 38;
const WANTED_CHART_ROWS = 8;
const MAX_CHART_ROWS = 14;

/** The frame: exactly `rows` lines, each of exactly `columns` cells. */
export function renderDashboard(
  state: DashboardState,
  { columns, rows }: Size,
  style: Style,
): readonly string[] {
  if (columns < MIN_COLUMNS) return tooNarrow(state, { columns, rows });
  const margin = columns >= 60 ? MARGIN : 0;
  const width = Math.max(columns - 2 * margin, 1);
  const blocks = blocksOf(state, width);
  const { heights, gaps } = shareRows(blocks, rows);
  const side = " ".repeat(margin);
  const empty = " ".repeat(columns);
  const lines: string[] = [];
  blocks.forEach((block, i) => {
    const height = heights[i]!;
    if (height === 0) return;
    if (gaps[i]) lines.push(empty);
    // The keys stay at the bottom.
    if (i === blocks.length - 1) { while (lines.length < rows - height) lines.push(empty); }
    for (const line of block.panel(state, { width, height, style })) lines.push(side + line + side);
  });
  while (lines.length < rows) lines.push(empty);
  return lines.slice(0, rows);
}

/** The target, time and requests, without a layout. */
function tooNarrow(
  { target, elapsedMs, figures }: DashboardState,
  { columns, rows }: Size,
): readonly string[] {
  const texts = [
    target,
    `${(elapsedMs / 1000).toFixed(1)}s`,
    formatCounted(figures?.requests ?? 0, "request"),
  ];
  return Array.from({ length: rows }, (_, row) => left(texts[row] ?? "", columns));
}

/** From top to bottom. */
function blocksOf(state: DashboardState, width: number): readonly Block[] {
  const found = state.figures;
  const stepRows = found?.steps.length ?? 0;
  const claims = found?.thresholds.length ?? 0;
  const precisions = found?.untils.length ?? 0;
  const lists = [found?.percentiles, found?.statuses, found?.failures].map((list) => list?.length ?? 0);
  const isNarrow = width < 70;
  const all: readonly (Block | false)[] = [
    { panel: header, rank: 1, least: 1, wanted: 1, isApart: false },
    { panel: progress, rank: 2, least: 1, wanted: 1, isApart: false },
    { panel: figures, rank: 3, least: 2, wanted: 2, isApart: true },
    { panel: charts, rank: 5, least: isNarrow ? 4 : 3, wanted: WANTED_CHART_ROWS, isApart: true },
    ...(found?.measures ?? []).map((measures): Block => ({
      panel: measuresPanel(measures),
      rank: 6,
      least: Math.min(5, measuresRows(measures, width)),
      wanted: measuresRows(measures, width),
      isApart: true,
    })),
    { panel: distributions, rank: 7, least: 4, wanted: Math.max(8, 1 + Math.max(...lists)), isApart: true },
    precisions > 0 &&
    { panel: untils, rank: 6, least: 1 + precisions, wanted: 1 + precisions, isApart: true },
    claims > 0 && { panel: thresholds, rank: 8, least: 2, wanted: 1 + claims, isApart: true },
    stepRows > 0 &&
    { panel: steps, rank: 9, least: leastOfSteps(state), wanted: 1 + stepRows, isApart: true },
    { panel: footer, rank: 4, least: 1, wanted: 1, isApart: true },
  ];
  return all.filter((block) => block !== false);
}

/** Steps that fail and must be seen, if there are so many. */
const MAX_FAILING_SHOWN = 3;

/** A heading, the failing steps, at least one step, and how many others there are. */
function leastOfSteps({ figures }: DashboardState): number {
  const steps = figures?.steps ?? [];
  const failing = steps.filter(({ errors }) => errors > 0).length;
  return Math.min(1 + steps.length, 2 + Math.min(Math.max(failing, 1), MAX_FAILING_SHOWN));
}

/** Rows for each block: first all that fit at their least, then blank rows between them, then what each wants. */
function shareRows(
  blocks: readonly Block[],
  rows: number,
): { readonly heights: readonly number[]; readonly gaps: readonly boolean[] } {
  const heights = blocks.map(() => 0);
  const gaps = blocks.map(() => false);
  let free = rows;
  for (const i of blocks.map((_, i) => i).sort((a, b) => blocks[a]!.rank - blocks[b]!.rank)) {
    const { least } = blocks[i]!;
    if (least > free) continue;
    heights[i] = least;
    free -= least;
  }
  blocks.forEach(({ isApart }, i) => {
    if (!isApart || heights[i] === 0 || free === 0) return;
    gaps[i] = true;
    free--;
  });
  // A row at a time to the block that has the smallest part of what it wants.
  while (free > 0) {
    const hungry = blocks.map((block, i) => ({ i, part: heights[i]! / block.wanted }))
      .filter(({ i, part }) => heights[i]! > 0 && part < 1)
      .sort((a, b) => a.part - b.part || a.i - b.i)[0];
    if (hungry === undefined) break;
    heights[hungry.i]!++;
    free--;
  }
  const chart = blocks.findIndex(({ panel }) => panel === charts);
  if (heights[chart]! > 0) heights[chart] = Math.min(heights[chart]! + free, MAX_CHART_ROWS);
  return { heights, gaps };
}
