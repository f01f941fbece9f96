/**
 * What is made of the steps of a flow besides running them one after another. Steps stay a plain list, in which every block
 * is a stretch; blocks lie side by side or within each other.
 *
 * @module
 */

/** A stretch of a flow's steps, by their positions. */
export interface Stretch {
  /** Position of the first one. */
  readonly from: number;
  /** The position behind the last one; above `from`. */
  readonly to: number;
}

/** A named transaction, which is timed as a whole. */
export interface GroupBlock extends Stretch {
  /** Tells the kinds of block apart. */
  readonly kind: "group";
  /** Its time is counted under this. */
  readonly name: string;
}

/** Steps that are done several times. */
export interface RepeatBlock extends Stretch {
  /** Tells the kinds of block apart. */
  readonly kind: "repeat";
  /** An expression: how many times. */
  readonly times: string;
  /** Rounds at most, whatever the expression says. */
  readonly max: number;
}

/** Steps that are done while a condition holds. */
export interface WhileBlock extends Stretch {
  /** Tells the kinds of block apart. */
  readonly kind: "while";
  /** An expression; asked before each round. */
  readonly condition: string;
  /** Rounds at most. */
  readonly max: number;
}

/** Steps that are done when a condition holds. */
export interface IfBlock extends Stretch {
  /** Tells the kinds of block apart. */
  readonly kind: "if";
  /** An expression. */
  readonly condition: string;
  /** From here to the end are the steps that are done instead when it does not; equal to `to` without any. */
  readonly otherwise: number;
}

/** Stretches of which one is drawn by weight. */
export interface ChooseBlock extends Stretch {
  /** Tells the kinds of block apart. */
  readonly kind: "choose";
  /** In order, one behind the other: where each ends, and how often it is drawn, relative to the others. */
  readonly choices: readonly { readonly to: number; readonly weight: number }[];
}

/** Steps that are sent at the same time, each on a connection of its own. */
export interface ParallelBlock extends Stretch {
  /** Tells the kinds of block apart. */
  readonly kind: "parallel";
}

/** Any kind of block. */
export type Block = GroupBlock | RepeatBlock | WhileBlock | IfBlock | ChooseBlock | ParallelBlock;

/** How a pause is drawn; times in ms. */
export type PauseSpec =
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  /** Below 0 there is none. */
  | { readonly kind: "normal"; readonly meanMs: number; readonly stdevMs: number }
  | { readonly kind: "exponential"; readonly meanMs: number };
