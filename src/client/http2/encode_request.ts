/**
 * Requests as HTTP/2 frames (RFC 9113, section 8.3; RFC 7541, section 6.2). Fields are written without indexing and
 * without Huffman code, so that the bytes depend on nothing that came before: sending a request again is a copy with
 * another stream number. Credentials are marked as never to be indexed.
 *
 * @module
 */
import { requestTarget } from "../../lib/net/request_target.ts";
import { isSecretName } from "../../lib/credentials.ts";
import { expectsBody } from "../../lib/net/request_methods.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { PreparedRequest } from "../exchange/http_client.ts";
import { HeadMemory } from "./head_memory.ts";
import { FLAG, FRAME, FRAME_HEAD_BYTES, MIN_FRAME_BYTES, putFrameHead, putUint32 } from "./frames.ts";
import { staticFieldIndex, staticNameIndex } from "./hpack_static.ts";

/** A request ready to be copied into a connection. */
export interface EncodedRequest {
  /** HEADERS, and CONTINUATION where the head needs more than a frame; stream numbers are 0. */
  readonly head: Uint8Array;
  /** Where the frames' stream numbers stand in `head`. */
  readonly streamAt: readonly number[];
  /** What follows the head; empty: the head ends the request. A body from a file is not here. */
  readonly body: Uint8Array;
  /** What the last response's head was; shared by all who send this request. */
  readonly memory: HeadMemory;
  /** The same for the trailers of calls; `null`: they are not looked at. */
  readonly trailers: HeadMemory | null;
}

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

/** Fields that HTTP/2 has no use for, or that other parts of the request say (RFC 9113, 8.2.2 and 8.3.1). */
const LEFT_OUT = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|upgrade|host|http2-settings)$/;

/** Encodes a request. */
export function encodeForHttp2(request: PreparedRequest): EncodedRequest {
  const { bodyFile, isFed = false } = request;
  const body = bodyFile === undefined ? request.body ?? EMPTY : EMPTY;
  const endsHere = body.length === 0 && bodyFile === undefined && !isFed;
  const block = headerBlock(fieldsOf(request, bodyFile?.bytes ?? request.body?.length ?? -1));
  return {
    ...intoFrames(block, endsHere),
    body,
    memory: new HeadMemory(),
    trailers: request.isCall ? new HeadMemory() : null,
  };
}

/** The fields in wire order, names in lower case. `bodyBytes`: −1 without a body. */
function fieldsOf(
  { method, protocol, url, headers, awaitsContinue, isCall }: PreparedRequest,
  bodyBytes: number,
): readonly HeaderLine[] {
  const fields = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const host = fields.find(([name]) => name === "host")?.[1] ?? url.host;
  const kept = fields.filter(([name, value]) =>
    !LEFT_OUT.test(name) && !(name === "te" && value !== "trailers")
  );
  const has = (wanted: string) => kept.some(([name]) => name === wanted);
  const length = bodyBytes >= 0 ? bodyBytes : expectsBody(method) ? 0 : -1;
  return [
    [":method", method],
    ...(protocol === undefined ? [] : [[":protocol", protocol] as const]),
    ...(method === "CONNECT" && protocol === undefined ? [] : [
      [":scheme", url.protocol.slice(0, -1)] as const,
      [":path", requestTarget(url)] as const,
    ]),
    [":authority", host],
    ...kept,
    ...(awaitsContinue && !has("expect") ? [["expect", "100-continue"] as const] : []),
    ...(length >= 0 && !isCall && !has("content-length")
      ? [["content-length", String(length)] as const]
      : []),
  ];
}

/**
 * A header block that neither uses nor changes a dynamic table.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([...headerBlock([[":method", "GET"], ["a", "b"]])], [0x82, 0x00, 1, 97, 1, 98]);
 * ```
 */
export function headerBlock(fields: readonly HeaderLine[]): Uint8Array {
  const bytes: number[] = [];
  for (const [name, value] of fields) {
    const whole = staticFieldIndex(name, value);
    if (whole > 0) {
      bytes.push(0x80 | whole);
      continue;
    }
    const index = staticNameIndex(name);
    putInteger(bytes, index, { prefixBits: 4, pattern: isSecretName(name) ? 0x10 : 0 });
    if (index === 0) putString(bytes, name);
    putString(bytes, value);
  }
  return Uint8Array.from(bytes);
}

function putString(bytes: number[], text: string): void {
  const coded = encoder.encode(text);
  putInteger(bytes, coded.length, { prefixBits: 7, pattern: 0 });
  for (const byte of coded) bytes.push(byte);
}

/** An integer behind a pattern of bits (RFC 7541, 5.1). */
function putInteger(
  bytes: number[],
  value: number,
  { prefixBits, pattern }: { readonly prefixBits: number; readonly pattern: number },
): void {
  const most = (1 << prefixBits) - 1;
  if (value < most) {
    bytes.push(pattern | value);
    return;
  }
  bytes.push(pattern | most);
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 | rest % 128);
  bytes.push(rest);
}

function intoFrames(block: Uint8Array, endsRequest: boolean): Pick<EncodedRequest, "head" | "streamAt"> {
  const count = Math.max(1, Math.ceil(block.length / MIN_FRAME_BYTES));
  const head = new Uint8Array(block.length + count * FRAME_HEAD_BYTES);
  const streamAt: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const part = block.subarray(i * MIN_FRAME_BYTES, (i + 1) * MIN_FRAME_BYTES);
    const type = i === 0 ? FRAME.headers : FRAME.continuation;
    const flags = (i === count - 1 ? FLAG.endHeaders : 0) | (i === 0 && endsRequest ? FLAG.endStream : 0);
    putFrameHead(head, at, { length: part.length, type, flags, stream: 0 });
    streamAt.push(at + 5);
    head.set(part, at + FRAME_HEAD_BYTES);
    at += FRAME_HEAD_BYTES + part.length;
  }
  return { head, streamAt };
}

/** Copies a request's head to a position of a buffer, for a stream. */
export function putRequestHead(
  encoded: EncodedRequest,
  stream: number,
  into: { bytes: Uint8Array; at: number },
): void {
  const { head, streamAt } = encoded;
  const { bytes, at } = into;
  bytes.set(head, at);
  for (let i = 0; i < streamAt.length; i++) putUint32(bytes, at + streamAt[i]!, stream);
}
