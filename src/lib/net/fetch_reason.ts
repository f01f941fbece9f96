/**
 * Why `fetch` failed, in words for people.
 *
 * @module
 */
import { messageOf } from "../errors.ts";

/**
 * The message of the first cause, without the URL that `fetch` repeats, whose query may hold a token.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const cause = new Error("error sending request for url (http://h/?t=1): client error (Connect): no route");
 * assertEquals(fetchReason(new TypeError("fetch failed", { cause })), "no route");
 * const blocked = new TypeError("Fetch failed: Requests to port 1 are blocked");
 * assertEquals(fetchReason(blocked), "port 1 is one that Deno's fetch never connects to, as browsers do not");
 * ```
 */
export function fetchReason(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return messageOf(cause)
    .replace(/^error sending request for url \(.*?\): /, "")
    .replace(/^client error \(\w+\): /, "")
    .replace(
      /^Fetch failed: Requests to port (\d+) are blocked$/,
      "port $1 is one that Deno's fetch never connects to, as browsers do not",
    )
    .replace(/https?:\/\/[^\s)]+/g, "…");
}
