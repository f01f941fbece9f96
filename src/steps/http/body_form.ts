/**
 * Bodies of steps taken apart into what is filled in and what is not.
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import { utf8Text } from "../../lib/utf8_text.ts";
import type { Body, BodyPiece } from "../../plan/http_step.ts";
import { joinParts, type Parts, renderParts } from "../../template/template.ts";
import { encodeInForm, type TextBinder } from "./text_binder.ts";

/** A body that is text, or one that holds other bytes between its texts. */
export type FormBody =
  | { readonly kind: "text"; readonly parts: Parts }
  | { readonly kind: "pieces"; readonly pieces: readonly (Parts | Uint8Array)[] };

const encoder = new TextEncoder();

/** Takes a body apart; `null` when it is the same every time and the step has it. */
export function bindBody(body: Body, binder: TextBinder): FormBody | null {
  switch (body.kind) {
    case "text":
      return { kind: "text", parts: body.isJson ? binder.bindJson(body.text) : binder.bindText(body.text) };
    case "pieces": {
      const pieces = body.pieces.map((piece) =>
        piece.kind === "text" ? bindPiece(piece, binder) : textOrBytes(piece)
      );
      return pieces.every(isParts) ? { kind: "text", parts: joinParts(pieces) } : { kind: "pieces", pieces };
    }
    case "base64":
    case "file":
      return null;
  }
}

function bindPiece({ text, isForm }: Extract<BodyPiece, { kind: "text" }>, binder: TextBinder): Parts {
  return isForm ? binder.bindForm(text) : binder.bindText(text);
}

/** Files of text join the texts around them. */
function textOrBytes({ base64 }: Extract<BodyPiece, { kind: "base64" }>): Parts | Uint8Array {
  const bytes = Uint8Array.fromBase64(base64);
  const text = utf8Text(bytes);
  return text === undefined ? bytes : [text];
}

function isParts(piece: Parts | Uint8Array): piece is Parts {
  return !(piece instanceof Uint8Array);
}

/** The bytes of a body in pieces with values in it. */
export function joinPieces(pieces: readonly (Parts | Uint8Array)[], values: readonly string[]): Uint8Array {
  return concat(
    pieces.map((piece) => isParts(piece) ? encoder.encode(renderParts(piece, values)) : piece),
  );
}

/** The bytes of a body without placeholders; `null` without one or when a file holds them. */
export function bytesOf(body: Body | undefined): Uint8Array | null {
  switch (body?.kind) {
    case "text":
      return encoder.encode(body.text);
    case "base64":
      return Uint8Array.fromBase64(body.base64);
    case "pieces":
      return concat(
        body.pieces.map((piece) =>
          piece.kind === "base64"
            ? Uint8Array.fromBase64(piece.base64)
            : encoder.encode(piece.isForm ? encodeInForm(piece.text) : piece.text)
        ),
      );
    default:
      return null;
  }
}
