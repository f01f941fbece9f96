/**
 * Messages that are the same but in a few places: encoded once, and put together from their pieces for each request. Parts
 * that hold such a place have their lengths written anew.
 *
 * @module
 */
import { MessageWriter } from "./message_writer.ts";

/** Stands in a message where a value is put in for each request. */
export class Hole<Source> {
  readonly #read: (source: Source) => unknown;

  constructor(read: (source: Source) => unknown) {
    this.#read = read;
  }

  /** The value of one request. */
  valueFor(source: Source): unknown {
    return this.#read(source);
  }
}

/** Writes what a place holds, its tag included; nothing where the value is as good as absent. */
export type WriteHole = (writer: MessageWriter, value: unknown) => void;

/** Whether there is a place within a value. */
export function hasHole(value: unknown): boolean {
  if (value instanceof Hole) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasHole);
}

/** A piece: bytes, a part's beginning or end, or a place. */
type Piece<Source> =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "open" | "close" }
  | { readonly kind: "hole"; readonly hole: Hole<Source>; readonly write: WriteHole };

/** Something between the bytes of a message, behind so many of them. */
interface Mark<Source> {
  readonly at: number;
  readonly piece: Piece<Source>;
}

/** Writes a message once, and remembers where its places are. */
export class FormWriter<Source> extends MessageWriter {
  readonly #marks: Mark<Source>[] = [];
  readonly #parts: { readonly at: number; isVarying: boolean }[] = [];

  override open(): number {
    const at = super.open();
    this.#parts.push({ at, isVarying: false });
    return at;
  }

  override close(at: number): void {
    if (!this.#parts.pop()!.isVarying) return super.close(at);
    this.#marks.push({ at: this.length, piece: { kind: "close" } });
  }

  /** There is a place here: the parts that it lies in vary. */
  note(hole: Hole<Source>, write: WriteHole): void {
    for (const part of this.#parts) {
      if (!part.isVarying) this.#marks.push({ at: part.at, piece: { kind: "open" } });
      part.isVarying = true;
    }
    this.#marks.push({ at: this.length, piece: { kind: "hole", hole, write } });
  }

  /** What was written, in pieces. */
  form(): MessageForm<Source> {
    const bytes = this.written().slice();
    const pieces: Piece<Source>[] = [];
    let from = 0;
    for (const { at, piece } of [...this.#marks, { at: bytes.length, piece: null }]) {
      if (at > from) pieces.push({ kind: "bytes", bytes: bytes.subarray(from, at) });
      if (piece !== null) pieces.push(piece);
      // The room that was left for a length.
      from = piece?.kind === "open" ? at + 1 : at;
    }
    return new MessageForm(pieces);
  }
}

/** A message in pieces. */
export class MessageForm<Source> {
  readonly #pieces: readonly Piece<Source>[];
  /** Where the parts begin that are being written. */
  readonly #open: number[] = [];

  constructor(pieces: readonly Piece<Source>[]) {
    this.#pieces = pieces;
  }

  /** Writes the message of one request. @throws {MessageError} when a value does not fit its place */
  write(writer: MessageWriter, source: Source): void {
    const pieces = this.#pieces;
    const open = this.#open;
    open.length = 0;
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i]!;
      if (piece.kind === "bytes") writer.copy(piece.bytes);
      else if (piece.kind === "hole") piece.write(writer, piece.hole.valueFor(source));
      else if (piece.kind === "open") open.push(writer.open());
      else writer.close(open.pop()!);
    }
  }
}
