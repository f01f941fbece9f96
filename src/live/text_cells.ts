/**
 * Text in the cells of a terminal: wide characters take two, joined ones none of their own. Everything that comes from
 * servers or files is made printable first. Painting comes after fitting, so that colours never count.
 *
 * @module
 */
import stringWidth from "string-width";
import { formatCount, formatTenths } from "../lib/number_format.ts";
import { escapeTerminal } from "../lib/escape.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Printable ASCII: as many cells as characters. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Cells that a printable text takes. */
export function cellsOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/**
 * A printable text of at most `width` cells; what is cut off leaves an ellipsis.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(clipped("GET /very/long", 8), "GET /ve…");
 * assertEquals(clipped("日本語です", 6), "日本…");
 * ```
 */
export function clipped(text: string, width: number): string {
  const safe = escapeTerminal(text);
  if (cellsOf(safe) <= width) return safe;
  if (width < 1) return "";
  let kept = "";
  let cells = 0;
  for (const { segment } of graphemes.segment(safe)) {
    const more = cellsOf(segment);
    if (cells + more > width - 1) break;
    kept += segment;
    cells += more;
  }
  return `${kept}…`;
}

/** Exactly `width` cells, the text to the left. */
export function left(text: string, width: number): string {
  const short = clipped(text, width);
  return short + " ".repeat(Math.max(width - cellsOf(short), 0));
}

/** Exactly `width` cells, the text to the right. */
export function right(text: string, width: number): string {
  const short = clipped(text, width);
  return " ".repeat(Math.max(width - cellsOf(short), 0)) + short;
}

/** A rate in few characters. */
export function rateText(perSecond: number): string {
  return perSecond >= 100 ? formatCount(perSecond) : formatTenths(perSecond);
}
