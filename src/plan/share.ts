/**
 * Which part of a plan a slot does. Every slot gets the whole plan and computes its part alone; all parts together are
 * exactly the plan. The idea is that of k6's execution segments.
 *
 * @module
 */

/** Part number `index` of `of`. Number k of anything (requests, users, arrivals, rows) belongs to slot k mod `of`. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** The whole plan in one part. */
export const WHOLE: Share = { index: 0, of: 1 };

/**
 * How many of `total` things belong to a share; the first shares take the remainder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(partOf(7, { index: 0, of: 3 }), 3);
 * assertEquals(partOf(7, { index: 2, of: 3 }), 2);
 * ```
 */
export function partOf(total: number, share: Share): number {
  return Math.floor(total / share.of) + (share.index < total % share.of ? 1 : 0);
}

/** The number, in the whole plan, of a share's thing number `k`. */
export function globalNumber(k: number, share: Share): number {
  return k * share.of + share.index;
}
