/**
 * What this machine is called.
 *
 * @module
 */

/** The machine's name; `undefined` where the program may not ask for it (`--allow-sys=hostname`). */
export function hostName(): string | undefined {
  return Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted"
    ? Deno.hostname()
    : undefined;
}
