/**
 * HPACK's static table (RFC 7541, appendix A), as text and as bytes.
 *
 * @module
 */

const ENTRIES: readonly (readonly [name: string, value: string])[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...[
    ...["accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow"],
    ...["authorization", "cache-control", "content-disposition", "content-encoding", "content-language"],
    ...["content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag"],
    ...["expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range"],
    ...["if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate"],
    ...["proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie"],
    ...["strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate"],
  ].map((name) => [name, ""] as const),
];

/** Entries of the table; they are numbered from 1. */
export const STATIC_ENTRIES = 61;

/** A field's bytes: the name, and behind it the value. */
export interface FieldBytes {
  readonly bytes: Uint8Array;
  readonly nameLength: number;
}

const encoder = new TextEncoder();

/** The entries as bytes; entry 0 does not exist. */
export const STATIC_TABLE: readonly FieldBytes[] = [["", ""] as const, ...ENTRIES].map(([name, value]) => ({
  bytes: encoder.encode(name + value),
  nameLength: name.length,
}));

const BY_NAME = new Map<string, number>();
const BY_FIELD = new Map<string, number>();
ENTRIES.forEach(([name, value], index) => {
  if (!BY_NAME.has(name)) BY_NAME.set(name, index + 1);
  BY_FIELD.set(`${name}\n${value}`, index + 1);
});

/** The number of the first entry with a name; 0 when there is none. */
export function staticNameIndex(name: string): number {
  return BY_NAME.get(name) ?? 0;
}

/** The number of the entry with a name and a value; 0 when there is none. */
export function staticFieldIndex(name: string, value: string): number {
  return value === "" ? 0 : BY_FIELD.get(`${name}\n${value}`) ?? 0;
}
