/**
 * Which part of a plan a thread does. Every thread gets the whole plan and computes its part alone; all parts together are
 * exactly the plan. The idea is that of k6's execution segments.
 *
 * @module
 */

/** Part number `index` of `of`. Number k of anything (requests, users, arrivals, rows) belongs to thread k mod `of`. */
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

/**
 * How much of `total` a share does when every user does as much as the others: as much as its users.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(partOfUsers(60, { users: 3, share: { index: 0, of: 2 } }), 40);
 * assertEquals(partOfUsers(60, { users: 3, share: { index: 1, of: 2 } }), 20);
 * ```
 */
export function partOfUsers(
  total: number,
  { users, share }: { readonly users: number; readonly share: UserShare },
): number {
  return Math.floor(total / users) * usersIn(users, share) + usersIn(total % users, share);
}

/**
 * Which of `length` things is the turn of a number: all in order, in every thread, and of `total` numbers together as often
 * as number mod `length`. That itself would do only where length and threads have no common factor: of two threads, one would
 * get nothing but every second one of four.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([0, 2, 4, 6].map(rotation(2, { index: 0, of: 2 })), [0, 1, 0, 1]);
 * assertEquals([1, 3, 5, 7].map(rotation(2, { index: 1, of: 2 })), [1, 0, 1, 0]);
 * ```
 */
export function rotation(length: number, { of }: Share, total = Infinity): (number: number) => number {
  const common = commonFactor(length, of);
  if (common === 1) return (number) => number % length;
  // In a round every turn comes equally often, but some never to some threads: the next round is moved by one.
  const round = length * of / common;
  const moved = total === Infinity ? Infinity : total - total % round;
  return (number) => (number < moved ? number + Math.floor(number / round) : number) % length;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}
