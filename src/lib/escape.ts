/**
 * Makes text from servers, files and the command line safe for where it is shown: a terminal, HTML, XML, Markdown, a CSV
 * cell. Each function is for one place; none is for attributes of scripts or style.
 *
 * @module
 */

/**
 * Text that can be printed on one line of a terminal, or of the log of a CI system: control characters (C0, DEL, C1),
 * line separators, lone surrogates and invisible format characters such as bidirectional overrides become visible
 * escapes, and so do the beginnings of the commands that CI systems look for in logs. The two joiners that scripts and
 * emoji need (U+200C, U+200D) stay.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapeTerminal("a\u001b[2Jb\n"), "a\\x1b[2Jb\\n");
 * assertEquals(escapeTerminal("grün \u202e"), "grün \\u202e");
 * assertEquals(escapeTerminal("::error::no ##[error]no"), "\\x3a:error::no \\x23#[error]no");
 * ```
 */
export function escapeTerminal(text: string): string {
  return text.replace(UNSAFE, visible).replace(CI_COMMAND, visible);
}

/** What moves a cursor, ends a line, or shows text in another order or not at all. */
const UNSAFE = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]--[\u200c\u200d]]/gv;
/** The first character of `::error::` where a word begins, of `##[error]`, `##vso[` and `##teamcity[` anywhere. */
const CI_COMMAND = /(?<!\S):(?=:[a-z][\w-]*(?:\s|::|$))|#(?=#[a-z]*\[)/gi;

/**
 * JSON that can be printed as it is: the same characters are escapes of its strings, so that it says the same.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = escapeJson(JSON.stringify({ a: "\u009b\u202e ##[x]" }));
 * assertEquals(text, '{"a":"\\u009b\\u202e \\u0023#[x]"}');
 * ```
 */
export function escapeJson(json: string): string {
  return json
    .replace(/[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\u200c\u200d]]/gv, unicodeEscapes)
    .replace(/#(?=#[a-z]*\[)/gi, unicodeEscapes);
}

function unicodeEscapes(text: string): string {
  let escapes = "";
  for (let i = 0; i < text.length; i++) escapes += `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return escapes;
}

/**
 * Text for HTML, between tags or in a quoted attribute.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapeHtml(`<a href="x">'&'`), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
 * ```
 */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/**
 * Text for XML 1.0, between tags or in a quoted attribute: control characters become visible escapes, and the few
 * characters that no XML document may hold (section 2.2) become U+FFFD.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapeXml("a < b\u0000\uffff"), "a &lt; b\\x00\ufffd");
 * ```
 */
export function escapeXml(text: string): string {
  return escapeHtml(escapeTerminal(text)).replace(/[\ufffe\uffff]/g, "\ufffd");
}

/**
 * Text for one line of Markdown, such as a table cell: no markup, no HTML, no line break.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapeMarkdown("a|b *c*\n<img>"), "a\\|b \\*c\\* \\<img\\>");
 * ```
 */
export function escapeMarkdown(text: string): string {
  return escapeTerminal(text.replace(/\s+/g, " ")).replace(/[\\`*_{}[\]<>()#!|~&$]/g, "\\$&");
}

/**
 * Text for a CSV cell that no spreadsheet takes for a formula: a cell that would start one gets an apostrophe in
 * front. Plain numbers stay. Quoting is the CSV writer's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapeCsvCell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
 * assertEquals(escapeCsvCell("-1.5"), "-1.5");
 * ```
 */
export function escapeCsvCell(text: string): string {
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return text;
  return /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

function visible(character: string): string {
  const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  return short[character] ?? (code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`);
}
