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

/** A share whose users come in groups. */
export interface UserShare extends Share {
  /** Users who stay together, since they share a connection: the first so many, the next so many; absent: 1. */
  readonly group?: number;
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

/**
 * How many of `total` users belong to a share: whole groups, the last of which may be smaller.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(usersIn(25, { index: 0, of: 2, group: 10 }), 15);
 * assertEquals(usersIn(25, { index: 1, of: 2, group: 10 }), 10);
 * ```
 */
export function usersIn(total: number, share: UserShare): number {
  const { group = 1 } = share;
  const groups = Math.ceil(total / group);
  const hasLast = groups > 0 && (groups - 1) % share.of === share.index;
  return partOf(groups, share) * group - (hasLast ? groups * group - total : 0);
}

/** The number, in the whole plan, of a share's user number `k`. */
export function userNumber(k: number, share: UserShare): number {
  const { group = 1 } = share;
  return globalNumber(Math.floor(k / group), share) * group + k % group;
}

/** What {@linkcode userNumber} was given for a number. */
export function userPosition(number: number, share: UserShare): number {
  const { group = 1 } = share;
  return Math.floor(Math.floor(number / group) / share.of) * group + number % group;
}
