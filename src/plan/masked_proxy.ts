/**
 * Proxies as reports may show them.
 *
 * @module
 */
import { maskUrl } from "../lib/mask_url.ts";
import type { ProxySpec } from "./client_spec.ts";

/** The same proxies without user names and passwords. */
export function maskedProxy({ http, https, bypass }: ProxySpec): ProxySpec {
  return {
    ...(http !== undefined && { http: maskUrl(http) }),
    ...(https !== undefined && { https: maskUrl(https) }),
    bypass,
  };
}
