/**
 * The program's own errors and exit codes. Any other exception that reaches the top is a bug.
 *
 * @module
 */

/** Every code with which the program can end. Where several apply: 2, then 3, then 1. */
export const EXIT = {
  /** The run was done and nothing was breached. */
  ok: 0,
  /** Bad usage, or the run could not complete, or a report failed, or no request succeeded. */
  failed: 1,
  /** A threshold failed or could not be measured. */
  threshold: 2,
  /** Worse than the baseline allows. */
  regression: 3,
  /** Internal error. */
  bug: 70,
  /** A second Ctrl-C. */
  interrupted: 130,
} as const;

/** The user asked for something impossible. Holds every problem found, one sentence each. */
export class UsageError extends Error {
  /** Set on the instance, so that it survives where `instanceof` fails. */
  override readonly name = "UsageError";
  /** One sentence a problem: what could not be done, what was found, what was expected. */
  readonly problems: readonly string[];
  /** The command that explains how it is done right; absent: the help of the command that was given. */
  help?: string;

  /** One sentence, or all that apply, each once; the message joins them with line feeds. */
  constructor(problems: string | readonly string[]) {
    const list = typeof problems === "string" ? [problems] : [...new Set(problems)];
    super(list.join("\n"));
    this.problems = list;
  }
}

/** The problems of a usage error, for a list of all there are; anything else is thrown on. */
export function problemsIn(thrown: unknown): readonly string[] {
  if (thrown instanceof UsageError) return thrown.problems;
  throw thrown;
}

/**
 * What all attempts come to.
 *
 * @throws {UsageError} with the problems of every attempt that failed; what failed for another reason is thrown as it is
 */
export async function awaitAll<T extends readonly unknown[]>(
  attempts: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const settled = await Promise.allSettled(attempts);
  const problems = settled.flatMap((attempt) =>
    attempt.status === "rejected" ? problemsIn(attempt.reason) : []
  );
  if (problems.length > 0) throw new UsageError(problems);
  return await Promise.all(attempts) as unknown as T;
}

/** The run could not complete, or a report failed. What was measured is still reported. */
export class RunError extends Error {
  /** Set on the instance, so that it survives where `instanceof` fails. */
  override readonly name = "RunError";
}

/** The message of anything thrown, in one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, " ").trim();
}

/** Why a file cannot be read or written, without its path, which whoever reports it names. */
export function fileReason(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "there is no such file";
  // "…: writefile 'PATH'": the path may be one of the program's own, such as that of a partial file.
  return messageOf(thrown).replace(/: \w+ '.*'$/, "");
}
