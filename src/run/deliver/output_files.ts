/**
 * Files that reports go to: tried before any load is sent, written whole or not at all.
 *
 * @module
 */
import { isOutOfDescriptors } from "../../client/net/out_of_descriptors.ts";
import { fileReason, RunError, UsageError } from "../../lib/errors.ts";

/** A path under which nothing is left half-written. */
function partialOf(path: string): string {
  return `${path}.${Deno.pid}.part`;
}

/** Files are made when they are missing, so what was not found is where they belong. */
function unwritable(error: unknown): string {
  return error instanceof Deno.errors.NotFound ? "there is no such directory" : fileReason(error);
}

/** Whether a path names something that is written into rather than replaced, like `/dev/null` or a pipe. */
async function isSpecial(path: string): Promise<boolean> {
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) throw new UsageError("it is a directory");
    return !info.isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Makes sure that a file can be written later.
 * @throws {UsageError} naming the option and the reason.
 */
export async function tryOutput(path: string, option: string): Promise<void> {
  try {
    if (await isSpecial(path)) return;
    await Deno.writeTextFile(partialOf(path), "");
    await Deno.remove(partialOf(path));
  } catch (error) {
    throw new UsageError(`Cannot write ${option} ${JSON.stringify(path)}: ${unwritable(error)}`);
  }
}

/** A file that is written piece by piece. */
export interface Output {
  /** Adds text at the end. */
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
  try {
    const isDirect = await isSpecial(path);
    const target = isDirect ? path : partialOf(path);
    const file = await Deno.open(target, { write: true, create: !isDirect, truncate: !isDirect });
    const encoder = new TextEncoder();
    return {
      write: async (text) => {
        const bytes = encoder.encode(text);
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      },
      close: async () => {
        file.close();
        if (!isDirect) await Deno.rename(target, path);
      },
      discard: async () => {
        file.close();
        if (!isDirect) await Deno.remove(target);
      },
    };
  } catch (error) {
    throw new UsageError(`Cannot write ${option} ${JSON.stringify(path)}: ${unwritable(error)}`);
  }
}

/**
 * Writes a file whole.
 * @throws {RunError} when that fails; what was there before is still there.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await withDescriptor(async () => {
      if (await isSpecial(path)) return await Deno.writeTextFile(path, text);
      await Deno.writeTextFile(partialOf(path), text);
      await Deno.rename(partialOf(path), path);
    });
  } catch (error) {
    await Deno.remove(partialOf(path)).catch(() => {
      // Never created, or gone with the disk that refused it.
    });
    throw new RunError(`Cannot write ${JSON.stringify(path)}: ${unwritable(error)}`, { cause: error });
  }
}

/** How often, and how long apart in ms, work is tried again that found no free descriptor. */
const DESCRIPTOR_TRIES = 50;
const DESCRIPTOR_WAIT_MS = 100;

/** Does work that needs a file descriptor; a load that used them all gives them back within moments of its end. */
async function withDescriptor(work: () => Promise<void>): Promise<void> {
  for (let left = DESCRIPTOR_TRIES; left > 0 && isOutOfDescriptors(); left--) {
    await new Promise((resolve) => setTimeout(resolve, DESCRIPTOR_WAIT_MS));
  }
  await work();
}
