/**
 * Reads a configuration file: option names and values, in YAML or JSON by the file's extension. What the values mean
 * is found out later, with those of all other sources.
 *
 * @module
 */
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { jsonMistake } from "../../lib/json/json_error.ts";
import type { ConfigSource } from "../../options/resolve.ts";

/**
 * Reads the file at `path`. An empty YAML file holds no values.
 *
 * @throws {UsageError} naming the file, when it cannot be read or does not hold a mapping of option names.
 */
export async function loadConfig(
  path: string,
  readTextFile: (path: string) => Promise<string>,
): Promise<ConfigSource> {
  const fail = (reason: string): never => {
    throw new UsageError(`Cannot read configuration "${escapeTerminal(path)}": ${reason}`);
  };
  const parse = parserOf(path) ?? fail("expected a file name that ends in .yaml, .yml or .json");
  let found: unknown;
  try {
    found = await parse((await readTextFile(path)).replace(/^\ufeff/, ""));
  } catch (error) {
    fail(escapeTerminal(error instanceof SyntaxError ? error.message : fileReason(error)));
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return fail("expected option names and their values");
  }
  return { name: path, values: found as Record<string, unknown> };
}

/** JSON and YAML by the file's extension. Parsers throw a `SyntaxError` that quotes nothing: the text may be a secret's. */
function parserOf(path: string): ((text: string) => unknown) | undefined {
  if (/\.json$/i.test(path)) return parseJson;
  return /\.ya?ml$/i.test(path)
    ? async (text) => (await import("./yaml_texts.ts")).parseYamlTexts(text) ?? {}
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { line, reason } = jsonMistake(error, text);
    throw new SyntaxError(`${reason} on line ${line}`);
  }
}
