/**
 * All fields of a name in a head that was kept.
 *
 * @module
 */

const LF = 10, CR = 13, COLON = 58;
const latin1 = new TextDecoder("latin1");

/**
 * The values of all fields of a name as one list, in the order received; empty without any. `name`: in lower case, as
 * bytes; `maxBytes`: what is behind so many bytes of values is left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const head = new TextEncoder().encode("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\na:3\r\n\r\n");
 * assertEquals(fieldValues(head, new TextEncoder().encode("a"), 100), "1, 3");
 * ```
 */
export function fieldValues(head: Uint8Array, name: Uint8Array, maxBytes: number): string {
  let values = "";
  for (let start = head.indexOf(LF) + 1; start > 0 && start < head.length;) {
    const next = head.indexOf(LF, start);
    const end = next < 0 ? head.length : next;
    if (isNamed(head, start, name)) {
      let from = start + name.length + 1;
      while (from < end && isBlank(head[from])) from++;
      const to = head[end - 1] === CR ? end - 1 : end;
      const value = latin1.decode(head.subarray(from, Math.max(from, Math.min(to, from + maxBytes)))).trim();
      if (value !== "") values += values === "" ? value : `, ${value}`;
      if (values.length >= maxBytes) return values.slice(0, maxBytes);
    }
    start = end + 1;
  }
  return values;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}

/** Whether a line begins with a name and its colon. */
function isNamed(head: Uint8Array, start: number, name: Uint8Array): boolean {
  if (head[start + name.length] !== COLON) return false;
  for (let i = 0; i < name.length; i++) if ((head[start + i]! | 32) !== name[i]) return false;
  return true;
}
