/**
 * A `bench` command line in the making.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";

/** Collects options in the order of their first mention, remarks and problems. */
export class Draft {
  readonly notes: string[] = [];
  readonly problems: string[] = [];
  /** What a tool's options say that has a meaning only together. */
  readonly memory = new Map<string, string>();
  readonly #options = new Map<string, string[]>();
  readonly #files: DraftFiles;

  constructor(files: DraftFiles) {
    this.#files = files;
  }

  /** Gives an option one value, `""` for a switch; the last one counts. */
  set(flag: string, value = ""): void {
    this.#options.set(flag, [value]);
  }

  /** Gives an option one more value. */
  add(flag: string, value: string): void {
    this.#options.set(flag, [...this.#options.get(flag) ?? [], value]);
  }

  /** Takes an option back. */
  drop(flag: string): void {
    this.#options.delete(flag);
  }

  has(flag: string): boolean {
    return this.#options.has(flag);
  }

  /** Whether a header field was given. */
  hasHeader(name: string): boolean {
    const start = `${name.toLowerCase()}:`;
    return (this.#options.get("-H") ?? []).some((line) => line.toLowerCase().startsWith(start));
  }

  /** Says something about the run that is not as in the tool. */
  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }

  /** Reads a file that the command line names; what goes wrong is a problem. */
  readText(path: string): string | undefined {
    try {
      return this.#files.readText(path);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.problems.push(...error.problems);
      return undefined;
    }
  }

  /** The command line without `bench`. */
  words(operands: readonly string[]): readonly string[] {
    const options = [...this.#options].flatMap(([flag, values]) =>
      values.flatMap((value) =>
        value === "" ? [flag] : OPTIONAL.has(flag) ? [`${flag}=${value}`] : [flag, value]
      )
    );
    return [...options, ...operands];
  }
}

/** Flags whose value may be left out, so that it must stand behind `=`. */
const OPTIONAL: ReadonlySet<string> = new Set(["--follow-redirects"]);

/** Files that a translation may read. */
export interface DraftFiles {
  /** @throws {UsageError} when it cannot be read */
  readText(path: string): string;
}
