/**
 * Splits commands that were written for `cmd.exe`, as browsers copy it on Windows. Two readers see such a line: first
 * `cmd.exe` takes carets away, then the C run-time splits what is left into arguments
 * (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";

/** A command in words. */
export interface SplitCommand {
  readonly words: readonly string[];
  /** What separates it from the one before: `;`, `&&`, `|`, a line's end; empty for the first. */
  readonly after: string;
}

/** A word in plain quotes whose characters have the carets that only a word outside of quotes needs. */
const CARETS_IN_QUOTES = /(?<=^|[ \t])"((?:\^%\^(?=\w)|\^[^\w\s]|[\w\-:=+~'/.,?;()*`& \t])*)"(?=\s|$)/g;

/** A word in plain quotes without any within, unless a caret stands before it. */
const IN_QUOTES = /(?<=^|[ \t])"((?:\^[\s\S]|[^"^])*)"(?=\s|$)/g;

/** A word in which each quote is doubled; shells of other systems replace `$` and backticks in such a word. */
const DOUBLED_QUOTES = /(?<=^|\s)"((?:[^"\\$`]|\\[^"]|"")*)"(?=\s|$)/g;

/** What shows that a command is written for `cmd.exe`. */
export type CmdSign = "carets" | "doubled quotes";

/** Tells a command for `cmd.exe` by its carets, or by the doubled quotes within its quotes; `undefined`: it is none. */
export function cmdSignOf(text: string): CmdSign | undefined {
  const firstQuote = /'|\^?"/.exec(text)?.[0];
  if (firstQuote === '^"') return "carets";
  if (firstQuote === "'") return undefined;
  if (/\^\r?\n/.test(text) || hasCaretsInQuotes(text)) return "carets";
  const isDoubled = !/\\\r?\n/.test(text) &&
    text.matchAll(DOUBLED_QUOTES).some(([, inside = ""]) => inside.includes('""'));
  return isDoubled ? "doubled quotes" : undefined;
}

/** Whether words in plain quotes have carets, and none lacks one where those need it. */
function hasCaretsInQuotes(text: string): boolean {
  return text.matchAll(CARETS_IN_QUOTES).some(([, inside = ""]) => inside.includes("^")) &&
    !text.matchAll(IN_QUOTES).some(([, inside = ""]) =>
      /[^\w\s\-:=+~'/.,?;()*`&]/.test(inside.replace(/\^[\s\S]/g, ""))
    );
}

/**
 * The commands of a text, in words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitCmdCommands('curl ^"http://a/^" ^\r\n  --data ^"^{^\\^"a^\\^":1^}^" & cls'), [
 *   { words: ["curl", "http://a/", "--data", '{"a":1}'], after: "" },
 *   { words: ["cls"], after: "&" },
 * ]);
 * ```
 * @throws {UsageError} when a quotation is not closed
 */
export function splitCmdCommands(text: string): readonly SplitCommand[] {
  return passedOn(withCaretsOutside(text)).map(({ line, after }) => ({ words: splitArguments(line), after }))
    .filter(({ words }) => words.length > 0);
}

/**
 * Chrome before 2024 put plain quotes around words whose characters it had escaped for outside of quotes, so that
 * `cmd.exe` kept the carets. With carets before the outer quotes too, as later versions write them, the command is what
 * was meant.
 */
function withCaretsOutside(text: string): string {
  if (!hasCaretsInQuotes(text)) return text;
  const escaped = (inside: string) => inside.replace(/\^[\s\S]|&/g, (piece) => piece === "&" ? "^&" : piece);
  return text.replace(
    CARETS_IN_QUOTES,
    (word, inside: string) => inside.includes("^") ? `^"${escaped(inside)}^"` : word,
  );
}

/** A command as `cmd.exe` passes it on, and what stood before it. */
interface PassedLine {
  readonly line: string;
  readonly after: string;
}

/**
 * What `cmd.exe` passes on. Outside its quotes a caret makes the next character ordinary, and a caret at a line's end
 * joins the next line, whose first character is ordinary too. A command ends at an unescaped line end, `&` or `|`.
 */
function passedOn(text: string): readonly PassedLine[] {
  const source = text.trimStart().replaceAll("\r\n", "\n");
  const lines: PassedLine[] = [];
  let line = "";
  let after = "";
  let isQuoted = false;
  for (let at = 0; at < source.length; at++) {
    let character = source[at]!;
    const end = character === "\n"
      ? "\n"
      : isQuoted
      ? undefined
      : /^(?:&&?|\|\|?)/.exec(source.slice(at, at + 2))?.[0];
    if (end !== undefined) {
      lines.push({ line, after });
      line = "";
      after = end;
      isQuoted = false;
      at += end.length - 1;
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "^" && !isQuoted) {
      at += source[at + 1] === "\n" ? 2 : 1;
      character = source[at] ?? "";
    }
    line += character;
  }
  return [...lines, { line, after }];
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
