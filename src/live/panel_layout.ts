/**
 * What the dashboard's parts are built from: rows that fill their area exactly, side by side or one above the other.
 *
 * @module
 */
import type { Paint, Style } from "../lib/style.ts";
import type { DashboardState } from "./live_state.ts";
import { cellsOf, left } from "./text_cells.ts";

/** Where a part is drawn. */
export interface Area {
  readonly width: number;
  readonly height: number;
  readonly style: Style;
}

/** Draws a part. */
export type Panel = (state: DashboardState, area: Area) => readonly string[];

/** Leaves a text as it is. */
export const plain: Paint = (text) => text;

/** Two texts at the ends of a row; the right one goes first when there is too little room. */
export function ends(
  [start, paintStart]: readonly [text: string, paint: Paint],
  [end, paintEnd]: readonly [text: string, paint: Paint],
  width: number,
): string {
  const room = width - cellsOf(end) - 2;
  if (room < Math.min(cellsOf(start), 20)) return paintStart(left(start, width));
  return paintStart(left(start, room)) + "  " + paintEnd(end);
}

/** Panels beside each other, two cells apart. */
export function sideBySide(
  panels: readonly ((area: Area) => readonly string[])[],
  area: Area,
): readonly string[] {
  const gap = 2;
  const each = Math.floor((area.width - gap * (panels.length - 1)) / panels.length);
  const drawn = panels.map((panel, i) => {
    const isLast = i === panels.length - 1;
    return panel({ ...area, width: isLast ? area.width - (each + gap) * i : each });
  });
  return Array.from(
    { length: area.height },
    (_, row) => drawn.map((rows) => rows[row]).join(" ".repeat(gap)),
  );
}

/** Rows under a title. */
export function titled(title: string, area: Area, rows: readonly string[]): readonly string[] {
  return fitted([area.style.heading(left(title, area.width)), ...rows], area);
}

/** Rows cut or filled to the height of an area. */
export function fitted(rows: readonly string[], { width, height }: Area): readonly string[] {
  return [...rows.slice(0, height), ...blank(height - rows.length, width)];
}

/** Empty rows. */
export function blank(rows: number, width: number): readonly string[] {
  return new Array<string>(Math.max(rows, 0)).fill(" ".repeat(width));
}
