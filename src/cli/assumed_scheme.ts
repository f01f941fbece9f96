/**
 * Targets without a scheme, where there is no doubt which was meant.
 *
 * @module
 */

/** A host and a port, or this machine; perhaps with a path. */
const PLAIN =
  /^(?:localhost|(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]|[a-z\d-]+(?:\.[a-z\d-]+)*):(\d{1,5}))(?:[/?][^\s@]*)?$/i;

/** Ports that speak TLS. */
const TLS_PORTS = new Set(["443", "8443"]);

/**
 * The URL that a word stands for, or `undefined` when it has a scheme or leaves a doubt.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(assumedUrl("localhost:8080/a"), "http://localhost:8080/a");
 * assertEquals(assumedUrl("example.org"), undefined);
 * assertEquals(assumedUrl("example.org:443"), undefined);
 * ```
 */
export function assumedUrl(word: string): string | undefined {
  const match = PLAIN.exec(word);
  return match === null || TLS_PORTS.has(match[1] ?? "") ? undefined : `http://${word}`;
}
