/**
 * What the header fields of a gRPC response say (gRPC over HTTP/2, "Responses").
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";

/** The fields that mean something. */
export interface ResponseFields {
  readonly httpStatus: number;
  readonly contentType: string | undefined;
  /** How messages are compressed; absent: they are not. */
  readonly encoding: string | undefined;
  /** As it was sent; absent: it was not. */
  readonly status: string | undefined;
  /** Decoded; empty: there is none. */
  readonly message: string;
}

const decoder = new TextDecoder();

/** Longer ones are cut. */
const MAX_MESSAGE_CHARS = 500;

/** Reads a head, or trailers, in the form of HTTP/1.1; trailers have no status line. */
export function readResponseFields(text: Uint8Array): ResponseFields {
  const lines = decoder.decode(text).split("\r\n");
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return {
    httpStatus: Number(/^HTTP\/\S+ (\d{3})/.exec(lines[0] ?? "")?.[1] ?? 0),
    contentType: fields.get("content-type"),
    encoding: fields.get("grpc-encoding"),
    status: fields.get("grpc-status"),
    message: decodeMessage(fields.get("grpc-message") ?? ""),
  };
}

/**
 * A status message without its percent-encoding; what is malformed stays as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(decodeMessage("caf%C3%A9 100% %zz"), "café 100% %zz");
 * ```
 */
export function decodeMessage(text: string): string {
  const cut = text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS - 1)}…` : text;
  const bytes = cut.replace(
    /(?:%[0-9a-f]{2})+/gi,
    (coded) => decoder.decode(Uint8Array.fromHex(coded.replaceAll("%", ""))),
  );
  return escapeTerminal(bytes);
}

/** Whether a content type is one of gRPC's. */
export function isGrpcType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:$|[+;])/i.test(contentType);
}
