/**
 * `.proto` files and all that they import.
 *
 * @module
 */
import { dirname, isAbsolute, join, normalize } from "node:path";
import { fileReason, UsageError } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import type { ProtoSchema } from "./schema.ts";

/** Files that import each other are one schema. */
export interface ProtoFiles {
  /** Paths of the files that are wanted. */
  readonly files: readonly string[];
  /** Folders that imports are relative to, besides those of the files themselves. */
  readonly folders: readonly string[];
  /** The text of a file; `undefined` when there is none. Rejects when it cannot be read. */
  readText(path: string): Promise<string | undefined>;
}

/** More files than any program has. */
const MAX_FILES = 10_000;

/** Reads files with their imports. @throws {UsageError} when one of them is missing or malformed */
export async function readProtos({ files, folders, readText }: ProtoFiles): Promise<ProtoSchema> {
  const { ProtoParser } = await import("./proto_parser.ts");
  const parser = new ProtoParser();
  const seen = new Set<string>();
  const find = async (candidates: readonly string[]) => {
    for (const path of candidates.map((one) => normalize(one))) {
      if (seen.has(path)) return { path, text: undefined };
      const text = await attempt(path, readText);
      if (text !== undefined) return { path, text };
    }
    return undefined;
  };
  const add = async (path: string, text: string): Promise<void> => {
    seen.add(path);
    if (seen.size > MAX_FILES) throw new UsageError(`Cannot use more than ${MAX_FILES} .proto files`);
    for (const name of parser.add(text, path)) {
      if (seen.has(name)) continue;
      const found = await find([...folders, ...ancestorsOf(path)].map((folder) => join(folder, name)));
      if (found?.text !== undefined) await add(found.path, found.text);
      else if (found === undefined) {
        seen.add(name);
        if (!parser.addCommon(name)) parser.noteMissing(name);
      }
    }
  };
  for (const file of files) {
    const found = await find(
      isAbsolute(file) ? [file] : [file, ...folders.map((folder) => join(folder, file))],
    );
    if (found === undefined) {
      throw new UsageError(`Cannot read --proto "${escapeTerminal(file)}": no such file`);
    }
    if (found.text !== undefined) await add(found.path, found.text);
  }
  return parser.schema();
}

/** The folders above a file, the nearest first: imports are mostly relative to one of them. */
function ancestorsOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(path);; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) return folders;
  }
}

async function attempt(path: string, readText: ProtoFiles["readText"]): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    throw new UsageError(`Cannot read "${escapeTerminal(path)}": ${escapeTerminal(fileReason(error))}`);
  }
}
