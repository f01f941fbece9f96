/**
 * Tells hosts of the public internet from those that only this machine or this network can mean. Judged by the host's
 * text alone: nothing is looked up.
 *
 * Address blocks: IANA special-purpose registries (RFC 6890 and its updates).
 *
 * @module
 */

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
  if (host.startsWith("[")) return isPrivateV6(host.slice(1, -1));
  const octets = host.split(".");
  if (octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet))) {
    return isPrivateV4(octets.map(Number));
  }
  return octets.length === 1 || PRIVATE_NAME.test(host);
}

/** Names that are reserved for machines and networks of one's own (RFC 6761, 6762, 8375, and `internal`). */
const PRIVATE_NAME = /\.(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

function isPrivateV4(octets: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0] = octets;
  return a === 0 || a === 10 || a === 127 || a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 168 || (b === 0 && c === 0))) ||
    (a === 198 && (b === 18 || b === 19));
}

function isPrivateV6(address: string): boolean {
  const groups = groupsOf(address);
  const first = groups[0] ?? 0;
  const embedded = () => {
    const high = groups[6] ?? 0, low = groups[7] ?? 0;
    return isPrivateV4([high >> 8, high & 255, low >> 8, low & 255]);
  };
  const leadingZeros = groups.findIndex((group) => group !== 0);
  if (leadingZeros === -1 || leadingZeros >= 6) return leadingZeros < 7 ? embedded() : true; // ::, ::1, ::a.b.c.d
  if (leadingZeros === 5 && groups[5] === 0xffff) return embedded(); // ::ffff:a.b.c.d
  if (first === 0x64 && groups[1] === 0xff9b) return groups[2] === 1 || embedded(); // 64:ff9b::a.b.c.d
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || (first & 0xffc0) === 0xfec0 ||
    (first & 0xff00) === 0xff00;
}

/** The eight 16-bit groups of an IPv6 address, whose last two may be written as four octets. */
function groupsOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`;
  });
  const [head = "", tail] = hex.split("::");
  const parse = (text: string) => text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const left = parse(head), right = tail === undefined ? [] : parse(tail);
  return [...left, ...new Array(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
}
