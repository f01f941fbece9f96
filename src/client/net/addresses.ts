/**
 * The addresses of a name, and which of them a connection tries.
 *
 * @module
 */

/** Where a name leads: its addresses, and which of them to use next. */
export interface Addresses {
  readonly list: readonly string[];
  /** Counts the connections that asked for one. */
  next: number;
  /** Until when addresses that refused are passed over. */
  readonly downUntilMs: Map<string, number>;
}

/** The address that comes next. */
export function nextOf(addresses: Addresses): string {
  return addresses.list[addresses.next++ % addresses.list.length]!;
}

/** The addresses in the order in which one connection tries them. */
export function inTurn(addresses: Addresses, nowMs: number): readonly string[] {
  const isDown = (address: string) => (addresses.downUntilMs.get(address) ?? 0) > nowMs;
  const up = addresses.list.filter((address) => !isDown(address));
  const at = up.length > 0 ? addresses.next++ % up.length : 0;
  return [...up.slice(at), ...up.slice(0, at), ...addresses.list.filter(isDown)];
}
