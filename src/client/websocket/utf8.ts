/**
 * Whether bytes are UTF-8, however they are cut: text must be refused as soon as it cannot be any more (RFC 6455, 8.1).
 *
 * @module
 */

/** Looks at a text piece by piece. */
export class Utf8Check {
  /** Bytes that the character under way still lacks. */
  #missing = 0;
  /** What its next byte may be. */
  #min = 0x80;
  #max = 0xbf;

  /** A new text begins. */
  reset(): void {
    this.#missing = 0;
    this.#min = 0x80;
    this.#max = 0xbf;
  }

  /** No character is left incomplete. */
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** Takes in a piece; `false`: this can be no UTF-8, whatever follows. */
  accept(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from;
    while (at < to) {
      const byte = bytes[at]!;
      if (this.#missing === 0) {
        if (byte < 0x80) {
          at++;
          while (at < to && bytes[at]! < 0x80) at++;
          continue;
        }
        if (!this.#begin(byte)) return false;
      } else {
        if (byte < this.#min || byte > this.#max) return false;
        this.#missing--;
        this.#min = 0x80;
        this.#max = 0xbf;
      }
      at++;
    }
    return true;
  }

  /** The first byte of a character of several: no longer forms than need be, no surrogates, nothing past U+10FFFF. */
  #begin(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#min = 0xa0;
    else if (byte === 0xed) this.#max = 0x9f;
    else if (byte === 0xf0) this.#min = 0x90;
    else if (byte === 0xf4) this.#max = 0x8f;
    return true;
  }
}
