/**
 * Which node does which shares of a plan.
 *
 * @module
 */
import type { Share } from "../../plan/share.ts";

/**
 * Numbers the shares through all nodes in turn, so that what does not divide evenly is spread over the nodes too, and
 * gives no node more shares than it has threads. There are never more shares than users, since a share without users
 * could not serve its arrivals.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const shares = shareOut([2, 1], { users: 10 });
 * assertEquals(shares.map((own) => own.map(({ index }) => index)), [[0, 2], [1]]);
 * ```
 */
export function shareOut(
  threads: readonly number[],
  { users }: { readonly users: number },
): readonly (readonly Share[])[] {
  const of = Math.min(threads.reduce((sum, own) => sum + own, 0), Math.max(users, threads.length));
  const shares = threads.map((): Share[] => []);
  for (let index = 0, round = 0; index < of; round++) {
    for (let node = 0; node < threads.length && index < of; node++) {
      if (threads[node]! > round) shares[node]!.push({ index: index++, of });
    }
  }
  return shares;
}
