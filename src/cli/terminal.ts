/**
 * The only place of the commands that writes to the terminal.
 *
 * @module
 */
import { fileReason } from "../lib/errors.ts";
import { wantsColor } from "../lib/style.ts";
import type { Printer, PrintStream } from "../run/printer.ts";

const encoder = new TextEncoder();

let isLost = false;

/**
 * Writes text to standard output, all of it. A reader that went away is no mistake; a full disk is told once, and
 * {@linkcode isOutputLost} from then on, so that all else is still delivered.
 */
export function printOut(text: string): void {
  if (isLost) return;
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    isLost = true;
    printError(`bench: Cannot write to standard output: ${fileReason(error)}\n`);
  }
}

/** Whether something could not be written to standard output. */
export function isOutputLost(): boolean {
  return isLost;
}

/** Writes text to standard error. When that fails there is nowhere left to say so. */
export function printError(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // As above.
  }
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** The terminal as runs know it. */
export const TERMINAL: Printer = {
  out: streamOf(printOut, Deno.stdout),
  error: streamOf(printError, Deno.stderr),
};

function streamOf(print: PrintStream["print"], stream: { isTerminal(): boolean }): PrintStream {
  return {
    print,
    width() {
      if (!stream.isTerminal()) return undefined;
      try {
        return Deno.consoleSize().columns || undefined;
      } catch {
        return undefined; // A terminal without a size.
      }
    },
    wantsColor(choice) {
      if (choice !== "auto") return choice === "always";
      return wantsColor({
        isTerminal: stream.isTerminal(),
        noColor: Deno.env.get("NO_COLOR"),
        forceColor: Deno.env.get("FORCE_COLOR"),
        term: Deno.env.get("TERM"),
      });
    },
  };
}
