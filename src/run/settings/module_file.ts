/**
 * Which files hold scenarios in code.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CodeModule } from "../../plan/code_step.ts";

/** Names of files that are modules; a URL is none. */
export const MODULE_FILE = /^(?!\w+:\/\/).*\.(?:ts|mts|js|mjs)$/i;

/** The module in a file. */
export function moduleOf(path: string): CodeModule {
  return { url: pathToFileURL(resolve(path)).href, name: basename(path) };
}
