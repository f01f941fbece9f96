/**
 * What an importer needs from the outside: files in, text out. The commands are handed one, so that tests run them
 * without a terminal or a disk.
 *
 * @module
 */

/** Files and streams of one import. */
export interface ImportIo {
  /** The bytes of a file, at most `max`; `-` is standard input. Rejects as `readFileWithin` does. */
  readFile(path: string, max: number): Promise<Uint8Array>;
  /** Creates or replaces a file. Rejects as `Deno.writeTextFile` does. */
  writeFile(path: string, text: string): Promise<void>;
  /** Writes text to standard output as it is. */
  stdout(text: string): void;
  /** Writes text to standard error as it is. */
  stderr(text: string): void;
}

/** Reads a file that an imported text names. Rejects with a `UsageError`. */
export type FileReader = (path: string) => Promise<Uint8Array>;
