/**
 * How large this process's terminal is.
 *
 * @module
 */

/** A terminal's size in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What terminals have had since there were any; some that programs open for others tell no size. */
const USUAL: Size = { columns: 80, rows: 24 };

/** The size now; `undefined` when no stream of the process is a terminal, or is one any more. */
export function terminalSize(): Size | undefined {
  try {
    const size = Deno.consoleSize();
    return size.columns > 0 && size.rows > 0 ? size : USUAL;
  } catch {
    return undefined;
  }
}
