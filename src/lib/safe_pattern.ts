/**
 * Regular expressions from users and files, in time linear in the text's length: no pattern can hang a run. The engine
 * is RE2's (re2js); lookaround and back-references do not exist in it. It is loaded when the first pattern is needed.
 *
 * @module
 */
import { messageOf, UsageError } from "./errors.ts";

/**
 * Steps of the engine that one match may take, at worst one for each character and instruction: about a second. A longer
 * text is looked at up to there.
 */
const MAX_STEPS = 20_000_000;
/** Larger patterns, mostly repetitions of repetitions, would see next to nothing. */
const MAX_INSTRUCTIONS = 5000;

/** A compiled pattern. */
export interface SafePattern {
  /** Number of capturing groups. */
  readonly groups: number;
  /** How much of a text it looks at, in UTF-16 units. */
  readonly maxCharacters: number;
  /** Whether the pattern matches anywhere in a text. */
  isIn(text: string): boolean;
  /** Names of groups. */
  readonly names: readonly string[];
  /** What a group of the first match holds; `undefined` without a match or when the group took no part. */
  firstGroup(text: string, group?: number | string): string | undefined;
  /** What a group of every match holds, in order; matches in which it took no part are left out. */
  allGroups(text: string, group?: number | string): readonly string[];
}

/** Compiles a pattern. @throws {UsageError} when the pattern is malformed or needs backtracking. */
export type PatternCompiler = (source: string) => SafePattern;

/** Loads the engine. */
export async function loadPatternCompiler(): Promise<PatternCompiler> {
  const { RE2JS } = await import("re2js");
  return (source) => {
    let pattern;
    try {
      // JavaScript's spellings of groups and escapes become RE2's.
      pattern = RE2JS.compile(RE2JS.translateRegExp(source));
    } catch (error) {
      throw new UsageError(`Cannot use regular expression "${source}": ${reasonOf(error, source)}`);
    }
    const size = pattern.programSize();
    if (size > MAX_INSTRUCTIONS) {
      throw new UsageError(
        `Cannot use regular expression "${source}": it repeats too much and would be slow; expected fewer or ` +
          "smaller repetitions",
      );
    }
    const maxCharacters = Math.floor(MAX_STEPS / size);
    const seen = (text: string) => text.length > maxCharacters ? text.slice(0, maxCharacters) : text;
    return {
      groups: pattern.groupCount(),
      maxCharacters,
      isIn: (text) => pattern.matcher(seen(text)).find(),
      names: Object.keys(pattern.namedGroups()),
      firstGroup(text, group = 1) {
        const matcher = pattern.matcher(seen(text));
        return matcher.find() ? matcher.group(group) ?? undefined : undefined;
      },
      allGroups(text, group = 1) {
        const matcher = pattern.matcher(seen(text));
        const found: string[] = [];
        while (matcher.find()) {
          const value = matcher.group(group);
          if (value !== null && value !== undefined) found.push(value);
        }
        return found;
      },
    };
  };
}

function reasonOf(error: unknown, source: string): string {
  if (/\(\?<?[=!]/.test(source)) return "lookahead and lookbehind are not supported";
  if (/\\[1-9]/.test(source)) return "back-references are not supported";
  return messageOf(error).replace(/^error parsing regexp: /, "");
}
