/**
 * Reads a configuration file: option names and values, in YAML or JSON by the file's extension. What the values mean
 * is found out later, with those of all other sources.
 *
 * @module
 */
import { parse as parseYaml } from "@std/yaml";
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { jsonMistake } from "../../lib/json_error.ts";
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
  const parse = parserOf(path) ?? fail("expected a name that ends in .yaml, .yml or .json");
  let text = "";
  let found: unknown;
  try {
    text = (await readTextFile(path)).replace(/^\ufeff/, "");
    found = parse(text);
  } catch (error) {
    fail(escapeTerminal(error instanceof SyntaxError ? reasonOf(error, text) : fileReason(error)));
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return fail("expected option names and their values");
  }
  return { name: path, values: found as Record<string, unknown> };
}

/** What a parser says, without the piece of the text, perhaps a secret's, that it quotes. */
function reasonOf(error: SyntaxError, text: string): string {
  const [first = ""] = error.message.split("\n");
  const [, what, where] = /^(.*)( at line \d+, column \d+):$/.exec(first) ?? [];
  // A text that begins with * or ! is an alias or a tag; passwords do.
  if (what !== undefined) {
    return `${what.replace(/["'!<][^]*$/, "").replace(/(?<![\s:])[\s:]+$/, "")}${where}`;
  }
  const { line, reason } = jsonMistake(error, text);
  return `${reason} on line ${line}`;
}

function parserOf(path: string): ((text: string) => unknown) | undefined {
  if (/\.json$/i.test(path)) return JSON.parse;
  // All scalars as texts: a tag 1.10 or 0123 is not the number 1.1 or 83, and options read their texts themselves.
  return /\.ya?ml$/i.test(path) ? (text) => parseYaml(text, { schema: "failsafe" }) ?? {} : undefined;
}
