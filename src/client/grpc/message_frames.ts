/**
 * Messages as they travel in gRPC: a byte that tells whether they are compressed, their length, and their bytes.
 *
 * @module
 */
import { nodeModule } from "../../lib/node_modules.ts";

/** Bytes in front of every message. */
export const PREFIX_BYTES = 5;

/** Fills in the five bytes in front of a message of a length. */
export function putPrefix(into: Uint8Array, at: number, length: number, isCompressed: boolean): void {
  into[at] = isCompressed ? 1 : 0;
  into[at + 1] = length >>> 24;
  into[at + 2] = length >>> 16 & 255;
  into[at + 3] = length >>> 8 & 255;
  into[at + 4] = length & 255;
}

/** A message, ready to be sent. */
export function frameMessage(message: Uint8Array, isCompressed = false): Uint8Array {
  const content = isCompressed ? compressMessage(message) : message;
  const framed = new Uint8Array(PREFIX_BYTES + content.length);
  putPrefix(framed, 0, content.length, isCompressed);
  framed.set(content, PREFIX_BYTES);
  return framed;
}

/** A message in gzip. */
function compressMessage(message: Uint8Array): Uint8Array {
  return nodeModule("node:zlib").gzipSync(message);
}

/** A message that could not be undone. */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
  /** It would be longer than allowed. */
  readonly isTooLarge: boolean;

  constructor(isTooLarge: boolean) {
    super(isTooLarge ? "it is larger than allowed, decompressed" : "it is not gzip");
    this.isTooLarge = isTooLarge;
  }
}

/** A message out of gzip. @throws {CompressionError} */
export function decompressMessage(message: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return nodeModule("node:zlib").gunzipSync(message, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new CompressionError(error instanceof RangeError);
  }
}
