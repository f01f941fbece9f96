/**
 * The vocabulary of HTTP/2 frames (RFC 9113, sections 4, 6 and 7), and how their heads are written.
 *
 *     length (24 bits) | type (8) | flags (8) | R (1) stream (31) | payload (length bytes)
 *
 * @module
 */

/** Bytes before a frame's payload. */
export const FRAME_HEAD_BYTES = 9;

/** Largest payload that everyone must take, and the largest that this client takes (RFC 9113, 4.2). */
export const MIN_FRAME_BYTES = 16_384;

/** Largest window and largest stream number (RFC 9113, 5.1.1 and 6.9.1). */
export const MAX_31_BITS = 0x7fff_ffff;

/** Window of a stream or connection before anything was said about it. */
export const FIRST_WINDOW = 65_535;

/** What a client says first (RFC 9113, 3.4). */
export const PREFACE: Uint8Array = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Frame types. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Bits of a frame's flags. */
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** Numbers of settings. */
export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
} as const;

/** Error codes. */
export const CODE = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  connectError: 10,
  enhanceYourCalm: 11,
} as const;

const CODE_NAMES: readonly string[] = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT"],
  ...["STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR"],
  ...["CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
];

/** An error code in words. */
export function codeName(code: number): string {
  return CODE_NAMES[code] ?? `error 0x${code.toString(16)}`;
}

/** What a frame's head says. */
export interface FrameHeadFields {
  /** Of the payload, in bytes. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/** Writes a frame's head at a position of a buffer. */
export function putFrameHead(
  bytes: Uint8Array,
  at: number,
  { length, type, flags, stream }: FrameHeadFields,
): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  putUint32(bytes, at + 5, stream);
}

/** Writes 32 bits, most significant byte first. */
export function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Reads 32 bits as a number from 0 to 2^32 − 1. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!) >>> 0;
}

/** The payload of SETTINGS: pairs of 16 bits number and 32 bits value. */
export function settingsPayload(settings: readonly (readonly [number: number, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(settings.length * 6);
  settings.forEach(([number, value], index) => {
    bytes[index * 6 + 1] = number;
    putUint32(bytes, index * 6 + 2, value);
  });
  return bytes;
}
