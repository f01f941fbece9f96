/**
 * Requests that are too large to be written before their response is awaited.
 *
 * @module
 */
import type { PreparedRequest } from "../exchange/http_client.ts";

/** Larger requests are written while the response is already awaited: a server may respond before it has read all. */
const WRITE_AHEAD_BYTES = 16_384;

/** Whether a request is written at once, before its answer is awaited. */
export function goesInOne({ bytes, bodyFile, awaitsContinue }: PreparedRequest): boolean {
  return bytes.length <= WRITE_AHEAD_BYTES && bodyFile === undefined && !awaitsContinue;
}

/** Whether a write has already succeeded; does not wait for one that has not. */
export function settled(writing: Promise<boolean>): Promise<boolean> {
  return Promise.race([writing, Promise.resolve().then(() => Promise.resolve()).then(() => false)]);
}
