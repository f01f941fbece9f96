/**
 * Bodies that are forms: URL-encoded (WHATWG URL, 5.2) and multipart (RFC 7578, with names escaped as HTML has it).
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import type { FilePart, Scalar } from "../../script.ts";

/** A body with its media type. */
export interface TypedBody {
  readonly bytes: Uint8Array;
  readonly type: string;
}

const encoder = new TextEncoder();

/** A URL-encoded form. */
export function formBody(pairs: readonly (readonly [string, string])[]): TypedBody {
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
  return { bytes: encoder.encode(text), type: "application/x-www-form-urlencoded" };
}

/** A multipart form. */
export function multipartBody(fields: Readonly<Record<string, Scalar | FilePart>>): TypedBody {
  const boundary = `bench-${crypto.randomUUID()}`;
  const chunks: Uint8Array[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const part: FilePart = typeof value === "object" ? value : { content: String(value) };
    const file = part.filename === undefined ? "" : `; filename="${escapeName(part.filename)}"`;
    const type = part.type ?? (typeof value === "object" ? "application/octet-stream" : undefined);
    const fields = `Content-Disposition: form-data; name="${escapeName(name)}"${file}\r\n` +
      (type === undefined ? "" : `Content-Type: ${type.replace(/[\r\n]/g, " ")}\r\n`);
    chunks.push(encoder.encode(`--${boundary}\r\n${fields}\r\n`));
    chunks.push(typeof part.content === "string" ? encoder.encode(part.content) : part.content);
    chunks.push(encoder.encode("\r\n"));
  }
  chunks.push(encoder.encode(`--${boundary}--\r\n`));
  return { bytes: concat(chunks), type: `multipart/form-data; boundary=${boundary}` };
}

function escapeName(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
