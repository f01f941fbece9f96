/**
 * What methods mean for a request's body and for sending it again.
 *
 * @module
 */

/** Whether a method may be repeated without changing its effect (RFC 9110, 9.2.2). */
export function isIdempotent(method: string): boolean {
  return /^(?:GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/.test(method);
}

/** Whether a method's lack of a body is said explicitly (RFC 9110, 8.6). */
export function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
