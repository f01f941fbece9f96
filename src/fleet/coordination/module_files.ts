/**
 * A module of the user's on its way to workers: its file and those that it imports by relative paths, each with its hash.
 * What comes from a registry does not travel.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { UsageError } from "../../lib/errors.ts";
import type { CodeFile, CodeModule } from "../../plan/code_step.ts";

/** Files that a module may consist of, and their size together in characters. */
const MAX_FILES = 500;
const MAX_CHARACTERS = 10_000_000;

/** Relative imports that are written out. */
const IMPORT = /(?:\bfrom|\bimport)\s*(?:\(\s*)?["'](\.{1,2}\/[^"'\n]+)["']/g;

/**
 * The module with its files in it.
 * @throws {UsageError} when a file cannot be read, or there is too much of it
 */
export async function packModule(
  module: CodeModule,
  readText: (path: string) => Promise<string>,
): Promise<CodeModule> {
  const entry = fileURLToPath(module.url);
  const texts = new Map<string, string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue;
    const text = await readText(path);
    texts.set(path, text);
    for (const [, specifier = ""] of text.matchAll(IMPORT)) waiting.push(join(dirname(path), specifier));
  }
  const characters = [...texts.values()].reduce((sum, { length }) => sum + length, 0);
  if (texts.size > MAX_FILES || characters > MAX_CHARACTERS) {
    throw new UsageError(
      `Cannot send ${module.name} to workers: ${texts.size} files of ${characters} characters are more than ` +
        `${MAX_FILES} files of ${MAX_CHARACTERS} characters`,
    );
  }
  // Paths are relative to the folder that holds all of them.
  const root = [...texts.keys()].map(dirname).reduce(commonFolder);
  const files = [...texts].map(([path, text]) => ({
    path: relative(root, path).replaceAll("\\", "/"),
    text,
    sha256: hashOf(text),
  }));
  return { ...module, files };
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (folder !== dirname(folder) && b !== folder && relative(folder, b).startsWith("..")) {
    folder = dirname(folder);
  }
  return folder;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A module whose files are on this machine for a while. */
export interface UnpackedModule extends AsyncDisposable {
  readonly module: CodeModule;
}

/**
 * Writes a module's files into a folder of their own.
 * @throws {UsageError} when a file is not what its hash says, or would lie outside of the folder
 */
export async function unpackModule({ files = [], ...module }: CodeModule): Promise<UnpackedModule> {
  files.forEach(refuseFalse);
  const folder = await Deno.makeTempDir({ prefix: "bench-module-" });
  for (const { path, text } of files) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  const entry = files[0]?.path ?? basename(module.name);
  return {
    module: { ...module, url: pathToFileURL(join(folder, entry)).href },
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function refuseFalse({ path, text, sha256 }: CodeFile): void {
  if (!/^(?!\.{1,2}\/)[^/\\:\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\:\0]+)*$/.test(path) || path.startsWith("..")) {
    throw new UsageError(`the module's file ${JSON.stringify(path)} would lie outside of its folder`);
  }
  if (hashOf(text) !== sha256) {
    throw new UsageError(`the module's file ${JSON.stringify(path)} is not what its hash says`);
  }
}
