/**
 * Files that reports go to: tried before any load is sent, written whole or not at all. A file that is there keeps its
 * mode and its owner; a link is followed. Where a folder takes no new files, and where a file has several names, it is
 * written into instead of replaced.
 *
 * @module
 */
import { pause } from "../../lib/clock.ts";
import { isOutOfDescriptors } from "../../client/net/out_of_descriptors.ts";
import { fileReason, RunError, UsageError } from "../../lib/errors.ts";
import { followLinks, overwriteProblems } from "../settings/output_place.ts";

/** A path under which nothing is left half-written. */
function partialOf(path: string): string {
  return `${path}.${Deno.pid}.part`;
}

/** Files are made when they are missing, so what was not found is where they belong. */
function unwritable(error: unknown): string {
  return error instanceof Deno.errors.NotFound ? "there is no such directory" : fileReason(error);
}

/** Where the bytes of an output go. */
interface Place {
  /** Links followed. */
  readonly path: string;
  /** Takes the file's name in the end; absent: the file itself is written into. */
  readonly partial?: string;
  /** Neither a pipe nor a device. */
  readonly isFile: boolean;
}

/** Finds an output's place; makes the partial file. Rejects when it cannot be written. */
async function placeOf(given: string): Promise<Place> {
  const path = await followLinks(given);
  const info = await Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (info?.isDirectory) throw new UsageError("it is a directory");
  if (info !== undefined && !info.isFile) return { path, isFile: false };
  const partial = partialOf(path);
  if (info === undefined) {
    await Deno.writeTextFile(partial, "");
    return { path, partial, isFile: true };
  }
  // What may not be written may not be replaced either.
  (await Deno.open(path, { write: true })).close();
  const isReplaced = (info.nlink ?? 1) === 1 && await isLike(partial, info);
  return { path, ...(isReplaced && { partial }), isFile: true };
}

/** Makes an empty file with the mode and owner of another one; `false`, and nothing is left, where that cannot be. */
async function isLike(partial: string, info: Deno.FileInfo): Promise<boolean> {
  try {
    await Deno.writeTextFile(partial, "");
    if (Deno.build.os === "windows") return true;
    const own = await Deno.stat(partial);
    if (own.uid !== info.uid || own.gid !== info.gid) await Deno.chown(partial, info.uid, info.gid);
    await Deno.chmod(partial, info.mode! & 0o7777);
    return true;
  } catch {
    await Deno.remove(partial).catch(() => {
      // Never made.
    });
    return false;
  }
}

/**
 * Makes sure that a file can be written later.
 * @throws {UsageError} naming the option and the reason.
 */
export async function tryOutput(path: string, option: string): Promise<void> {
  try {
    const { partial } = await placeOf(path);
    if (partial !== undefined) await Deno.remove(partial);
  } catch (error) {
    throw new UsageError(`Cannot write ${option} ${JSON.stringify(path)}: ${unwritable(error)}`);
  }
}

/** A write that ended early. What is in the file ends with a whole line. */
export class ShortWrite extends Error {
  /** Lines of the text that are in the file. */
  readonly lines: number;

  /** Made of the lines that are there and what went wrong. */
  constructor(lines: number, cause: unknown) {
    super(fileReason(cause), { cause });
    this.lines = lines;
  }
}

/** A file that is written piece by piece. */
export interface Output {
  /** Adds text at the end. @throws {ShortWrite} */
  write(text: string): Promise<void>;
  /** Puts the file where it belongs. */
  close(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/**
 * Opens a file for writing; under its own name it appears only when it is whole.
 * @throws {UsageError} naming the option and the reason.
 */
export async function openOutput(path: string, option: string): Promise<Output> {
  const problems = await overwriteProblems([{ path, option }]);
  if (problems.length > 0) throw new UsageError(problems);
  try {
    return await open(await placeOf(path));
  } catch (error) {
    throw new UsageError(`Cannot write ${option} ${JSON.stringify(path)}: ${unwritable(error)}`);
  }
}

async function open({ path, partial, isFile }: Place): Promise<Output> {
  const file = await Deno.open(partial ?? path, { write: true });
  const encoder = new TextEncoder();
  let length = 0;
  return {
    write: async (text) => {
      const bytes = encoder.encode(text);
      let at = 0;
      try {
        if (length === 0 && isFile) await file.truncate(0);
        while (at < bytes.length) at += await file.write(bytes.subarray(at));
        length += at;
      } catch (error) {
        const whole = bytes.subarray(0, at).lastIndexOf(10) + 1;
        length += whole;
        if (isFile) await file.truncate(length);
        throw new ShortWrite(bytes.subarray(0, whole).filter((byte) => byte === 10).length, error);
      }
    },
    close: async () => {
      if (length === 0 && isFile) await file.truncate(0);
      file.close();
      if (partial !== undefined) await Deno.rename(partial, path);
    },
    discard: async () => {
      file.close();
      if (partial !== undefined) await Deno.remove(partial);
    },
  };
}

/**
 * Writes a file whole.
 * @throws {RunError} when that fails; what was there before is still there, unless it had to be written into.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  const [problem] = await overwriteProblems([{ path, option: "Output" }]);
  if (problem !== undefined) throw new RunError(problem);
  try {
    await withDescriptor(async () => {
      const output = await open(await placeOf(path));
      try {
        await output.write(text);
      } catch (error) {
        await output.discard();
        throw error;
      }
      await output.close();
    });
  } catch (error) {
    throw new RunError(`Cannot write ${JSON.stringify(path)}: ${unwritable(error)}`, { cause: error });
  }
}

/** How often, and how long apart in ms, work is tried again that found no free descriptor. */
const DESCRIPTOR_TRIES = 50;
const DESCRIPTOR_WAIT_MS = 100;

/** Does work that needs a file descriptor; a load that used them all gives them back within moments of its end. */
async function withDescriptor(work: () => Promise<void>): Promise<void> {
  for (let left = DESCRIPTOR_TRIES; left > 0 && isOutOfDescriptors(); left--) {
    await pause(DESCRIPTOR_WAIT_MS);
  }
  await work();
}
