/**
 * Compression of messages (permessage-deflate, RFC 7692). Each message is undone in one call; what a server refers to in
 * earlier ones is put before it as a stored block.
 *
 * @module
 */
import { nodeModule } from "../../lib/node_modules.ts";

/** What was agreed on. */
export interface DeflateTerms {
  /** The server begins every message anew. */
  readonly serverForgets: boolean;
}

/** What a client asks for: it compresses every message by itself. */
export const DEFLATE_OFFER = "permessage-deflate; client_no_context_takeover";

const WINDOW_BYTES = 32_768;
const TAIL = new Uint8Array([0, 0, 0xff, 0xff]);
const EMPTY = new Uint8Array(0);

/** A message that could not be undone. */
export class InflateError extends Error {
  override readonly name = "InflateError";
  /** It would be longer than allowed. */
  readonly isTooLarge: boolean;

  constructor(isTooLarge: boolean) {
    super(isTooLarge ? "it is larger than allowed, decompressed" : "it is not what its compression says");
    this.isTooLarge = isTooLarge;
  }
}

/**
 * The terms in a `Sec-WebSocket-Extensions` field; `null`: the server wants no compression; `undefined`: it wants what was
 * not offered.
 */
export function deflateTerms(field: string | null): DeflateTerms | null | undefined {
  if (field === null || field.trim() === "") return null;
  const [name, ...parameters] = field.split(";").map((part) => part.trim().toLowerCase());
  if (name !== "permessage-deflate" || field.includes(",")) return undefined;
  let serverForgets = false;
  const seen = new Set<string>();
  for (const parameter of parameters) {
    const [key = "", value = ""] = parameter.split("=").map((part) => part.trim().replace(/^"(.*)"$/, "$1"));
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (key === "server_no_context_takeover" && value === "") serverForgets = true;
    else if (key === "client_no_context_takeover" && value === "") continue;
    else if (key !== "server_max_window_bits" || !/^(?:8|9|1[0-5])$/.test(value)) return undefined;
  }
  return { serverForgets };
}

/** A message, compressed. */
export function deflate(bytes: Uint8Array): Uint8Array {
  const { constants, deflateRawSync } = nodeModule("node:zlib");
  const flushed = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, flushed.length - TAIL.length);
}

/** Undoes the compression of one connection's messages. */
export class Inflater {
  readonly #maxBytes: number;
  readonly #serverForgets: boolean;
  /** The end of what came before, to which a message may refer. */
  #window: Uint8Array = EMPTY;

  constructor({ serverForgets }: DeflateTerms, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#serverForgets = serverForgets;
  }

  /** A message as it was before. @throws {InflateError} */
  inflate(compressed: Uint8Array): Uint8Array {
    const window = this.#window;
    const block = window.length === 0 ? 0 : 5 + window.length;
    const input = new Uint8Array(block + compressed.length + TAIL.length);
    if (block > 0) {
      const head = new DataView(input.buffer);
      head.setUint16(1, window.length, true);
      head.setUint16(3, ~window.length & 0xffff, true);
      input.set(window, 5);
    }
    input.set(compressed, block);
    input.set(TAIL, block + compressed.length);
    const output = this.#undo(input, window.length);
    if (!this.#serverForgets) this.#window = output.slice(Math.max(0, output.length - WINDOW_BYTES));
    return output.subarray(window.length);
  }

  #undo(input: Uint8Array, windowBytes: number): Uint8Array {
    const { constants, inflateRawSync } = nodeModule("node:zlib");
    try {
      return inflateRawSync(input, {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(1, this.#maxBytes + windowBytes),
      });
    } catch (error) {
      throw new InflateError((error as { readonly code?: string }).code === "ERR_BUFFER_TOO_LARGE");
    }
  }
}
