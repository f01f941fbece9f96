/**
 * Finds the entries of a large recording without reading it as a whole: most of it are bodies of responses, and as one
 * JSON value it would take several times its size in memory. What is found is cut out entry by entry; the rest, with an
 * empty list in place of the entries, is parsed as always.
 *
 * @module
 */

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, COLON = 0x3a;
const OPEN_BRACKET = 0x5b, CLOSE_BRACKET = 0x5d, OPEN_BRACE = 0x7b, CLOSE_BRACE = 0x7d;

/** Where a value stands: its first byte, and the one behind it. */
export type Span = readonly [from: number, to: number];

/** The list `log.entries` and what is in it. */
export interface EntrySpans {
  readonly list: Span;
  readonly entries: readonly Span[];
}

/** Finds `log.entries`; `null` when it is not where it should be. Malformed JSON may be found too: parsing will tell. */
export function findEntries(bytes: Uint8Array): EntrySpans | null {
  let depth = 0;
  // Of the document, and of the object in it.
  const keys = ["", ""];
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE: {
        const end = stringEnd(bytes, at);
        if (end < 0) return null;
        if ((depth === 1 || depth === 2) && bytes[skipBlanks(bytes, end)] === COLON) {
          keys[depth - 1] = latin1.decode(bytes.subarray(at + 1, end - 1));
        }
        at = end - 1;
        break;
      }
      case OPEN_BRACKET:
        if (depth === 2 && keys[0] === "log" && keys[1] === "entries") return spansOf(bytes, at);
        depth++;
        break;
      case OPEN_BRACE:
        depth++;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
    }
  }
  return null;
}

const latin1 = new TextDecoder("latin1");

/** The values of a list; `null` when it has no end. */
function spansOf(bytes: Uint8Array, start: number): EntrySpans | null {
  const entries: Span[] = [];
  let from = start + 1;
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE: {
        const end = stringEnd(bytes, at);
        if (end < 0) return null;
        at = end - 1;
        break;
      }
      case OPEN_BRACKET:
      case OPEN_BRACE:
        depth++;
        break;
      case COMMA:
        if (depth > 0) break;
        entries.push([from, at]);
        from = at + 1;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        if (depth-- > 0) break;
        if (entries.length > 0 || skipBlanks(bytes, from) < at) entries.push([from, at]);
        return { list: [start, at + 1], entries };
    }
  }
  return null;
}

/** Behind the closing quote of the string that opens at `at`; −1 when it is not closed. */
function stringEnd(bytes: Uint8Array, at: number): number {
  for (let quote = bytes.indexOf(QUOTE, at + 1); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let slashes = 0;
    while (bytes[quote - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return -1;
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && bytes[next]! <= 0x20) next++;
  return next;
}
