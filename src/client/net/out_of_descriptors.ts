/**
 * Whether this process can open no further file or socket. The system's resolver does not tell: to it a name simply
 * does not exist then.
 *
 * @module
 */

const FILE = "/dev/null";

/** Tries to open something; `false` also when that is not permitted. Only for failures that need an explanation. */
export function isOutOfDescriptors(): boolean {
  // Without permission the runtime would ask its user amid the load.
  if (Deno.permissions.querySync({ name: "read", path: FILE }).state !== "granted") return false;
  try {
    Deno.openSync(FILE).close();
    return false;
  } catch (error) {
    return error instanceof Error && /os error 2[34]\)/.test(error.message);
  }
}
