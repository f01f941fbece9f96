/**
 * Reads the words of a curl command: which options are given, with which values. What request they make is left to
 * `request.ts`. Source: curl's manual page.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { suggest } from "../../lib/suggest.ts";
import { HONOURED, REFUSED } from "./option_fates.ts";
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

/** What a curl command says about its requests, up to `--next`. */
export interface CurlCommand {
  readonly urls: readonly string[];
  /** Values of options that count once, by long name; the last one wins. */
  readonly last: ReadonlyMap<string, string>;
  /** Switches given, by long name. */
  readonly switches: ReadonlySet<string>;
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  /** Files that cookies are written to. */
  readonly jars: readonly string[];
  readonly data: readonly CurlData[];
  readonly fields: readonly CurlField[];
  readonly urlQuery: readonly string[];
  /** Options that are no part of a request, as written, without their values. */
  readonly ignored: readonly string[];
}

/** Options with a value of which the last one given counts. */
const SINGLE = new Set([
  ...["request", "user", "user-agent", "referer", "oauth2-bearer", "range", "continue-at", "upload-file"],
  "proto-default",
]);

/**
 * Reads a command in words; the first one is `curl` itself. `--next` begins another part.
 * @throws {UsageError} when it is another command, or for each option that is unknown, refused or lacks its value
 */
export function readCurlWords(args: readonly string[]): readonly CurlCommand[] {
  if (args.length === 0) throw new UsageError("Cannot read the command: it is empty");
  if (!isCurl(args[0]!)) {
    throw new UsageError(
      `Cannot read the command: expected it to begin with curl, found ${quoted(args[0]!)}`,
    );
  }
  const problems: string[] = [];
  const parts = [newPart()];
  const take = ({ name, flag, value }: GivenOption) => {
    if (name === "next") parts.push(newPart());
    else takeOption(parts.at(-1)!, { name, flag, ...(value === undefined ? {} : { value }) });
  };

  let onlyUrls = false;
  for (let at = 1; at < args.length; at++) {
    const word = args[at]!;
    if (onlyUrls || !word.startsWith("-") || word === "-") parts.at(-1)!.urls.push(word);
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
  problems.push(...new Set(parts.flatMap(({ refused }) => [...refused.values()])));
  if (problems.length > 0) throw new UsageError(problems);
  return parts;
}

/** A part that is being read. */
interface PartBuilder extends CurlCommand {
  readonly urls: string[];
  readonly last: Map<string, string>;
  readonly switches: Set<string>;
  readonly headers: string[];
  readonly cookies: string[];
  readonly jars: string[];
  readonly data: CurlData[];
  readonly fields: CurlField[];
  readonly urlQuery: string[];
  readonly ignored: string[];
  /** Why the part cannot be imported, by the option's long name. */
  readonly refused: Map<string, string>;
}

function newPart(): PartBuilder {
  return {
    urls: [],
    last: new Map(),
    switches: new Set(),
    headers: [],
    cookies: [],
    jars: [],
    data: [],
    fields: [],
    urlQuery: [],
    ignored: [],
    refused: new Map(),
  };
}

function takeOption(part: PartBuilder, { name, flag, value }: GivenOption): void {
  const refusal = REFUSED.get(name);
  if (name === "cookie-jar" && value !== undefined) part.jars.push(value);
  if (refusal !== undefined) part.refused.set(name, `Cannot import curl's ${flag}: ${refusal}`);
  else if (value === undefined) takeSwitch(part, name, flag);
  else if (name === "url") part.urls.push(value);
  else if (name === "header") part.headers.push(value);
  else if (name === "cookie") part.cookies.push(value);
  else if (name === "form") part.fields.push({ text: value, isLiteral: false });
  else if (name === "form-string") part.fields.push({ text: value, isLiteral: true });
  else if (name === "url-query") part.urlQuery.push(value);
  else if (name === "json" || name.startsWith("data")) part.data.push(dataOf(name, value));
  else if (SINGLE.has(name)) part.last.set(name, value);
  else if (!part.ignored.includes(flag)) part.ignored.push(flag);
}

function takeSwitch(part: PartBuilder, name: string, flag: string): void {
  const off = name.startsWith("no-") ? name.slice(3) : undefined;
  if (HONOURED.has(name)) part.switches.add(name);
  else if (
    off !== undefined && (part.switches.delete(off) || part.refused.delete(off) || HONOURED.has(off))
  ) {
    // What was asked for before is not.
  } else if (!part.ignored.includes(flag)) part.ignored.push(flag);
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
  if (name.startsWith("expand-") && takesValue(name.slice(7)) === true) {
    const problem = `Cannot import curl's ${word}: ${REFUSED.get("variable")}`;
    return { options: [], usedNext: true, problem };
  }
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
