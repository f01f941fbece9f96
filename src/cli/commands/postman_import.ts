/**
 * `bench postman-import FILE`: a Postman collection in, a scenario file or module out. The conversion itself is in `src/convert`.
 *
 * @module
 */
import { utf8Text } from "../../lib/utf8_text.ts";
import { quoted } from "../../convert/wording.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { keyValue } from "../../options/http_types.ts";
import { defineOptions } from "../../options/option.ts";
import { path, toggle } from "../../options/option_types.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { deliver, PROCESS_IO, readInput, resultIn } from "../importing/import_io.ts";
import { importFormatOptions, importOutputOptions } from "../importing/import_options.ts";

const options = defineOptions({
  ...importOutputOptions,
  ...importFormatOptions,
  environment: {
    long: "--environment",
    type: path(),
    group: "Scenario",
    help: "Take values of variables from this exported environment",
  },
  var: {
    long: "--var",
    type: keyValue,
    group: "Scenario",
    repeat: true,
    help: "Value of a variable, NAME=VALUE; repeatable",
  },
  preserveHeaders: {
    long: "--preserve-headers",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Keep headers that hold credentials, such as Authorization and Cookie",
  },
});

const spec: CommandSpec<typeof options> = {
  name: "bench postman-import",
  usage: "[OPTIONS] FILE",
  summary: "Turns a Postman collection (2.0 or 2.1) into a scenario or a TypeScript module.",
  options,
  operands: {
    max: 1,
    label: "collection",
    completes: "files",
    missing: "Nothing to import: expected the path of a Postman collection",
  },
  sections: [{
    title: "Examples",
    rows: [
      ["bench postman-import shop.json -o scenario.json", "then: bench --scenario scenario.json"],
      ["bench postman-import shop.json --var baseUrl=http://localhost:8080", ""],
    ],
  }],
  version: VERSION,
};

async function readTextFile(file: string): Promise<string> {
  const content = utf8Text(await readInput(file, PROCESS_IO, MAX_TEXT_BYTES));
  if (content === undefined) throw new UsageError(`Cannot read ${quoted(file)}: it is not UTF-8 text`);
  return content.replace(/^\ufeff/, "");
}

/** Imports the collection that the words name. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values, operands } = settings;
  const file = operands[0]!;
  const { convertPostman } = await import("../../convert/postman/convert_postman.ts");
  const { text, count, remarks } = convertPostman(await readTextFile(file), {
    label: file,
    format: values.format,
    ...(values.name !== undefined && { name: values.name }),
    ...(values.environment !== undefined && { environment: await readTextFile(values.environment) }),
    variables: values.var,
    preserveHeaders: values.preserveHeaders,
  });
  await deliver({ text, remarks, what: resultIn(values.format, count), output: values.output }, PROCESS_IO);
  return EXIT.ok;
}

/** `bench postman-import`. */
export const postmanImportCommand: Command = { spec, run };
