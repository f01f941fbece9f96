/**
 * Makes the authority of a login; what signs is loaded only for those who sign.
 *
 * @module
 */
import type { AuthSpec } from "../../plan/auth_spec.ts";
import type { Authority } from "./authority.ts";
import { BearerAuthority } from "./bearer_authority.ts";
import { DigestAuthority } from "./digest_authority.ts";
import { SigV4Authority } from "./sigv4_authority.ts";

/** The authority; `caCerts`: further roots that a token's server may have. */
export function makeAuthority(spec: AuthSpec, caCerts: readonly string[]): Authority {
  switch (spec.kind) {
    case "oauth2":
      return new BearerAuthority(spec, caCerts);
    case "digest":
      return new DigestAuthority(spec);
    case "sigv4":
      return new SigV4Authority(spec);
  }
}
