/**
 * What every request must say about its own framing, and which methods may be repeated.
 *
 * @module
 */

/** Whether a method may be repeated without changing its effect (RFC 9110, 9.2.2). */
export function isIdempotent(method: string): boolean {
  return /^(?:GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/.test(method);
}

/** The names of header fields in lower case. */
export function namesOf(headers: readonly (readonly [name: string, value: string])[]): ReadonlySet<string> {
  return new Set(headers.map(([name]) => name.toLowerCase()));
}

/** What the framing of a request depends on. */
export interface Framing {
  readonly method: string;
  /** Of the fields that it has already, in lower case. */
  readonly names: ReadonlySet<string>;
  /** The body's, in bytes; absent: there is none. */
  readonly length?: number;
  readonly closeConnection?: boolean;
}

/** The fields that follow the caller's own. */
export function framingLines({ method, names, length, closeConnection }: Framing): readonly string[] {
  const lines: string[] = [];
  const declared = length ?? (expectsBody(method) ? 0 : undefined);
  if (declared !== undefined && !names.has("content-length") && !names.has("transfer-encoding")) {
    lines.push(`Content-Length: ${declared}`);
  }
  if (closeConnection && !names.has("connection")) lines.push("Connection: close");
  return lines;
}

/** Methods whose lack of a body is said explicitly (RFC 9110, 8.6). */
function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
