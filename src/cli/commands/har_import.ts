/**
 * `bench har-import FILE`: a recording in, a scenario file, module or URL list out. The conversion itself is in `src/convert`.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { defineOptions, type OptionType, type ValuesOf } from "../../options/option.ts";
import { decimal, text, toggle } from "../../options/option_types.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { deliver, type ImportIo, PROCESS_IO, readInput, resultIn } from "../importing/import_io.ts";
import { importListOptions, importOutputOptions } from "../importing/import_options.ts";

/** A host name, in lower case and without a leading or trailing dot. */
const domainName: OptionType<string> = {
  label: "HOST",
  parse(given) {
    const host = given.trim().replace(/^\*?\./, "").replace(/\.$/, "");
    const url = /[\s/\\?#@]|:\d*$/.test(host) ? null : URL.parse(`http://${host}/`);
    if (host === "" || url === null) throw new UsageError("expected a host name such as api.example.com");
    return url.hostname;
  },
};

/** Options of `har-import`. */
export const harImportOptions = defineOptions({
  ...importOutputOptions,
  ...importListOptions,
  includeStatic: {
    long: "--include-static",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Keep style sheets, scripts, images, fonts and media files",
  },
  domain: {
    long: "--domain",
    type: domainName,
    group: "Scenario",
    repeat: true,
    help: "Keep only requests to this host and those below it; repeatable",
  },
  exclude: {
    long: "--exclude",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Drop URLs that match this pattern; repeatable",
  },
  include: {
    long: "--include",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Keep only URLs that match one of these patterns; repeatable",
  },
  preserveHeaders: {
    long: "--preserve-headers",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Keep all recorded request headers, credentials and cookies included; otherwise only Content-Type",
  },
  noThinkTime: {
    long: "--no-think-time",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Leave out the recorded pauses",
  },
  thinkTimeMultiplier: {
    long: "--think-time-multiplier",
    type: decimal({ min: 0 }, "FACTOR"),
    group: "Scenario",
    default: 1,
    help: "Multiply the recorded pauses, which are 30 s at most: 0.5 makes them half as long",
  },
  assertStatus: {
    long: "--assert-status",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Check that each response has the recorded status, if that was 2xx or 3xx",
  },
  allowPrivate: {
    long: "--allow-private",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Keep requests to private addresses even if the recording starts at a public host",
  },
});

const spec: CommandSpec<typeof harImportOptions> = {
  name: "bench har-import",
  usage: "[OPTIONS] FILE",
  summary: "Turns a browser's recording (HAR) into a scenario, a TypeScript module or a list of URLs.",
  options: harImportOptions,
  operands: {
    max: 1,
    label: "recording",
    completes: "files",
    missing: "Nothing to import: expected the path of a recording",
  },
  sections: [{
    title: "Examples",
    rows: [
      [
        "bench har-import recording.har -o scenario.json",
        "then: bench --scenario scenario.json -u 100 -d 60",
      ],
      ["bench har-import recording.har --format script -o shop.ts", "then: bench shop.ts -u 100 -d 60"],
      ["bench har-import recording.har --format url-file -o urls.txt", "only the URLs"],
      [
        "bench har-import recording.har --domain api.example.com --assert-status",
        "one host, statuses checked",
      ],
    ],
  }],
  version: VERSION,
};

/** What `har-import` is told: its options, and the recording's path (`-`: standard input). */
export type HarImportValues = ValuesOf<typeof harImportOptions> & { readonly file: string };

/**
 * Converts a recording and writes the result; remarks go to standard error.
 * @throws {UsageError} when the recording cannot be read or converted
 * @throws {RunError} when the result cannot be written
 */
export async function importHar(values: HarImportValues, io: ImportIo): Promise<void> {
  const [{ convertHar }, { compilePatterns }] = await Promise.all([
    import("../../convert/har/convert_har.ts"),
    import("../../convert/url_patterns.ts"),
  ]);
  const [exclude, include] = await Promise.all([
    compilePatterns("--exclude", values.exclude),
    compilePatterns("--include", values.include),
  ]);
  const { text, count, remarks } = convertHar(await readInput(values.file, io), {
    label: values.file,
    format: values.format,
    name: values.name ?? nameOf(values.file),
    includeStatic: values.includeStatic,
    domains: values.domain,
    exclude,
    include,
    preserveHeaders: values.preserveHeaders,
    ...(values.noThinkTime ? {} : { thinkTimeMultiplier: values.thinkTimeMultiplier }),
    assertStatus: values.assertStatus,
    allowPrivate: values.allowPrivate,
  });
  const what = resultIn(values.format, count);
  await deliver({ text, remarks, what, output: values.output }, io);
}

/** The file's name without directory and last extension. */
function nameOf(file: string): string {
  const base = file.replace(/(?<![/\\])[/\\]+$/, "").replace(/^.*[/\\]/s, "");
  return file === "-" ? "recording" : base.replace(/(?<=.)\.[^.]*$/s, "");
}

/** Imports the recording that the words name. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  await importHar({ ...settings.values, file: settings.operands[0]! }, PROCESS_IO);
  return EXIT.ok;
}

/** `bench har-import`. */
export const harImportCommand: Command = { spec, run };
