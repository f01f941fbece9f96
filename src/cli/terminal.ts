/**
 * The only place of the commands that writes to the terminal.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Writes text to standard output, all of it; a reader that went away is no mistake. */
export function printOut(text: string): void {
  writeAll(Deno.stdout, text);
}

/** Writes text to standard error. */
export function printError(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
