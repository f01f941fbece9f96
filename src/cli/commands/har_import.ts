/**
 * `bench har-import FILE`: a recording in, a scenario file or URL list out. The conversion itself is in `src/convert`.
 *
 * @module
 */
import { MAX_FILE_BYTES } from "../../lib/read_within.ts";
import { fileReason, RunError, UsageError } from "../../lib/errors.ts";
import { convertHar } from "../../convert/har/har.ts";
import type { ImportIo } from "../../convert/import_io.ts";
import { compilePatterns } from "../../convert/url_patterns.ts";
import { counted, quoted } from "../../convert/wording.ts";
import { defineOptions, type OptionType, type ValuesOf } from "../../options/option.ts";
import { choice, decimal, outputPath, text, toggle } from "../../options/option_types.ts";

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

/** The name of a scenario: some text on one line. */
const scenarioName: OptionType<string> = {
  label: "NAME",
  parse(given) {
    if (given.trim() === "" || /\p{Cc}/u.test(given)) throw new UsageError("expected a name on one line");
    return given;
  },
};

/** Where an importer writes, and how it calls the scenario. */
export const importOutputOptions = defineOptions({
  output: {
    short: "-o",
    long: "--output",
    type: outputPath(),
    group: "Output",
    help: "Write to this file instead of standard output",
  },
  name: {
    long: "--name",
    type: scenarioName,
    group: "Output",
    help: "Name of the scenario",
  },
});

/** What an importer of several requests writes. */
export const importFormatOptions = defineOptions({
  format: {
    long: "--format",
    type: choice(["scenario", "url-file"], "FORMAT"),
    group: "Output",
    default: "scenario",
    help: "What to write: a scenario, or a list of URLs without headers and bodies",
  },
});

/** Options of `har-import`. */
export const harImportOptions = defineOptions({
  ...importOutputOptions,
  ...importFormatOptions,
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
    help: "Drop URLs in which this pattern occurs; repeatable",
  },
  include: {
    long: "--include",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Keep only URLs in which one of these patterns occurs; repeatable",
  },
  preserveHeaders: {
    long: "--preserve-headers",
    type: toggle,
    group: "Scenario",
    default: false,
    help:
      "Keep the recorded request headers in their case, credentials and cookies included; otherwise only Content-Type",
  },
  noThinkTime: {
    long: "--no-think-time",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Leave the recorded pauses out",
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
    help: "Check that each answer has the recorded status, where that is 2xx or 3xx",
  },
  allowPrivate: {
    long: "--allow-private",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Keep requests to private addresses although the recording begins at a public host",
  },
});

/** What `har-import` is told: its options, and the recording's path (`-`: standard input). */
export type HarImportValues = ValuesOf<typeof harImportOptions> & { readonly file: string };

/**
 * Converts a recording and writes the result; remarks go to standard error.
 * @throws {UsageError} when the recording cannot be read or converted
 * @throws {RunError} when the result cannot be written
 */
export async function harImport(values: HarImportValues, io: ImportIo): Promise<void> {
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

/** What was written, in words: `Scenario with 3 steps`, `3 URLs`. */
export function resultIn(format: "scenario" | "url-file", count: number): string {
  return format === "scenario" ? `Scenario with ${counted(count, "step")}` : counted(count, "URL");
}

/** The bytes of a file that the user names. @throws {UsageError} when it cannot be read, or is larger than `max` bytes */
export async function readInput(file: string, io: ImportIo, max = MAX_FILE_BYTES): Promise<Uint8Array> {
  try {
    return await io.readFile(file, max);
  } catch (error) {
    const reason = fileReason(error);
    throw new UsageError(`Cannot read ${quoted(file)}: ${reason}`);
  }
}

/** A converted text and what is said about it. */
export interface Delivery {
  readonly text: string;
  readonly remarks: readonly string[];
  /** The text in words: `Scenario with 3 steps`. */
  readonly what: string;
  /** Where it goes; absent: standard output. */
  readonly output: string | undefined;
}

/** Writes the result where it belongs, and the remarks to standard error. @throws {RunError} */
export async function deliver({ text, remarks, what, output }: Delivery, io: ImportIo): Promise<void> {
  io.stderr(remarks.map((remark) => `${remark}\n`).join(""));
  if (output === undefined || output === "-") return io.stdout(text);
  try {
    await io.writeFile(output, text);
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(`Cannot write ${quoted(output)}: ${fileReason(error)}`, { cause: error });
  }
  io.stdout(`${what} written to ${quoted(output)}\n`);
}

/** The file's name without directory and last extension. */
function nameOf(file: string): string {
  const base = file.replace(/(?<![/\\])[/\\]+$/, "").replace(/^.*[/\\]/s, "");
  return file === "-" ? "recording" : base.replace(/(?<=.)\.[^.]*$/s, "");
}
