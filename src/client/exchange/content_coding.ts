/**
 * Undoes the content codings of bodies that somebody looks at (RFC 9110, 8.4): gzip, deflate and br. Only a copy for the
 * reader comes of it; counts and lengths stay those of the wire. What comes out is as long as the bodies that clients
 * keep, at most, however small it was on the wire.
 *
 * @module
 */
import { DEFAULT_BODY_LIMIT_BYTES } from "../../lib/size_limits.ts";
import type { Transform } from "node:stream";
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { Exchange } from "./http_client.ts";
import { trackPlatformWork } from "../../lib/platform_work.ts";
import { BodyBuffer } from "./body_buffer.ts";
import { equalsIgnoringCase, listOf, WORDS } from "./field_bytes.ts";

/** What requests that want coded answers say in `Accept-Encoding`. */
export const ACCEPTED_CODINGS = "gzip, deflate, br";

/** Responses with more codings than this are not worth a look. */
const MAX_CODINGS = 3;
const LF = 10, COLON = 58;

/** The codings that can be undone, by the names that servers give them. */
const KNOWN: Readonly<Record<string, "gzip" | "deflate" | "br">> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  br: "br",
};

/**
 * Replaces an exchange's body by what its codings stand for, or gives `null` when there are none. A body that is not what
 * they promise makes the exchange fail; unknown codings are left alone, since some servers name a character set there.
 */
export function decodeBody(exchange: Exchange, max: number = DEFAULT_BODY_LIMIT_BYTES): Promise<void> | null {
  const { head, body } = exchange;
  if (!exchange.mayBeCoded || head === null || body === null || body.length === 0 || exchange.isDecoded) {
    return null;
  }
  const codings = codingsOf(head);
  return codings.length === 0 ? null : trackPlatformWork(decodeAll(exchange, body, { codings, max }));
}

async function decodeAll(
  exchange: Exchange,
  body: Uint8Array,
  { codings, max }: { readonly codings: readonly string[]; readonly max: number },
): Promise<void> {
  try {
    if (codings.length > MAX_CODINGS) throw new Error(`${codings.length} content codings in a row`);
    const isCut = exchange.finalBodyBytes > body.length;
    let decoded = body;
    for (const coding of codings.toReversed()) {
      if (KNOWN[coding] === undefined) return;
      decoded = await decodeOne(decoded, { coding: KNOWN[coding], isCut, max });
    }
    exchange.body = decoded;
    exchange.isBodyCut ||= decoded.length === max;
  } catch (error) {
    exchange.failure = FAILURE.bad_content_coding;
    exchange.failureDetail = messageOf(error);
  }
}

/** The members of a head's `Content-Encoding` fields in the order in which they were applied. */
function codingsOf(head: Uint8Array): readonly string[] {
  const codings: string[] = [];
  for (let at = head.indexOf(LF) + 1; at > 0; at = head.indexOf(LF, at) + 1) {
    if (!equalsIgnoringCase(head, at, WORDS.contentEncoding)) continue;
    const colon = head.indexOf(COLON, at);
    const end = head.indexOf(LF, at);
    codings.push(...listOf(head, colon + 1, end < 0 ? head.length : end));
  }
  return codings.filter((coding) => coding !== "identity");
}

async function decodeOne(
  bytes: Uint8Array,
  { coding, isCut, max }: {
    readonly coding: "gzip" | "deflate" | "br";
    readonly isCut: boolean;
    readonly max: number;
  },
): Promise<Uint8Array> {
  const zlib = await import("node:zlib");
  const stream: Transform = coding === "gzip"
    ? zlib.createGunzip()
    : coding === "br"
    ? zlib.createBrotliDecompress()
    : hasZlibHeader(bytes)
    ? zlib.createInflate()
    : zlib.createInflateRaw();
  const decoded = await collectOutput(stream, bytes, { isCut, max });
  // `node:zlib` here takes half a br stream for a whole one; the platform's own stream knows, but knows no bounds.
  return coding === "br" && !isCut && decoded.length < max ? await decodeWholeBrotli(bytes) : decoded;
}

/** What a stream makes of the bytes, up to the limit; of bytes that were cut, what there is. */
function collectOutput(
  stream: Transform,
  bytes: Uint8Array,
  { isCut, max }: { readonly isCut: boolean; readonly max: number },
): Promise<Uint8Array> {
  const output = new BodyBuffer(max);
  return new Promise((resolve, reject) => {
    stream.on("data", (chunk: Uint8Array) => {
      output.append(chunk, 0, chunk.length);
      if (output.bytes().length === max) {
        stream.destroy();
        resolve(output.bytes());
      }
    });
    stream.on("end", () => resolve(output.bytes()));
    stream.on("error", (error: Error) => isCut ? resolve(output.bytes()) : reject(error));
    stream.end(bytes);
  });
}

async function decodeWholeBrotli(bytes: Uint8Array): Promise<Uint8Array> {
  const decoding = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("brotli"));
  return await new Response(decoding).bytes();
}

/** Whether a deflate body is wrapped as it should be (RFC 1950, 2.2); some servers send it bare. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}
