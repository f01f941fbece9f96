/**
 * Colours for text on a terminal. Whether there are any is decided once, by the program's edge, and handed in; all
 * other code paints through a {@linkcode Style} and stays the same either way.
 *
 * @module
 */

/** Paints a text, or leaves it as it is. */
export type Paint = (text: string) => string;

/** What text can mean. */
export interface Style {
  readonly heading: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warning: Paint;
  readonly accent: Paint;
  readonly faint: Paint;
}

const plain: Paint = (text) => text;

/** The style that adds nothing. */
export const PLAIN_STYLE: Style = {
  heading: plain,
  good: plain,
  bad: plain,
  warning: plain,
  accent: plain,
  faint: plain,
};

const COLOR_STYLE: Style = {
  heading: painted(1, 22),
  good: painted(32),
  bad: painted(31),
  warning: painted(33),
  accent: painted(36),
  faint: painted(2, 22),
};

/** The style with or without colours. */
export function styleFor(color: boolean): Style {
  return color ? COLOR_STYLE : PLAIN_STYLE;
}

/** What decides about colours. Environment values as found; `undefined`: not set. */
export interface ColorFacts {
  readonly isTerminal: boolean;
  readonly noColor: string | undefined;
  readonly forceColor: string | undefined;
  /** The value of `TERM`. */
  readonly term: string | undefined;
}

/**
 * Whether to paint. `NO_COLOR` (not empty) always wins, then `FORCE_COLOR` (not empty, `0` and `false` mean off), then a
 * terminal that is not dumb. See no-color.org and force-color.org.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const facts = { isTerminal: false, noColor: undefined, forceColor: "1", term: "xterm" };
 * assertEquals(wantsColor(facts), true);
 * assertEquals(wantsColor({ ...facts, noColor: "1" }), false);
 * ```
 */
export function wantsColor(facts: ColorFacts): boolean {
  if (facts.noColor) return false;
  if (facts.forceColor) return facts.forceColor !== "0" && facts.forceColor !== "false";
  return facts.isTerminal && facts.term !== "dumb";
}

/** Paints with a code of ECMA-48, 8.3.117, and takes it back. Libraries look at the environment; here others decide. */
function painted(on: number, off = 39): Paint {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}
