/**
 * Splits a command that was written for `cmd.exe`, as browsers copy it on Windows. Two readers see such a line: first
 * `cmd.exe` takes carets away, then the C run-time splits what is left into arguments
 * (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";

/** Whether a command is written for `cmd.exe`: a caret before the first quote or at a line's end. */
export function isCmdStyle(text: string): boolean {
  const firstQuote = /'|\^?"/.exec(text)?.[0];
  return firstQuote === '^"' || (firstQuote !== "'" && /\^\r?\n/.test(text));
}

/**
 * The words of a command line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitCmdWords('curl ^"http://a/^" ^\r\n  --data ^"^{^\\^"a^\\^":1^}^"'), [
 *   "curl",
 *   "http://a/",
 *   "--data",
 *   '{"a":1}',
 * ]);
 * ```
 * @throws {UsageError} when a quotation is not closed
 */
export function splitCmdWords(text: string): readonly string[] {
  return splitArguments(withoutCarets(text));
}

/**
 * What `cmd.exe` passes on. Outside its quotes a caret makes the next character ordinary, and a caret at a line's end
 * joins the next line, whose first character is ordinary too. The command ends at an unescaped line end.
 */
function withoutCarets(text: string): string {
  const source = text.trimStart().replaceAll("\r\n", "\n");
  let passed = "";
  let isQuoted = false;
  for (let at = 0; at < source.length; at++) {
    let character = source[at]!;
    if (character === "\n") break;
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "^" && !isQuoted) {
      at += source[at + 1] === "\n" ? 2 : 1;
      character = source[at] ?? "";
    }
    passed += character;
  }
  return passed;
}

/**
 * Arguments of a C program: split at spaces and tabs outside quotes; 2n backslashes before a quote are n of them, and an
 * odd one makes the quote ordinary; two quotes inside a quotation are one.
 */
function splitArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length;) {
    const backslashes = /^\\*/.exec(line.slice(at, at + 1024))![0].length;
    const character = line[at + backslashes];
    if (backslashes > 0 && character === '"') {
      word = (word ?? "") + "\\".repeat(backslashes >> 1) + (backslashes % 2 === 1 ? '"' : "");
      at += backslashes + backslashes % 2;
    } else if (backslashes > 0) {
      word = (word ?? "") + "\\".repeat(backslashes);
      at += backslashes;
    } else if (character === '"') {
      const isDoubled = isQuoted && line[at + 1] === '"';
      word = (word ?? "") + (isDoubled ? '"' : "");
      if (!isDoubled) isQuoted = !isQuoted;
      at += isDoubled ? 2 : 1;
    } else if (!isQuoted && (character === " " || character === "\t")) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else {
      word = (word ?? "") + character;
      at++;
    }
  }
  if (isQuoted) throw new UsageError('Cannot read the command: a quotation that begins with " is not closed');
  if (word !== undefined) words.push(word);
  return words;
}
