/**
 * `bench k6-import`: a k6 script in, a module for bench out. The conversion itself is in `src/convert`.
 *
 * @module
 */
import { basename } from "node:path";
import { utf8Text } from "../../lib/utf8_text.ts";
import { quoted } from "../../convert/wording.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { outputOptions } from "../../run/settings/general_options.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { deliver, type ImportIo, PROCESS_IO, readInput } from "../importing/import_io.ts";

const spec: CommandSpec<typeof outputOptions> = {
  name: "bench k6-import",
  usage: "[OPTIONS] FILE",
  summary: "Rewrites a k6 script as a TypeScript module for bench, and says what it could not.",
  options: outputOptions,
  operands: {
    max: 1,
    label: "file",
    completes: "files",
    missing: 'Nothing to import: expected a k6 script, or "-" for standard input',
  },
  sections: [{ title: "Examples", rows: [["bench k6-import test.js -o test.ts", ""]] }],
  version: VERSION,
};

/**
 * Converts a script and writes the module; remarks go to standard error.
 * @throws {UsageError} when it cannot be read or is no JavaScript module
 * @throws {RunError} when the result cannot be written
 */
export async function importK6(file: string, output: string | undefined, io: ImportIo): Promise<void> {
  const text = utf8Text(await readInput(file, io, MAX_TEXT_BYTES));
  if (text === undefined) throw new UsageError(`Cannot read ${quoted(file)}: it is not UTF-8 text`);
  const { convertK6 } = await import("../../convert/k6/convert_k6.ts");
  const converted = convertK6(text, file === "-" ? "standard input" : basename(file));
  await deliver({ ...converted, what: "Module", output }, io);
}

async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  await importK6(settings.operands[0]!, settings.values.output, PROCESS_IO);
  return EXIT.ok;
}

/** `bench k6-import`. */
export const k6ImportCommand: Command = { spec, run };
