/**
 * Errors of system calls, named and worded as the platform's own are.
 *
 * @module
 */
import type { Libc } from "./libc.ts";

/** Error numbers of Linux that mean something here. */
export const ERRNO = { noEntry: 2, interrupted: 4, again: 11, inProgress: 115 } as const;

const CLASSES: Readonly<Record<number, new (message: string) => Error>> = {
  2: Deno.errors.NotFound,
  11: Deno.errors.WouldBlock,
  13: Deno.errors.PermissionDenied,
  32: Deno.errors.BrokenPipe,
  98: Deno.errors.AddrInUse,
  99: Deno.errors.AddrNotAvailable,
  103: Deno.errors.ConnectionAborted,
  104: Deno.errors.ConnectionReset,
  107: Deno.errors.NotConnected,
  110: Deno.errors.TimedOut,
  111: Deno.errors.ConnectionRefused,
};

/** The error that the platform would give for a number. */
export function errorOf(libc: Libc, errno: number): Error {
  const text = libc.strerror(errno);
  const message = text === null ? "System error" : new Deno.UnsafePointerView(text).getCString();
  return new (CLASSES[errno] ?? Error)(`${message} (os error ${errno})`);
}
