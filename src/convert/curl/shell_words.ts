/**
 * Splits a pasted command into words as a POSIX shell would, with bash's `$'…'` (POSIX.1-2017, 2.2 and 2.3; bash
 * manual, 3.1.2.4), and with the backtick that ends a line in PowerShell. Nothing is run or expanded: what a shell would have replaced stays as it is and is remarked on.
 * Commands written for `cmd.exe` are left to `cmd_words.ts`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { isCmdStyle, splitCmdWords } from "./cmd_words.ts";
import { quoted } from "../wording.ts";

/** A command in words. */
export interface CommandWords {
  readonly words: readonly string[];
  /** What was left out or not expanded, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/**
 * Splits a command by the rules of the shell that it looks to be written for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitCommand(`curl 'a b' \\\n -H "x: \\"1\\""`).words, ["curl", "a b", "-H", 'x: "1"']);
 * assertEquals(splitCommand(`curl ^"a b^" ^\n -H ^"x: 1^%^2^"`).words, ["curl", "a b", "-H", "x: 1%2"]);
 * ```
 * @throws {UsageError} when a quotation is not closed or its bytes are no text
 */
export function splitCommand(text: string): CommandWords {
  return isCmdStyle(text) ? { words: splitCmdWords(text), remarks: [] } : splitShellWords(text);
}

/** What can stand at one place of a command, first match first. Each pattern is tried at one position only. */
const PIECES = {
  single: /'([^']*)'/y,
  ansi: /\$'([^\\']*(?:\\[\s\S][^\\']*)*)'/y,
  double: /\$?"([^\\"]*(?:\\[\s\S][^\\"]*)*)"/y,
  unclosed: /\$?['"]/y,
  /** A line that goes on; PowerShell writes a backtick. */
  continuation: /[\\`]\r?\n/y,
  escape: /\\([\s\S]|$)/y,
  newline: /\r?\n/y,
  space: /[^\S\n]+/y,
  comment: /#[^\n]*/y,
  redirection: /\d?(?:&>>?|>>?[|&]?|<{1,3}&?)[^\S\n]*[^\s|&;<>]*/y,
  operator: /[|&;()]/y,
  plain: /[^\s'"\\|&;()<>$]+|[\s\S]/y,
} as const;

/**
 * Splits at unquoted white space, up to the end of the command.
 * @throws {UsageError} when a quotation is not closed or its bytes are no text
 */
export function splitShellWords(text: string): CommandWords {
  const words: string[] = [];
  const remarks: string[] = [];
  const unexpanded = new Set<string>();
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length;) {
    const { kind, match, end } = pieceAt(text, at, word === undefined);
    const content = match[1] ?? "";
    if (kind === "unclosed") {
      throw new UsageError(`Cannot read the command: a quotation that begins with ${match[0]} is not closed`);
    } else if (kind === "single") word = (word ?? "") + content;
    else if (kind === "ansi") word = (word ?? "") + decodeAnsi(content);
    else if (kind === "double") {
      noteExpansions(content, unexpanded);
      word = (word ?? "") + content.replace(/\\(\r?\n|[$`"\\])/g, (_, escaped) => escaped.trimEnd());
    } else if (kind === "continuation") {
      // Nothing: the two lines are one.
    } else if (kind === "escape") word = (word ?? "") + content;
    else if (kind === "plain") {
      noteExpansions(text.slice(at, at + 40).split(/\s/, 1)[0] ?? "", unexpanded, match[0]);
      word = (word ?? "") + match[0];
    } else {
      endWord();
      if (kind === "redirection") remarks.push(`Redirection left out: ${quoted(match[0])}`);
      if (kind === "operator" || (kind === "newline" && words.length > 0)) {
        if (text.slice(end).trim() !== "") remarks.push(leftOut(match[0]));
        break;
      }
    }
    at = end;
  }
  endWord();
  if (unexpanded.size > 0) {
    remarks.push(`Not expanded, kept as written: ${[...unexpanded].map(quoted).join(", ")}`);
  }
  return { words, remarks };
}

interface Piece {
  readonly kind: keyof typeof PIECES;
  readonly match: RegExpExecArray;
  readonly end: number;
}

function pieceAt(text: string, at: number, startsWord: boolean): Piece {
  for (const [kind, pattern] of Object.entries(PIECES) as [keyof typeof PIECES, RegExp][]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    // Inside a word, a digit is not the number of a stream, and a # begins no comment.
    if (!startsWord && (kind === "comment" || (kind === "redirection" && /^\d/.test(match[0])))) continue;
    return { kind, match, end: pattern.lastIndex };
  }
  throw new RangeError(`No piece at ${at}`);
}

function leftOut(separator: string): string {
  if (separator.endsWith("\n")) {
    return "Only the first line is read: a command goes on in the next line after a \\ at the end";
  }
  const hint = separator === "&" ? "; a URL with & must be quoted" : "";
  return `What follows ${quoted(separator)} is left out, as a shell takes it for another command${hint}`;
}

/** Remembers what a shell would replace in a text; with `start`, only when it begins the text. */
function noteExpansions(text: string, found: Set<string>, start?: string): void {
  if (start !== undefined && start !== "$" && !start.includes("`")) return;
  const bare = text.replace(/\\[\s\S]/g, "");
  for (const [expansion] of bare.matchAll(/\$(?:[A-Za-z_]\w*|\{[^}]*\}|\([^)]*\)?|[\d?@*#!$-])|`[^`]*`?/g)) {
    found.add(expansion);
    if (start !== undefined) return;
  }
}

const ANSI_ESCAPE =
  /\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([0-7]{1,3})|c([\s\S])|([\s\S]))|[^\\]+/g;

const ANSI_LETTERS: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["e", "\x1b"],
  ["E", "\x1b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["'", "'"],
  ['"', '"'],
  ["\\", "\\"],
  ["?", "?"],
]);

/** The text between `$'` and `'`. `\x` and octal escapes are bytes, which must be UTF-8 together. */
function decodeAnsi(text: string): string {
  let decoded = "";
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) decoded += decodeBytes(bytes);
    bytes = [];
  };
  for (const [whole, hex, unit, long, octal, control, letter] of text.matchAll(ANSI_ESCAPE)) {
    if (hex !== undefined || octal !== undefined) {
      bytes.push(hex === undefined ? parseInt(octal!, 8) & 255 : parseInt(hex, 16));
      continue;
    }
    flush();
    const code = unit ?? long;
    // Browsers write what is beyond U+FFFF as two \u escapes, which join to a pair here.
    if (code !== undefined) decoded += characterOf(parseInt(code, 16));
    else if (control !== undefined) decoded += String.fromCharCode(control.charCodeAt(0) & 31);
    else decoded += letter === undefined ? whole : ANSI_LETTERS.get(letter) ?? whole;
  }
  flush();
  return decoded;
}

function characterOf(code: number): string {
  if (code > 0x10ffff) throw new UsageError("Cannot read the command: an escape names no Unicode character");
  return String.fromCodePoint(code);
}

function decodeBytes(bytes: readonly number[]): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    throw new UsageError("Cannot read the command: the escapes of a $'…' are not UTF-8 text");
  }
}
