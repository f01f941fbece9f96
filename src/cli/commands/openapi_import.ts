/**
 * `bench openapi-import SPEC`: the description of an API in, a scenario file, module or URL list out. The conversion itself is in
 * `src/convert`.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { utf8Text } from "../../lib/utf8_text.ts";
import { quoted } from "../../convert/wording.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { defineOptions, type OptionType, type ValuesOf } from "../../options/option.ts";
import { duration, path, text, toggle } from "../../options/option_types.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { deliver, type ImportIo, PROCESS_IO, readInput, resultIn } from "../importing/import_io.ts";
import { importListOptions, importOutputOptions } from "../importing/import_options.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

const method: OptionType<string> = {
  label: "METHOD",
  parse(given) {
    const name = given.trim().toUpperCase();
    if (!METHODS.includes(name)) throw new UsageError(`expected one of ${METHODS.join(", ")}`);
    return name;
  },
};

/** Where an API is. */
const httpUrl: OptionType<URL> = {
  label: "URL",
  parse(given) {
    const url = URL.parse(given);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new UsageError("expected an http or https URL");
    }
    return url;
  },
};

/** Options of `openapi-import`. */
const openapiImportOptions = defineOptions({
  ...importOutputOptions,
  ...importListOptions,
  method: {
    long: "--method",
    type: method,
    group: "Scenario",
    repeat: true,
    help: "Import operations with this method; repeatable (default: GET and HEAD, which change nothing)",
  },
  tag: {
    long: "--tag",
    aliases: ["--tag-filter"],
    type: text("TAG"),
    group: "Scenario",
    repeat: true,
    help: "Import only operations with this tag, in any case; repeatable",
  },
  include: {
    long: "--include",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Import only paths that match one of these patterns; repeatable",
  },
  exclude: {
    long: "--exclude",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Leave out paths that match this pattern; repeatable",
  },
  baseUrl: {
    long: "--base-url",
    type: httpUrl,
    group: "Scenario",
    help: "URL of the API, instead of the servers in the description",
  },
  assertStatus: {
    long: "--assert-status",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Check that each response has the lowest documented 2xx status",
  },
  thinkTime: {
    long: "--think-time",
    type: duration({ min: 0 }),
    group: "Scenario",
    default: 0,
    help: "Pause after each step",
  },
  timeout: {
    long: "--timeout",
    type: duration(),
    group: "Scenario",
    default: 30_000,
    help: "Time limit for fetching the description from a URL",
  },
  sslVerify: {
    long: "--ssl-verify",
    negation: "--no-ssl-verify",
    type: toggle,
    group: "Scenario",
    default: true,
    help: "Fetch the description only from a server with a trusted certificate",
  },
  caBundle: {
    long: "--ca-bundle",
    type: path(),
    group: "Scenario",
    help: "Also trust the certificates in this PEM file, when fetching the description",
  },
});

const spec: CommandSpec<typeof openapiImportOptions> = {
  name: "bench openapi-import",
  usage: "[OPTIONS] FILE | URL",
  summary:
    "Turns the description of an API (OpenAPI 3.0 or 3.1, Swagger 2.0) into a scenario, a TypeScript module or a list of URLs.",
  options: openapiImportOptions,
  operands: {
    max: 1,
    label: "description",
    completes: "files",
    missing: "Nothing to import: expected the path or URL of an OpenAPI description",
  },
  sections: [{
    title: "Examples",
    rows: [
      ["bench openapi-import openapi.yaml -o api.json", "then: bench --scenario api.json -u 100 -d 60"],
      ["bench openapi-import http://localhost:8080/openapi.json --tag orders --method POST", ""],
    ],
  }],
  version: VERSION,
};

/** What `openapi-import` is told: its options, and the description's path or URL (`-`: standard input). */
export type OpenapiImportValues = ValuesOf<typeof openapiImportOptions> & { readonly spec: string };

/**
 * Converts a description and writes the result; remarks go to standard error.
 * @throws {UsageError} when the description cannot be read or converted
 * @throws {RunError} when the result cannot be written
 */
async function importOpenapi(values: OpenapiImportValues, io: ImportIo): Promise<void> {
  const [{ convertOpenapi }, { compilePatterns }, { fetchDescription }] = await Promise.all([
    import("../../convert/openapi/convert_openapi.ts"),
    import("../../convert/url_patterns.ts"),
    import("../importing/fetch_description.ts"),
  ]);
  const [include, exclude] = await Promise.all([
    compilePatterns("--include", values.include),
    compilePatterns("--exclude", values.exclude),
  ]);
  const source = /^https?:\/\//i.test(values.spec) ? URL.parse(values.spec) ?? undefined : undefined;
  const label = source === undefined ? values.spec : maskUrl(source.href);
  const bytes = source === undefined
    ? await readInput(values.spec, io, MAX_TEXT_BYTES)
    : await fetchDescription(source, {
      label,
      timeoutMs: values.timeout,
      verify: values.sslVerify,
      roots: values.caBundle === undefined
        ? []
        : [pemText(values.caBundle, await readInput(values.caBundle, io, MAX_TEXT_BYTES))],
    });
  const content = utf8Text(bytes);
  if (content === undefined) throw new UsageError(`Cannot read ${quoted(label)}: it is not UTF-8 text`);
  const { text, count, remarks } = convertOpenapi(content.replace(/^\ufeff/, ""), {
    label,
    format: values.format,
    ...(values.name === undefined ? {} : { name: values.name }),
    methods: values.method.length > 0 ? values.method : ["GET", "HEAD"],
    tags: values.tag,
    include,
    exclude,
    ...(values.baseUrl === undefined ? {} : { baseUrl: values.baseUrl }),
    ...(source === undefined ? {} : { source }),
    assertStatus: values.assertStatus,
    thinkTime: values.thinkTime / 1000,
  });
  const what = resultIn(values.format, count);
  await deliver({ text, remarks, what, output: values.output }, io);
}

function pemText(path: string, bytes: Uint8Array): string {
  const pem = utf8Text(bytes) ?? "";
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw new UsageError(`Cannot use --ca-bundle ${quoted(path)}: it holds no PEM certificate`);
}

/** Imports the description that the words name. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  await importOpenapi({ ...settings.values, spec: settings.operands[0]! }, PROCESS_IO);
  return EXIT.ok;
}

/** `bench openapi-import`. */
export const openapiImportCommand: Command = { spec, run };
