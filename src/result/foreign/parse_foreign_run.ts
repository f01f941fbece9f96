/**
 * Runs out of other tools' files, whichever tool it was.
 *
 * @module
 */
import type { ComparedRun } from "../verdict/compared_run.ts";
import { comparedRun } from "./foreign_run.ts";
import { readForeignDocument } from "./json_files.ts";
import { readForeignText } from "./text_files.ts";

/** The run in a text; `undefined`: no other tool that is known wrote it. */
export function parseForeignRun(text: string, source: string): ComparedRun | undefined {
  const run = /^\s*\{/.test(text) ? readJson(text) : readForeignText(text);
  return run && comparedRun(run, source);
}

function readJson(text: string): ReturnType<typeof readForeignDocument> {
  try {
    return readForeignDocument(JSON.parse(text));
  } catch {
    // What is wrong with it, the reader of bench's own results says.
    return undefined;
  }
}
