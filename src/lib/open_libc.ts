/**
 * Functions of Linux's C library.
 *
 * @module
 */

/**
 * Opens functions of the library; `null` on another system, with another C library, or where this program may not call it
 * (`--allow-ffi`). Never asks the user for a permission.
 */
export function openLibc<const Functions extends Deno.ForeignLibraryInterface>(
  functions: Functions,
): Deno.DynamicLibrary<Functions>["symbols"] | null {
  if (Deno.build.os !== "linux") return null;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return null;
  try {
    return Deno.dlopen("libc.so.6", functions).symbols;
  } catch {
    return null; // Another C library.
  }
}
