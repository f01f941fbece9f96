/**
 * Undoes the content codings of answers (RFC 9110, 8.4.1) for those who look into bodies. Counted are bodies as they
 * travelled.
 *
 * @module
 */

/** The bytes behind a `Content-Encoding`; the same bytes when it is unknown or they are not what it says. */
export type Decode = (bytes: Uint8Array, coding: string) => Uint8Array;

/** Longest body made of a coded one, in bytes: a few coded ones could become gigabytes. */
const MOST_BYTES = 64 * 2 ** 20;

/** Loads what knows gzip, deflate and br. */
export async function loadDecoder(): Promise<Decode> {
  // Rarely needed, and not free to load.
  const { brotliDecompressSync, gunzipSync, inflateSync } = await import("node:zlib");
  const decoders: Readonly<Record<string, typeof gunzipSync>> = {
    gzip: gunzipSync,
    "x-gzip": gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
  };
  return (bytes, coding) => {
    const codings = coding.toLowerCase().split(",").map((name) => name.trim()).toReversed();
    try {
      return codings.reduce(
        (coded, name): Uint8Array =>
          Object.hasOwn(decoders, name) ? decoders[name]!(coded, { maxOutputLength: MOST_BYTES }) : coded,
        bytes,
      );
    } catch {
      return bytes; // Not coded after all, or broken: rules see what came.
    }
  };
}

/** Whether a request's header fields ask for coded answers. */
export function asksForCoding(headers: readonly (readonly [name: string, value: string])[]): boolean {
  return headers.some(([name, value]) =>
    name.toLowerCase() === "accept-encoding" && !/^\s*(?:identity)?\s*$/i.test(value)
  );
}
