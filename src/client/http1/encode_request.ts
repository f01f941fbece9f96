/**
 * Requests as HTTP/1.1 bytes (RFC 9112, sections 2, 3 and 6.2). Header fields go out in the order given, repeats kept;
 * `Host` and `Content-Length` are added only when the caller has none.
 *
 * @module
 */
import { requestTarget } from "../../lib/request_target.ts";
import { framingLines, namesOf } from "../../lib/request_framing.ts";
import type { HeaderLine } from "../../plan/scenario.ts";

/** What a request consists of. */
export interface RequestParts {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array | null;
  /** Length of a body that is sent separately after the head. */
  readonly bodyFileBytes?: number;
  /** Value of a `_cb` query parameter to add. */
  readonly cacheBust?: string;
  /** Ask the server to close the connection after its answer. */
  readonly closeConnection?: boolean;
  /** Write the whole URL into the request line, as proxies want it. */
  readonly absoluteForm?: boolean;
}

const encoder = new TextEncoder();

/** Head and body of a request, ready to be written. */
export function encodeRequest(parts: RequestParts): Uint8Array {
  const head = encoder.encode(headText(parts));
  if (parts.body === null || parts.body.length === 0) return head;
  const bytes = new Uint8Array(head.length + parts.body.length);
  bytes.set(head);
  bytes.set(parts.body, head.length);
  return bytes;
}

/** A URL with another query parameter, put before the fragment. */
export function withParameter(url: URL, parameter: string): URL {
  const changed = new URL(url);
  changed.search = url.search === "" ? `?${parameter}` : `${url.search}&${parameter}`;
  return changed;
}

function headText(parts: RequestParts): string {
  const url = parts.cacheBust === undefined ? parts.url : withParameter(parts.url, `_cb=${parts.cacheBust}`);
  const target = `${parts.absoluteForm ? `http://${url.host}` : ""}${requestTarget(url)}`;
  const names = namesOf(parts.headers);
  const lines = [`${parts.method} ${target} HTTP/1.1`];
  if (!names.has("host")) lines.push(`Host: ${url.host}`);
  for (const [name, value] of parts.headers) lines.push(`${name}: ${value}`);
  const length = parts.bodyFileBytes ?? parts.body?.length;
  lines.push(...framingLines({ ...parts, names, ...(length !== undefined && { length }) }));
  return lines.join("\r\n") + "\r\n\r\n";
}
