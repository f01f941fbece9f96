/**
 * The URLs of a curl command: with a scheme where it has none, and each `{a,b}` and `[1-3]` in it as several URLs.
 * Source: curl's manual page, "GLOBBING".
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { hasControl, isHostName } from "../header_rules.ts";
import { quoted } from "../wording.ts";

/** URLs that one command may stand for. */
const MAX_URLS = 1000;

/** How URLs are read. */
export interface CurlUrlOptions {
  /** `{…}` and `[…]` stand for several texts. */
  readonly expands: boolean;
  /** Of URLs without one; absent: `http`. */
  readonly scheme: string | undefined;
}

/**
 * Parses the URLs of a command; what is not quite as in it is remarked on, safe to print.
 * @throws {UsageError} when there is none, or one is no http or https URL
 */
export function curlUrls(
  given: readonly string[],
  { expands, scheme }: CurlUrlOptions,
): { readonly urls: readonly URL[]; readonly remarks: readonly string[] } {
  if (given.length === 0) throw new UsageError("Cannot import the command: it has no URL");
  const remarks: string[] = [];
  const texts = given.flatMap((text) => {
    if (hasControl(text)) throw new UsageError("Cannot import the command: its URL holds control characters");
    if (!expands) return [text];
    const expanded = expandGlobs(text.trim());
    if (expanded !== undefined) return expanded;
    remarks.push(`Kept as written, although curl refuses its brackets: ${quotedUrl(text)}`);
    return [text];
  });
  if (texts.length > MAX_URLS) throw new UsageError(tooMany());
  return { urls: texts.map((text) => parsedUrl(text.trim(), scheme ?? "http")), remarks };
}

function parsedUrl(text: string, defaultScheme: string): URL {
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (!/^https?$/.test(scheme ?? defaultScheme)) {
    throw new UsageError(
      `Cannot import the command: expected an http or https URL, found ${
        quoted(`${scheme ?? defaultScheme}:`)
      }`,
    );
  }
  const url = URL.parse(scheme === undefined ? `${defaultScheme}://${text}` : text);
  if (url === null || !isHostName(url.hostname)) {
    throw new UsageError(`Cannot import the command: ${quotedUrl(text)} is not a URL`);
  }
  return url;
}

/** A URL for a message: without user info and query, which may hold secrets. */
function quotedUrl(text: string): string {
  return quoted(text.replace(/[?#].*$/s, "?…").replace(/^([a-z]+:\/\/)?[^/]*@/i, "$1***@"));
}

/** An escaped bracket, a set, a range, an IPv6 address or empty brackets, or any other character. */
const PIECE =
  /\\([[\]{}])|\{([^{}[\]]*)\}|\[([a-z]-[a-z]|\d+-\d+)(?::(\d+))?\]|(\[(?=[\da-f.]*:)[\da-f:.]*(?:%\w+)?\]|\[\])|([^\\[\]{}]+|[\s\S])/giy;

/** All texts that a text with `{…}` and `[…]` stands for; `undefined` when curl cannot read it. */
function expandGlobs(text: string): readonly string[] | undefined {
  let texts: readonly string[] = [""];
  for (const [, escaped, set, range, step, literal, other] of text.matchAll(PIECE)) {
    if (other !== undefined && /[[\]{}]/.test(other)) return undefined;
    const choices = set !== undefined
      ? set.split(",")
      : range !== undefined
      ? rangeOf(range, Number(step ?? 1))
      : [escaped ?? literal ?? other!];
    if (choices === undefined) return undefined;
    if (texts.length * choices.length > MAX_URLS) throw new UsageError(tooMany());
    texts = texts.flatMap((before) => choices.map((choice) => before + choice));
  }
  return texts;
}

/** `1-3`, `001-100` with leading zeros kept, `a-z`; `undefined` when it runs backwards. */
function rangeOf(range: string, step: number): readonly string[] | undefined {
  const [from = "", to = ""] = range.split("-");
  const isNumber = /^\d/.test(from);
  const [first, last] = isNumber ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  if (first! > last! || step < 1) return undefined;
  const count = Math.floor((last! - first!) / step) + 1;
  if (count > MAX_URLS) throw new UsageError(tooMany());
  const width = /^0\d/.test(from) ? from.length : 0;
  return Array.from({ length: count }, (_, index) => {
    const value = first! + index * step;
    return isNumber ? String(value).padStart(width, "0") : String.fromCharCode(value);
  });
}

function tooMany(): string {
  return `Cannot import the command: it stands for more than ${MAX_URLS} URLs; -g keeps brackets as they are`;
}
