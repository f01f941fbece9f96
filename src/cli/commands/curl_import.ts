/**
 * `bench curl-import`: curl commands in, a scenario file or module out. They come as one quoted text, as
 * words of their own, in a file, or on standard input. The conversion itself is in `src/convert`.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { isCurl } from "../../convert/curl/command.ts";
import { isCurlText, knownText } from "../../convert/known_formats.ts";
import { utf8Text } from "../../lib/utf8_text.ts";
import { quoted } from "../../convert/wording.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { defineOptions, type ValuesOf } from "../../options/option.ts";
import { toggle } from "../../options/option_types.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { deliver, type ImportIo, PROCESS_IO, readInput, resultIn } from "../importing/import_io.ts";
import { importFormatOptions, importOutputOptions } from "../importing/import_options.ts";

/** Options of `curl-import`. */
const curlImportOptions = defineOptions({
  ...importOutputOptions,
  ...importFormatOptions,
  preserveHeaders: {
    long: "--preserve-headers",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Keep headers that hold credentials, such as Authorization and Cookie",
  },
});

const spec: CommandSpec<typeof curlImportOptions> = {
  name: "bench curl-import",
  usage: "[OPTIONS] 'curl …' | FILE | curl …",
  summary:
    "Turns curl commands, as browsers copy them, into a scenario or a TypeScript module with a step for each.",
  options: curlImportOptions,
  operands: { max: 1, label: "command or file", completes: "files" },
  sections: [{
    title: "Examples",
    rows: [["bench curl-import \"curl 'http://localhost/' -d a=1\" -o scenario.json", ""]],
  }],
  version: VERSION,
};

/** What `curl-import` is told: its options, and the words that are no options of its own. */
export type CurlImportValues = ValuesOf<typeof curlImportOptions> & { readonly command: readonly string[] };

/**
 * Splits the arguments of `curl-import` into its own and those of a curl command that stands there in words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitCurlArguments(["-o", "a.json", "curl", "-I", "http://a.test"]), {
 *   own: ["-o", "a.json"],
 *   command: ["curl", "-I", "http://a.test"],
 * });
 * assertEquals(splitCurlArguments(["curl 'http://a.test'"]), { own: ["curl 'http://a.test'"], command: [] });
 * ```
 */
export function splitCurlArguments(
  argv: readonly string[],
): { readonly own: readonly string[]; readonly command: readonly string[] } {
  const start = argv.findIndex((word, index) => isCurl(word) && !TAKES_VALUE.has(argv[index - 1] ?? ""));
  if (start < 0) return { own: argv, command: [] };
  const own = argv.slice(0, start);
  return { own: own.at(-1) === "--" ? own.slice(0, -1) : own, command: argv.slice(start) };
}

/** Own flags whose value may look like a command. */
const TAKES_VALUE: ReadonlySet<string> = new Set(["-o", "--output", "--name", "--format"]);

/**
 * Converts a curl command and writes the scenario; remarks go to standard error. A single word is the command's text
 * when it begins with `curl`, otherwise the path of a file that holds it (`-`: standard input).
 * @throws {UsageError} when there is no command, or it cannot be read or converted
 * @throws {RunError} when the result cannot be written
 */
export async function importCurl(values: CurlImportValues, io: ImportIo): Promise<void> {
  const { convertCurl } = await import("../../convert/curl/convert_curl.ts");
  const { text, count, remarks } = await convertCurl(await readCommand(values.command, io), {
    ...(values.name === undefined ? {} : { name: values.name }),
    format: values.format,
    preserveHeaders: values.preserveHeaders,
    readFile: (path) => {
      if (path === "-") {
        throw new UsageError("Cannot import a body from standard input: name a file, not -");
      }
      return readInput(path, io);
    },
  });
  await deliver({ text, remarks, what: resultIn(values.format, count), output: values.output }, io);
}

async function readCommand(words: readonly string[], io: ImportIo): Promise<string | readonly string[]> {
  const [first, ...others] = words;
  if (first === undefined || (others.length === 0 && first.trim() === "")) {
    throw new UsageError(
      'Nothing to import: expected a curl command, a file that holds one, or "-" for standard input',
    );
  }
  if (others.length > 0) return words;
  if (isCurlText(first)) return first;
  const text = utf8Text(await readInput(first, io, MAX_TEXT_BYTES));
  if (text === undefined) throw new UsageError(`Cannot read ${quoted(first)}: it is not UTF-8 text`);
  const content = text.replace(/^\ufeff/, "");
  const known = isCurlText(content) ? undefined : knownText(content);
  if (known !== undefined) {
    throw new UsageError(`Cannot import ${quoted(first)}: expected curl commands, and it is ${known}`);
  }
  return content;
}

/** Imports the commands that the words hold or name. */
async function run(argv: readonly string[]): Promise<number> {
  const { own, command } = splitCurlArguments(argv);
  const settings = await gatherCommandSettings(spec, own);
  if (settings === undefined) return EXIT.ok;
  const { values, operands } = settings;
  await importCurl({ ...values, command: [...operands, ...command] }, PROCESS_IO);
  return EXIT.ok;
}

/** `bench curl-import`. */
export const curlImportCommand: Command = { spec, run };
