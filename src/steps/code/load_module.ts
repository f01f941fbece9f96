/**
 * Loads a module of the user's. Whatever is wrong with it is one message.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { CodeModule } from "../../plan/code_step.ts";
import { describeException } from "./error_place.ts";
import { readParseDiagnostic } from "./parse_diagnostic.ts";

/** What a module exports. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Imports a module.
 *
 * @throws {UsageError} when it cannot be found, compiled or run, or imports what is not there
 */
export async function loadModule({ url, name }: CodeModule): Promise<Exports> {
  try {
    if (await isK6Script(url)) throw new UsageError(k6Reason(url));
    return await import(url);
  } catch (error) {
    const reason = error instanceof UsageError ? error.message : reasonOf(error, url);
    throw new UsageError(`Cannot load ${name}: ${reason}`);
  }
}

/** Whether a file imports of k6: told before anything that it imports is fetched and run. */
async function isK6Script(url: string): Promise<boolean> {
  if (!url.startsWith("file:")) return false;
  const text = await Deno.readTextFile(new URL(url)).catch(() => "");
  return /^\s*import\s+(?:[\w$*{},\s]+\sfrom\s+)?["']k6(?:\/[^"'\n]*)?["']/m.test(text);
}

/** What is said of a k6 script. */
function k6Reason(url: string): string {
  const file = decodeURI(url.slice(url.lastIndexOf("/") + 1));
  const stem = file.replace(/\.[^.]+$/, "");
  const into = file === `${stem}.ts` ? `${stem}.bench.ts` : `${stem}.ts`;
  return `it is a k6 script. Rewrite it: bench k6-import ${file} -o ${into}`;
}

function reasonOf(thrown: unknown, url: string): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const own = /"(@x\/bench[\w/-]*)"/.exec(message)?.[1];
  if (own !== undefined) {
    return `it imports values from "${own}", which has none: write import type { Bench } from "${own}", and take what ` +
      "you need from the function's argument";
  }
  const bare = /^Import "([^"]+)" not a dependency/.exec(message)?.[1];
  if (bare !== undefined) return reasonOfBare(bare, url);
  const unpacked = /Could not find constraint '([^']+)' in the list of packages/.exec(message)?.[1];
  if (unpacked !== undefined) {
    return `it imports the package ${unpacked}, and a compiled bench has no packages but its own: run it with ` +
      "Deno (deno install -g -A -n bench jsr:@x/bench), or import a file";
  }
  const missing = /^(?:Module not found:?|Cannot load module|Unable to load[^"]*)\s+"?([^"\s]+)/.exec(message)
    ?.[1];
  if (missing !== undefined) {
    return missing === url
      ? "there is no such file"
      : `it imports ${dropFolder(missing, url)}, which is not there`;
  }
  const diagnostic = readParseDiagnostic(message);
  if (diagnostic !== undefined) return `it cannot be parsed: ${diagnostic}`;
  const short = dropFolder(message.replace(/\s+/g, " ").trim(), url);
  const [, mistake, place = ""] = UNPARSED.exec(short) ?? [];
  return mistake === undefined
    ? describeException(thrown instanceof Error ? withMessage(thrown, short) : thrown, url)
    : `it cannot be parsed: ${mistake}${place}`;
}

/** What is said of an import that is neither a path nor a URL. */
function reasonOfBare(bare: string, url: string): string {
  if (/^k6(?:\/|$)/.test(bare)) return k6Reason(url);
  return `it imports "${bare}", which is neither a path nor a URL: write "./${bare}" for a file, "npm:${bare}" for a package`;
}

/** What is said of a module with a mistake in it: the mistake, perhaps the lines around it, and its place. */
const UNPARSED =
  /^(?:SyntaxError|The module's source code could not be parsed): (.*?)(?: \| .*?)?( at [^ |]+:\d+:\d+)?$/;

function withMessage(error: Error, message: string): Error {
  const short = new Error(message);
  short.name = error.name;
  if (error.stack !== undefined) short.stack = error.stack;
  return short;
}

/** A text without the path of the module's folder. */
function dropFolder(text: string, url: string): string {
  return text.replaceAll(url.slice(0, url.lastIndexOf("/") + 1), "");
}

/** A function that iterations or the run's beginning call. */
// deno-lint-ignore no-explicit-any -- what a module makes of its argument is its own affair
export type ScriptFunction = (bench: any) => unknown;

/**
 * The function that a module exports under a name.
 *
 * @throws {UsageError} when there is none
 */
export function functionOf(exports: Exports, exported: string, { name }: CodeModule): ScriptFunction {
  const found = exports[exported];
  if (typeof found === "function") return found as ScriptFunction;
  const functions = Object.keys(exports).filter((key) => typeof exports[key] === "function");
  const instead = found !== undefined
    ? `, which is not a function`
    : functions.length > 0
    ? `; it exports ${functions.join(", ")}`
    : "; it exports no function";
  throw new UsageError(
    exported === "default"
      ? `Cannot run ${name}: expected "export default async function ({ http }) { … }"${instead}`
      : `Cannot run ${name}: expected an exported function "${exported}"${instead}`,
  );
}
