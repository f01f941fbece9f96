/**
 * What may stand behind a chunk's size (RFC 9112, 7.1.1): `*( BWS ";" BWS name [ BWS "=" BWS value ] )`, with values that
 * are tokens or quoted strings. Read byte by byte; nothing is kept, since no extension means anything to a client.
 *
 * @module
 */
import { IS_TOKEN, isBlank } from "../exchange/field_bytes.ts";

const SEMICOLON = 59, EQUALS = 61, QUOTE = 34, BACKSLASH = 92, DEL = 127, HT = 9;

/** What was read last. */
const AFTER = {
  part: 0,
  semicolon: 1,
  name: 2,
  nameBlank: 3,
  equals: 4,
  value: 5,
  quoted: 6,
  backslash: 7,
} as const;

/** Checks the extensions of one chunk after another. */
export class ChunkExtension {
  #after: number = AFTER.part;

  /** Prepares for what follows the next size. */
  begin(): void {
    this.#after = AFTER.part;
  }

  /** The line may end here. */
  get mayEnd(): boolean {
    const after = this.#after;
    return after === AFTER.part || after === AFTER.name || after === AFTER.nameBlank || after === AFTER.value;
  }

  /** Takes a byte other than CR and LF; `false` when it must not stand here. */
  take(byte: number): boolean {
    switch (this.#after) {
      case AFTER.quoted:
        if (byte === QUOTE) this.#after = AFTER.part;
        else if (byte === BACKSLASH) this.#after = AFTER.backslash;
        return isText(byte);
      case AFTER.backslash:
        this.#after = AFTER.quoted;
        return isText(byte);
      case AFTER.semicolon:
        return isBlank(byte) || this.#takeToken(byte, AFTER.name);
      case AFTER.equals:
        if (byte === QUOTE) this.#after = AFTER.quoted;
        return byte === QUOTE || isBlank(byte) || this.#takeToken(byte, AFTER.value);
      default:
        return this.#takeBehindPart(byte);
    }
  }

  #takeBehindPart(byte: number): boolean {
    const after = this.#after;
    if (byte === SEMICOLON) this.#after = AFTER.semicolon;
    else if (byte === EQUALS && (after === AFTER.name || after === AFTER.nameBlank)) {
      this.#after = AFTER.equals;
    } else if (isBlank(byte)) {
      this.#after = after === AFTER.name || after === AFTER.nameBlank ? AFTER.nameBlank : AFTER.part;
    } else return (after === AFTER.name || after === AFTER.value) && IS_TOKEN[byte] === 1;
    return true;
  }

  #takeToken(byte: number, next: number): boolean {
    this.#after = next;
    return IS_TOKEN[byte] === 1;
  }
}

/** A byte that a quoted string may hold (RFC 9110, 5.6.4). */
function isText(byte: number): boolean {
  return byte === HT || (byte >= 32 && byte !== DEL);
}
