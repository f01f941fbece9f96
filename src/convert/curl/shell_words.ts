/**
 * Splits pasted commands into words as a POSIX shell would, with bash's `$'…'` (POSIX.1-2017, 2.2 and 2.3; bash
 * manual, 3.1.2.4), and with the backtick that ends a line in PowerShell. Nothing is run or expanded: what a shell would have replaced stays as it is and is remarked on.
 * Commands written for `cmd.exe` are left to `cmd_words.ts`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { utf8Text } from "../../lib/utf8_text.ts";
import { cmdSignOf, splitCmdCommands, type SplitCommand } from "./cmd_words.ts";
import { quoted } from "../wording.ts";

/** Commands in words. */
export interface CommandList {
  /** In the order of the text; none is empty. */
  readonly commands: readonly SplitCommand[];
  /** What was left out or not expanded, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/**
 * Splits a text into commands by the rules of the shell that it looks to be written for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const wordsOf = (text: string) => splitCommands(text).commands.map(({ words }) => words);
 * assertEquals(wordsOf(`curl 'a b' \\\n -H "x: \\"1\\""`), [["curl", "a b", "-H", 'x: "1"']]);
 * assertEquals(wordsOf(`curl ^"a b^" ^\n -H ^"x: 1^%^2^"`), [["curl", "a b", "-H", "x: 1%2"]]);
 * assertEquals(wordsOf("curl a ; curl b"), [["curl", "a"], ["curl", "b"]]);
 * ```
 * @throws {UsageError} when a quotation is not closed or its bytes are no text
 */
export function splitCommands(text: string): CommandList {
  const sign = cmdSignOf(text);
  if (sign === undefined) return splitShellCommands(text);
  const remarks = sign === "doubled quotes"
    ? ['Read as cmd.exe reads it: "" within quotes is one quote']
    : [];
  return { commands: splitCmdCommands(text), remarks };
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
  operator: /&&|\|\||[|&;()]/y,
  plain: /[^\s'"\\|&;()<>$]+|[\s\S]/y,
} as const;

/**
 * Splits at unquoted white space, and into commands where a shell begins another one.
 * @throws {UsageError} when a quotation is not closed or its bytes are no text
 */
export function splitShellCommands(text: string): CommandList {
  const commands: SplitCommand[] = [];
  const remarks: string[] = [];
  const unexpanded = new Set<string>();
  let words: string[] = [];
  let word: string | undefined;
  let after = "";
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (separator: string) => {
    if (words.length > 0) commands.push({ words, after });
    // What follows an operator may stand in the next line.
    if (words.length > 0 || separator !== "\n") after = separator;
    words = [];
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
      if (kind === "operator" || kind === "newline") endCommand(match[0].replace("\r", ""));
    }
    at = end;
  }
  endWord();
  endCommand("");
  if (unexpanded.size > 0) {
    remarks.push(`Not expanded, kept as written: ${[...unexpanded].map(quoted).join(", ")}`);
  }
  return { commands, remarks };
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

/** Remembers what a shell would replace in a text; with `start`, only when it begins the text. */
function noteExpansions(text: string, found: Set<string>, start?: string): void {
  if (start !== undefined && start !== "$" && !start.includes("`")) return;
  const bare = text.replace(/\\[\s\S]/g, "");
  for (
    const [expansion] of bare.matchAll(/\$(?:[A-Za-z_]\w*|\{[^}]{0,1000}\}|\([^)]*\)?|[\d?@*#!$-])|`[^`]*`?/g)
  ) {
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
    if (bytes.length > 0) decoded += textOf(Uint8Array.from(bytes));
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

function textOf(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  if (text === undefined) {
    throw new UsageError("Cannot read the command: the escapes of a $'…' are not UTF-8 text");
  }
  return text;
}
