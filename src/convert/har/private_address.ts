/**
 * Tells hosts of the public internet from those that only this machine or this network can mean. Judged by the host's
 * text alone: nothing is looked up.
 *
 * Address blocks: IANA special-purpose registries (RFC 6890 and its updates).
 *
 * @module
 */
import { BlockList } from "node:net";

/**
 * Whether a URL's host is loopback, link-local, private or otherwise not public. `hostname` as `URL.hostname` gives
 * it: lower case, numbers in dotted form, IPv6 in brackets.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(isPrivateHost("169.254.169.254"), true);
 * assertEquals(isPrivateHost("[::ffff:10.0.0.1]"), true);
 * assertEquals(isPrivateHost("shop.example.com"), false);
 * ```
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  if (host.startsWith("[")) return PRIVATE.check(host.slice(1, -1), "ipv6");
  if (/^\d+(?:\.\d+){3}$/.test(host)) return PRIVATE.check(host);
  return !host.includes(".") || PRIVATE_NAME.test(host);
}

/** Names that are reserved for machines and networks of one's own (RFC 6761, 6762, 8375, and `internal`). */
const PRIVATE_NAME = /\.(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

const PRIVATE_V4: readonly (readonly [address: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];

const PRIVATE_V6: readonly (readonly [address: string, bits: number])[] = [
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const PRIVATE = privateAddresses();

function privateAddresses(): BlockList {
  const list = new BlockList();
  for (const [address, bits] of PRIVATE_V4) {
    list.addSubnet(address, bits);
    // The same within IPv6; those behind ::ffff: the platform finds by itself.
    for (const prefix of ["::", "64:ff9b::"]) list.addSubnet(`${prefix}${address}`, 96 + bits, "ipv6");
  }
  for (const [address, bits] of PRIVATE_V6) list.addSubnet(address, bits, "ipv6");
  return list;
}
