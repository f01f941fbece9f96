/**
 * Which files hold scenarios, and which of them in code.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CodeModule } from "../../plan/code_step.ts";

/** Names of files that are modules; a URL is none. */
export const MODULE_FILE = /^(?!\w+:\/\/).*\.(?:ts|mts|js|mjs)$/i;

/** Names of files with scenarios, modules or not. What begins with a host is none. */
export const SCENARIO_FILE =
  /^(?!\w+:\/\/)(?:.*\.(?:ts|mts|js|mjs)|(?:(?:[a-z]:[\\/]|\.{0,2}\/).*|(?!localhost\/|[^/]*[.:][^/]*\/).*)\.(?:ya?ml|json))$/i;

/** The module in a file. */
export function moduleOf(path: string): CodeModule {
  return { url: pathToFileURL(resolve(path)).href, name: basename(path) };
}
