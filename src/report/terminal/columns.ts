/**
 * Plain columns of text, each as wide as its widest cell.
 *
 * @module
 */

/** How a column is set. */
export interface Column {
  /** Its least width. */
  readonly width: number;
  /** Aligned to the left instead of the right. */
  readonly isLeft?: true;
}

/**
 * Rows as lines with their cells under each other; cells beyond the columns are added as they are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(alignColumns([["a", "1"], ["b", "100"]], { columns: [{ width: 2, isLeft: true }, { width: 1 }], gap: " | " }), [
 *   "a  |   1",
 *   "b  | 100",
 * ]);
 * ```
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  { columns, gap }: { readonly columns: readonly Column[]; readonly gap: string },
): readonly string[] {
  const widths = columns.map(({ width }, i) => Math.max(width, ...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      const width = widths[i] ?? 0;
      return columns[i]?.isLeft ? cell.padEnd(width) : cell.padStart(width);
    });
    return cells.join(gap).trimEnd();
  });
}
