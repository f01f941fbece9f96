/**
 * Heads of requests that differ in a few texts: what is the same in all is bytes already, and the texts are written
 * between them.
 *
 * @module
 */

/** A head in pieces: bytes, a text, bytes, and so on; bytes come last. */
export interface HeadPieces {
  readonly bytes: readonly Uint8Array[];
  /** Which text follows each of them but the last. */
  readonly texts: readonly number[];
  /** Length of all bytes. */
  readonly length: number;
}

const encoder = new TextEncoder();

/** Takes a head apart at its marks, which stand in it once or more. */
export function headPieces(head: string, marks: readonly (string | undefined)[]): HeadPieces {
  let rest: readonly (string | number)[] = [head];
  marks.forEach((mark, index) => {
    if (mark === undefined) return;
    rest = rest.flatMap((part) =>
      typeof part === "number"
        ? part
        : part.split(mark).flatMap((piece, i) => i === 0 ? [piece] : [index, piece])
    );
  });
  const bytes = rest.filter((part) => typeof part === "string").map((part) => encoder.encode(part));
  return {
    bytes,
    texts: rest.filter((part) => typeof part === "number"),
    length: bytes.reduce((sum, piece) => sum + piece.length, 0),
  };
}

/** How many bytes a head with these texts takes at most. */
export function maxHeadBytes(pieces: HeadPieces, texts: readonly string[]): number {
  let units = 0;
  for (const index of pieces.texts) units += texts[index]!.length;
  // A UTF-16 unit takes at most three bytes.
  return pieces.length + units * 3;
}

/** Writes a head to the start of a buffer with room for it; gives its length. */
export function writeHead(pieces: HeadPieces, texts: readonly string[], buffer: Uint8Array): number {
  let at = 0;
  for (let i = 0; i < pieces.bytes.length; i++) {
    const piece = pieces.bytes[i]!;
    buffer.set(piece, at);
    at += piece.length;
    if (i < pieces.texts.length) at = writeText(texts[pieces.texts[i]!]!, buffer, at);
  }
  return at;
}

function writeText(text: string, buffer: Uint8Array, start: number): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return at + encoder.encodeInto(text.slice(i), buffer.subarray(at)).written;
    buffer[at++] = unit;
  }
  return at;
}
