/**
 * Finds the user's patterns in recorded URLs, in bounded time: each match is linear in the URL's length (see
 * `lib/safe_pattern.ts`), that length is limited, and all matches together have a budget.
 *
 * @module
 */
import { SEARCHED_CHARS } from "../lib/size_limits.ts";
import { messageOf, UsageError } from "../lib/errors.ts";
import { loadPatternCompiler, type SafePattern } from "../lib/safe_pattern.ts";
import { quoted, shown } from "./wording.ts";

/** A pattern and the flag that gave it, for messages. */
export interface UrlPattern {
  readonly flag: string;
  readonly source: string;
  readonly pattern: SafePattern;
}

/** Limits of a search. */
export interface SearchLimits {
  /** Time for all patterns and URLs together. */
  readonly budgetMs: number;
  /** A clock in ms. */
  now(): number;
}

const LIMITS: SearchLimits = { budgetMs: 30_000, now: () => performance.now() };

/**
 * Compiles the patterns of a flag.
 * @throws {UsageError} naming every one that is malformed or needs backtracking
 */
export async function compilePatterns(flag: string, sources: readonly string[]): Promise<UrlPattern[]> {
  if (sources.length === 0) return [];
  const compile = await loadPatternCompiler();
  const problems: string[] = [];
  const patterns: UrlPattern[] = [];
  for (const source of sources) {
    try {
      patterns.push({ flag, source, pattern: compile(source) });
    } catch (error) {
      problems.push(`Cannot use ${flag} ${quoted(source)}: ${shown(reasonOf(error))}`);
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return patterns;
}

/** What the compiler says after it has named the pattern. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/^Cannot use regular expression ".*": /s, "");
}

/**
 * Whether any of the patterns occurs in each URL.
 * @throws {UsageError} when the budget is spent
 */
export function findPatterns(
  patterns: readonly UrlPattern[],
  urls: readonly string[],
  limits: SearchLimits = LIMITS,
): boolean[] {
  const end = limits.now() + limits.budgetMs;
  return urls.map((url) => {
    const searched = url.slice(0, SEARCHED_CHARS);
    return patterns.some(({ flag, source, pattern }) => {
      if (limits.now() > end) {
        throw new UsageError(
          `Cannot finish ${flag} ${quoted(source)} within ${limits.budgetMs / 1000} s: use a shorter pattern`,
        );
      }
      return pattern.isIn(searched);
    });
  });
}
