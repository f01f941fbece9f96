/**
 * Reads the words of a curl command: which options are given, with which values. What request they make is left to
 * `curl_request.ts`. Source: curl's manual page.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { suggest } from "../../lib/suggest.ts";
import { allLongOptions, longName, takesValue } from "./options.ts";
import { quoted } from "../wording.ts";

/** A part of the request's data, in the order given. */
export type CurlData =
  | { readonly kind: "text"; readonly text: string; readonly isJson: boolean }
  | { readonly kind: "file"; readonly path: string; readonly isBinary: boolean; readonly isJson: boolean }
  | { readonly kind: "encoded"; readonly name: string; readonly text: string }
  | { readonly kind: "encodedFile"; readonly name: string; readonly path: string };

/** A field of a multipart form as written: `name=value`, `name=@file;type=text/plain`, `name=<file`. */
export interface CurlField {
  readonly text: string;
  /** `--form-string`: the value is taken as it is. */
  readonly isLiteral: boolean;
}

/** A curl command, read. */
export interface CurlCommand {
  readonly urls: readonly string[];
  /** Values of options that count once, by long name; the last one wins. */
  readonly last: ReadonlyMap<string, string>;
  /** Switches given, by long name. */
  readonly switches: ReadonlySet<string>;
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  readonly data: readonly CurlData[];
  readonly fields: readonly CurlField[];
  readonly urlQuery: readonly string[];
  /** Options that a scenario has no use for, as written, without their values. */
  readonly ignored: readonly string[];
}

/** Options with a value that say something about the request; the last one given counts. */
const SINGLE = new Set(["request", "user", "user-agent", "referer", "oauth2-bearer", "range", "upload-file"]);
/** Switches that say something about the request. */
const REQUEST_SWITCHES = new Set([
  "get",
  "head",
  "compressed",
  "globoff",
  "insecure",
  "location",
  "location-trusted",
]);
/** Options without which the rest of the command is another request. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["next", "a scenario of one step holds one request; import the parts one by one"],
  ["config", "options in a file are not read; write them into the command"],
  ["variable", "variables of curl are not supported; write the values into the command"],
]);

/**
 * Reads a command in words; the first one is `curl` itself, after a prompt sign perhaps.
 * @throws {UsageError} when it is another command, or for each option that is unknown, refused or lacks its value
 */
export function readCurlWords(words: readonly string[]): CurlCommand {
  const args = words.slice(words[0] === "$" || words[0] === "%" || words[0] === ">" ? 1 : 0);
  if (args.length === 0) throw new UsageError("Cannot read the command: it is empty");
  if (!isCurl(args[0]!)) {
    throw new UsageError(
      `Cannot read the command: expected it to begin with curl, found ${quoted(args[0]!)}`,
    );
  }
  const found = {
    urls: [] as string[],
    last: new Map<string, string>(),
    switches: new Set<string>(),
    headers: [] as string[],
    cookies: [] as string[],
    data: [] as CurlData[],
    fields: [] as CurlField[],
    urlQuery: [] as string[],
    ignored: [] as string[],
  };
  const problems: string[] = [];
  const take = ({ name, flag, value }: GivenOption) => {
    const refusal = REFUSED.get(name);
    if (refusal !== undefined) problems.push(`Cannot import curl's ${flag}: ${refusal}`);
    else if (value === undefined) {
      if (REQUEST_SWITCHES.has(name)) found.switches.add(name);
      else if (name.startsWith("no-") && REQUEST_SWITCHES.has(name.slice(3))) {
        found.switches.delete(name.slice(3));
      } else if (!found.ignored.includes(flag)) found.ignored.push(flag);
    } else if (name === "url") found.urls.push(value);
    else if (name === "header") found.headers.push(value);
    else if (name === "cookie") found.cookies.push(value);
    else if (name === "form") found.fields.push({ text: value, isLiteral: false });
    else if (name === "form-string") found.fields.push({ text: value, isLiteral: true });
    else if (name === "url-query") found.urlQuery.push(value);
    else if (name === "json" || name.startsWith("data")) found.data.push(dataOf(name, value));
    else if (SINGLE.has(name)) found.last.set(name, value);
    else if (!found.ignored.includes(flag)) found.ignored.push(flag);
  };

  let onlyUrls = false;
  for (let at = 1; at < args.length; at++) {
    const word = args[at]!;
    if (onlyUrls || !word.startsWith("-") || word === "-") found.urls.push(word);
    else if (word === "--") onlyUrls = true;
    else {
      const next = args[at + 1];
      const { options, usedNext, problem } = word.startsWith("--")
        ? readLong(word, next)
        : readShort(word, next);
      options.forEach(take);
      if (problem !== undefined) problems.push(problem);
      if (usedNext) at++;
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return found;
}

/** Whether a word calls curl: by name, by path, or as a Windows program. */
export function isCurl(word: string): boolean {
  return /(?:^|[/\\])curl(?:\.exe)?$/i.test(word);
}

interface GivenOption {
  /** Long name without dashes. */
  readonly name: string;
  /** As written. */
  readonly flag: string;
  /** Absent for a switch. */
  readonly value?: string;
}

interface ReadOptions {
  readonly options: readonly GivenOption[];
  readonly usedNext: boolean;
  readonly problem?: string;
}

function readLong(word: string, next: string | undefined): ReadOptions {
  const name = word.slice(2);
  const hasValue = takesValue(name);
  if (hasValue === undefined) return { options: [], usedNext: false, problem: unknown(word) };
  if (!hasValue) return { options: [{ name, flag: word }], usedNext: false };
  if (next === undefined) {
    return { options: [], usedNext: false, problem: `Cannot read curl's ${word}: it has no value` };
  }
  return { options: [{ name, flag: word, value: next }], usedNext: true };
}

/** One dash and letters: switches, and perhaps one option whose value is the rest or the next word. */
function readShort(word: string, next: string | undefined): ReadOptions {
  const options: GivenOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const flag = `-${word[at]}`;
    const name = longName(word[at]!);
    if (name === undefined) return { options, usedNext: false, problem: unknown(flag) };
    if (!takesValue(name)) {
      options.push({ name, flag });
      continue;
    }
    const rest = word.slice(at + 1);
    const value = rest === "" ? next : rest;
    if (value === undefined) {
      return { options, usedNext: false, problem: `Cannot read curl's ${flag}: it has no value` };
    }
    return { options: [...options, { name, flag, value }], usedNext: rest === "" };
  }
  return { options, usedNext: false };
}

function unknown(flag: string): string {
  const near = suggest(flag, allLongOptions());
  return `Unknown curl option ${quoted(flag)}${near === undefined ? "" : `: did you mean ${near}?`}`;
}

/** `--data` and its kin. Files are named by `@`; in `--data-urlencode` after a field name too. */
function dataOf(name: string, value: string): CurlData {
  if (name === "data-urlencode") {
    const [, field = "", mark, rest = ""] = /^([^=@]*)([=@])([\s\S]*)$/.exec(value) ?? [];
    if (mark === undefined) return { kind: "encoded", name: "", text: value };
    return mark === "="
      ? { kind: "encoded", name: field, text: rest }
      : { kind: "encodedFile", name: field, path: rest };
  }
  const isJson = name === "json";
  if (name === "data-raw" || !value.startsWith("@")) return { kind: "text", text: value, isJson };
  return { kind: "file", path: value.slice(1), isBinary: isJson || name === "data-binary", isJson };
}
