/**
 * Loads what logins need, only for runs that have one: clients are made at once, so it must be there before.
 *
 * @module
 */
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { Authority } from "./authority.ts";

let make: typeof import("./make_authority.ts").makeAuthority | undefined;

/** Gets ready for the login of a plan, if it has one. */
export async function loadAuth({ auth }: Pick<ClientSpec, "auth">): Promise<void> {
  if (auth !== undefined) make = (await import("./make_authority.ts")).makeAuthority;
}

/** The authority of a login that was loaded. */
export function authorityOf(auth: NonNullable<ClientSpec["auth"]>, { tls }: ClientSpec): Authority {
  if (make === undefined) throw new TypeError("The login was not loaded");
  return make(auth, tls.caCerts);
}
