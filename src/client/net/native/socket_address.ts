/**
 * Socket addresses as Linux lays them out (ip(7), ipv6(7), unix(7)).
 *
 * @module
 */
import type { Libc } from "./libc.ts";
import type { PinnedMemory } from "./memory.ts";

/** Address families. */
export const FAMILY = { unix: 1, ipv4: 2, ipv6: 10 } as const;

/** Paths may have one byte less than this: they end in a zero. */
const MAX_PATH_BYTES = 108;
/** Where texts for the library are put. */
const TEXT_AT = 256;
const MAX_TEXT_BYTES = 64;
/** Of an IPv6 address, where its scope is. */
const SCOPE_AT = 24;

/** The family of an address in text. */
export function familyOf(address: string): number {
  return address.includes(":") ? FAMILY.ipv6 : FAMILY.ipv4;
}

/**
 * Writes an IP address and a port to the start of some memory; returns the length of what was written.
 *
 * @throws {Error} when the address is none.
 */
export function putIpAddress(
  libc: Libc,
  memory: PinnedMemory,
  { address, port }: { readonly address: string; readonly port: number },
): number {
  const { bytes, view } = memory;
  const family = familyOf(address);
  bytes.fill(0, 0, 28);
  view.setUint16(0, family, true);
  view.setUint16(2, port, false);
  const [plain = "", zone] = family === FAMILY.ipv6 ? address.split("%") : [address];
  if (zone !== undefined) view.setUint32(SCOPE_AT, scopeOf(libc, memory, zone), true);
  putText(bytes, plain);
  const isKnown = libc.inet_pton(family, memory.at(TEXT_AT), memory.at(family === FAMILY.ipv6 ? 8 : 4)) === 1;
  if (!isKnown) throw new Error(`Not an address: ${address}`);
  return family === FAMILY.ipv6 ? 28 : 16;
}

/** The number of an interface, of which a zone is the name or the number. @throws {Error} when there is none */
function scopeOf(libc: Libc, memory: PinnedMemory, zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  putText(memory.bytes, zone);
  const number = libc.if_nametoindex(memory.at(TEXT_AT));
  if (number === 0) throw new Error(`Network unreachable: no interface is called ${zone}`);
  return number;
}

function putText(bytes: Uint8Array, text: string): void {
  const { written } = new TextEncoder().encodeInto(text, bytes.subarray(TEXT_AT, TEXT_AT + MAX_TEXT_BYTES));
  bytes[TEXT_AT + written] = 0;
}

/** Writes the path of a Unix socket; returns the length of what was written. @throws {Error} when it is too long. */
export function putUnixPath({ bytes, view }: PinnedMemory, path: string): number {
  const text = new TextEncoder().encode(path);
  if (text.length >= MAX_PATH_BYTES) {
    throw new Error("path must be shorter than SUN_LEN");
  }
  view.setUint16(0, FAMILY.unix, true);
  bytes.set(text, 2);
  bytes[2 + text.length] = 0;
  return 2 + text.length + 1;
}
