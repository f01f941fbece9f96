/**
 * What plans are made of besides settings: files, environment, chance.
 *
 * @module
 */
import { MAX_FILE_BYTES, MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { readFileWithin, readFileWithinSync, readWithinSync } from "../../lib/files/read_within.ts";
import { UsageError } from "../../lib/errors.ts";
import { noteInput } from "../../lib/files/input_files.ts";
import type { PlanFiles } from "./request_spec.ts";

/** What a plan is made of besides settings. */
export interface PlanSources {
  readonly files: PlanFiles;
  /** The value of an environment variable, for `${env(NAME)}`. */
  env(name: string): string | undefined;
  /** A whole number from 0 to 2³² − 1, for users who name no seed. */
  randomSeed(): number;
  /** Takes what is odd about a file, and yet no reason to refuse it. */
  warn?(sentence: string): void;
}

/** UTF-8 with or without a byte order mark; other bytes would be sent as something that nobody wrote. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError("it is not UTF-8 text"); // The decoder says nothing more.
  }
}

let input: Uint8Array | undefined;

/** Standard input, whole; it can be asked for again. */
function readInput(): Uint8Array {
  return input ??= readWithinSync(Deno.stdin, MAX_TEXT_BYTES);
}

/** The files of this machine, and chance. */
export const LOCAL_SOURCES: PlanSources = {
  files: {
    measureFile: async (path) => {
      const info = await Deno.stat(path);
      if (info.isDirectory) throw new UsageError("it is a directory");
      return info.size;
    },
    readFile: (path) => {
      noteInput(path);
      return path === "-" ? Promise.resolve(readInput()) : readFileWithin(path, MAX_FILE_BYTES);
    },
    readTextFile: (path) => {
      noteInput(path);
      return textOf(path === "-" ? readInput() : readFileWithinSync(path, MAX_TEXT_BYTES));
    },
  },
  env: (name) => Deno.env.get(name),
  randomSeed: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
};
