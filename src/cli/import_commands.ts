/**
 * `bench har-import`, `bench openapi-import` and `bench curl-import` as commands: words in, files and streams of this
 * machine.
 *
 * @module
 */
import { MAX_TEXT_BYTES, readFileWithin, readStreamWithin, readTextWithin } from "../lib/read_within.ts";
import type { ImportIo } from "../convert/import_io.ts";
import { EXIT } from "../lib/errors.ts";
import { noteInput } from "../lib/input_files.ts";
import { VERSION } from "../lib/version.ts";
import type { CommandSpec } from "../options/command_line.ts";
import { curlImport, curlImportOptions, splitCurlArguments } from "./commands/curl_import.ts";
import { harImport, harImportOptions } from "./commands/har_import.ts";
import { openapiImport, openapiImportOptions } from "./commands/openapi_import.ts";
import { writeOutput } from "../run/deliver/output_files.ts";
import { readSettings, refuseProblems } from "../run/settings/settings.ts";
import type { Command } from "./command.ts";
import { printError, printOut } from "./terminal.ts";

const IO: ImportIo = {
  readFile: async (path, max) => {
    noteInput(path);
    return path === "-" ? await readStreamWithin(Deno.stdin.readable, max) : await readFileWithin(path, max);
  },
  writeFile: writeOutput,
  stdout: printOut,
  stderr: printError,
};

const CONTEXT = { environment: {}, readTextFile: (path: string) => readTextWithin(path, MAX_TEXT_BYTES) };

/** `bench har-import`. */
const harImportSpec: CommandSpec<typeof harImportOptions> = {
  name: "bench har-import",
  usage: "[OPTIONS] FILE",
  summary: "Turns a browser's recording (HAR) into a scenario or a list of URLs.",
  options: harImportOptions,
  operands: { max: 1, label: "recording", completes: "files" },
  sections: [{
    title: "Examples",
    rows: [
      [
        "bench har-import recording.har -o scenario.json",
        "then: bench --scenario scenario.json -u 100 -d 60",
      ],
      ["bench har-import recording.har --format url-file -o urls.txt", "only the URLs"],
      [
        "bench har-import recording.har --domain api.example.com --assert-status",
        "one host, statuses checked",
      ],
    ],
  }],
  version: VERSION,
};

/** `bench openapi-import`. */
const openapiImportSpec: CommandSpec<typeof openapiImportOptions> = {
  name: "bench openapi-import",
  usage: "[OPTIONS] FILE | URL",
  summary: "Turns the description of an API (OpenAPI 3.0 or 3.1) into a scenario or a list of URLs.",
  options: openapiImportOptions,
  operands: { max: 1, label: "description", completes: "files" },
  sections: [{
    title: "Examples",
    rows: [
      ["bench openapi-import openapi.yaml -o api.json", "then: bench --scenario api.json -u 100 -d 60"],
      ["bench openapi-import http://localhost:8080/openapi.json --tag orders --method POST", ""],
    ],
  }],
  version: VERSION,
};

/** `bench curl-import`. */
const curlImportSpec: CommandSpec<typeof curlImportOptions> = {
  name: "bench curl-import",
  usage: "[OPTIONS] 'curl …' | FILE | curl …",
  summary: "Turns curl commands, as browsers copy them, into a scenario with a step for each request.",
  options: curlImportOptions,
  operands: { max: 1, label: "command or file", completes: "files" },
  sections: [{
    title: "Examples",
    rows: [["bench curl-import \"curl 'http://localhost/' -d a=1\" -o scenario.json", ""]],
  }],
  version: VERSION,
};

/** Runs `bench har-import`. */
async function runHarImport(argv: readonly string[]): Promise<number> {
  const reading = await readSettings(harImportSpec, argv, CONTEXT);
  if (reading.kind !== "settings") return show(reading.text);
  const { values, operands: [file], problems } = reading.settings;
  refuseProblems(
    file === undefined ? [...problems, "Cannot import nothing: expected the path of a recording"] : problems,
  );
  await harImport({ ...values, file: file! }, IO);
  return EXIT.ok;
}

/** Runs `bench openapi-import`. */
async function runOpenapiImport(argv: readonly string[]): Promise<number> {
  const reading = await readSettings(openapiImportSpec, argv, CONTEXT);
  if (reading.kind !== "settings") return show(reading.text);
  const { values, operands: [spec], problems } = reading.settings;
  refuseProblems(
    spec === undefined
      ? [...problems, "Cannot import nothing: expected the path or URL of an OpenAPI description"]
      : problems,
  );
  await openapiImport({ ...values, spec: spec! }, IO);
  return EXIT.ok;
}

/** Runs `bench curl-import`. */
async function runCurlImport(argv: readonly string[]): Promise<number> {
  const { own, command } = splitCurlArguments(argv);
  const reading = await readSettings(curlImportSpec, own, CONTEXT);
  if (reading.kind !== "settings") return show(reading.text);
  const { values, operands, problems } = reading.settings;
  refuseProblems(problems);
  await curlImport({ ...values, command: [...operands, ...command] }, IO);
  return EXIT.ok;
}

function show(text: string): number {
  printOut(`${text.trimEnd()}\n`);
  return EXIT.ok;
}

/** `bench har-import`. */
export const harImportCommand: Command = { spec: harImportSpec, run: runHarImport };

/** `bench openapi-import`. */
export const openapiImportCommand: Command = { spec: openapiImportSpec, run: runOpenapiImport };

/** `bench curl-import`. */
export const curlImportCommand: Command = { spec: curlImportSpec, run: runCurlImport };
