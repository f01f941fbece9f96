/**
 * Charts of block characters: an area over time, and bars. A cell has eight levels, so a chart of `height` rows tells
 * `8 · height` values apart; what is above 0 is never drawn as nothing.
 *
 * @module
 */

const LEVELS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * Rows of an area chart, from the top, each `values.length` characters; `undefined` leaves a gap.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(areaRows([0, 1, 4, undefined, 8], { height: 2, top: 8 }), ["    █", " ▂█ █"]);
 * ```
 */
export function areaRows(
  values: readonly (number | undefined)[],
  { height, top }: { readonly height: number; readonly top: number },
): readonly string[] {
  const levels = values.map((value) => {
    if (value === undefined || value <= 0 || top <= 0) return 0;
    return Math.max(1, Math.round(Math.min(value / top, 1) * height * 8));
  });
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8;
    return levels.map((level) => LEVELS[Math.min(Math.max(level - below, 0), 8)]).join("");
  });
}

/**
 * A horizontal bar of at most `width` characters for a share of 0 to 1, in steps of half a character.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(barText(0.5, 5), "━━╸");
 * assertEquals(barText(0.0001, 5), "╸");
 * ```
 */
export function barText(share: number, width: number): string {
  if (!(share > 0) || width < 1) return "";
  const halves = Math.max(1, Math.round(Math.min(share, 1) * width * 2));
  return "━".repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? "╸" : "");
}

/** From this many columns a second on, the last one stays empty, so that seconds can be told apart. */
const COLUMNS_FOR_GAP = 3;

/**
 * The columns of a chart over time. With a known length that fits, each second takes the same number of columns and the
 * part to come stays empty; otherwise the last seconds are shown, one a column.
 */
export function timeColumns<T>(
  seconds: readonly T[],
  { width, expected }: { readonly width: number; readonly expected: number | undefined },
): readonly (T | undefined)[] {
  const span = Math.max(expected ?? 0, seconds.length, 1);
  const each = expected === undefined || span > width ? 1 : Math.floor(width / span);
  const columns = seconds.slice(-width).flatMap((second) =>
    Array.from(
      { length: each },
      (_, i) => i > 0 && i === each - 1 && each >= COLUMNS_FOR_GAP ? undefined : second,
    )
  );
  return [...columns, ...new Array<undefined>(Math.max(width - columns.length, 0)).fill(undefined)];
}
