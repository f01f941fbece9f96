/**
 * `bench openapi-import SPEC`: the description of an API in, a scenario file or URL list out. The conversion itself is in
 * `src/convert`.
 *
 * @module
 */
import type { ImportIo } from "../../convert/import_io.ts";
import { convertOpenapi } from "../../convert/openapi/openapi.ts";
import { utf8Text } from "../../convert/scenario_file.ts";
import { compilePatterns } from "../../convert/url_patterns.ts";
import { quoted } from "../../convert/wording.ts";
import { messageOf, UsageError } from "../../lib/errors.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { defineOptions, type OptionType, type ValuesOf } from "../../options/option.ts";
import { duration, text, toggle } from "../../options/option_types.ts";
import { deliver, importFormatOptions, importOutputOptions, readInput, resultIn } from "./har_import.ts";

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
export const openapiImportOptions = defineOptions({
  ...importOutputOptions,
  ...importFormatOptions,
  method: {
    long: "--method",
    type: method,
    group: "Scenario",
    repeat: true,
    help: "Take operations with this method; repeatable (default: GET and HEAD, which change nothing)",
  },
  tag: {
    long: "--tag",
    type: text("TAG"),
    group: "Scenario",
    repeat: true,
    help: "Take only operations with this tag; repeatable",
  },
  include: {
    long: "--include",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Take only paths in which one of these patterns occurs; repeatable",
  },
  exclude: {
    long: "--exclude",
    type: text("REGEX"),
    group: "Scenario",
    repeat: true,
    help: "Leave out paths in which this pattern occurs; repeatable",
  },
  baseUrl: {
    long: "--base-url",
    type: httpUrl,
    group: "Scenario",
    help: "Where the API is (default: the description's first server)",
  },
  assertStatus: {
    long: "--assert-status",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Check that each answer has the lowest 2xx status that is documented",
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
    help: "How long fetching the description from a URL may take",
  },
});

/** What `openapi-import` is told: its options, and the description's path or URL (`-`: standard input). */
export type OpenapiImportValues = ValuesOf<typeof openapiImportOptions> & { readonly spec: string };

/**
 * Converts a description and writes the result; remarks go to standard error.
 * @throws {UsageError} when the description cannot be read or converted
 * @throws {RunError} when the result cannot be written
 */
export async function openapiImport(values: OpenapiImportValues, io: ImportIo): Promise<void> {
  const [include, exclude] = await Promise.all([
    compilePatterns("--include", values.include),
    compilePatterns("--exclude", values.exclude),
  ]);
  const source = /^https?:\/\//i.test(values.spec) ? URL.parse(values.spec) ?? undefined : undefined;
  const label = source === undefined ? values.spec : maskUrl(source.href);
  const bytes = source === undefined
    ? await readInput(values.spec, io)
    : await fetched(source, label, values.timeout);
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

/** A description from a server; its certificate is verified. */
async function fetched(url: URL, label: string, timeoutMs: number): Promise<Uint8Array> {
  const refuse = (reason: string) => new UsageError(`Cannot fetch ${quoted(label)}: ${reason}`);
  try {
    const response = await fetch(url, {
      headers: { Accept: "application/yaml, application/json;q=0.9, */*;q=0.1" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw refuse(`the server answered ${response.status}`);
    return await response.bytes();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw refuse(
      error instanceof DOMException && error.name === "TimeoutError"
        ? `not there after ${timeoutMs / 1000} s (--timeout)`
        : messageOf(error),
    );
  }
}
