/**
 * Small files in which Linux tells of a process, a thread, or the machine (`/proc`, `/sys`). The runtime hands them out
 * only to programs that may do everything; to others the system itself does, where it may be called (`--allow-ffi`).
 *
 * @module
 */
import { openLibc } from "../open_libc.ts";
import { MAX_SYSTEM_FILE_BYTES } from "../size_limits.ts";

/** Reads a small file of the system; `undefined` when there is none, or it may not be read. */
export type ReadSystemFile = (path: string) => string | undefined;

/** The file as this thread finds it; never asks the user for a permission. */
export function readSystemFile(path: string): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const isAllowed = Deno.permissions.querySync({ name: "read" }).state === "granted";
    if (isAllowed) return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return undefined; // Another kernel.
  }
  return readThroughSystem(path);
}

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** Opened at the first call, for as long as the thread lives. */
let libc: ReturnType<typeof openLibc<typeof SYMBOLS>> | undefined;

function readThroughSystem(path: string): string | undefined {
  if (libc === undefined) libc = openLibc(SYMBOLS);
  if (libc === null) return undefined;
  const file = libc.open(new TextEncoder().encode(`${path}\0`), 0);
  if (file < 0) return undefined;
  const bytes = new Uint8Array(MAX_SYSTEM_FILE_BYTES);
  let length = 0;
  let count: number;
  do {
    count = Number(libc.read(file, bytes.subarray(length), BigInt(MAX_SYSTEM_FILE_BYTES - length)));
    length += Math.max(0, count);
  } while (count > 0 && length < MAX_SYSTEM_FILE_BYTES);
  libc.close(file);
  return count < 0 ? undefined : new TextDecoder().decode(bytes.subarray(0, length));
}
