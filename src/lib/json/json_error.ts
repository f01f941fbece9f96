/**
 * What is wrong with a text that is not JSON or YAML, from what the engine says about it. The engine quotes a piece of the text,
 * which may be a secret's, and often gives no position.
 *
 * @module
 */

/** A mistake in a text. */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** Without any piece of the text but one character. */
  readonly reason: string;
}

/** V8 quotes so many characters on either side of the mistake. */
const QUOTED_CHARACTERS = 10;

/**
 * The mistake that `JSON.parse` threw for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = '{\n  "password": "abc",\n  "token": xyz\n}\n';
 * try {
 *   JSON.parse(text);
 * } catch (error) {
 *   assertEquals(jsonMistake(error, text), { line: 3, reason: "Unexpected token 'x'" });
 * }
 * ```
 */
export function jsonMistake(error: unknown, text: string): JsonMistake {
  const message = error instanceof Error ? error.message : String(error);
  const [, reason, before, piece, behind] =
    /^(.*?), (\.\.\.)?"([^]*)"(\.\.\.)? is not valid JSON$/.exec(message) ?? [];
  if (reason !== undefined && piece !== undefined) {
    const token = /'(.+)'$/s.exec(reason)?.[1] ?? "";
    const inPiece = before
      ? QUOTED_CHARACTERS
      : behind
      ? piece.length - QUOTED_CHARACTERS
      : piece.indexOf(token);
    return { line: lineAt(text, text.indexOf(piece) + inPiece), reason };
  }
  const line = Number(/\(line (\d+) column \d+\)$/.exec(message)?.[1] ?? lineAt(text, text.length));
  return { line, reason: message.replace(/ (?:in JSON )?at position .*$/s, "") };
}

function lineAt(text: string, end: number): number {
  return text.slice(0, end).split("\n").length;
}

/**
 * What the YAML parser says of a mistake, without the piece of the text that it quotes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(yamlReason("Not a YAML token: hunter2"), "Not a YAML token");
 * assertEquals(yamlReason("Missing , or : between flow map items"), "Missing , or : between flow map items");
 * ```
 */
export function yamlReason(message: string): string {
  if (message.startsWith("Unresolved tag")) return "Unresolved tag: quote text that begins with !";
  if (message.startsWith("Source contains multiple documents")) {
    return "Found a second document, expected one";
  }
  return message.replace(/: (?!between )[^]*$/, "");
}
