/**
 * URLs as they may be shown: without the secrets that people put into them.
 *
 * @module
 */

import { percentDecoded } from "./percent_decode.ts";

/** What stands for a secret. */
export const MASK = "***";

/** Names of parameters whose values are secrets. */
const SECRET_NAME = /token|secret|key|passw|pwd|credential|signature|^sig$|^auth/i;

/** Whether a parameter, field or variable of that name usually holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || /session|csrf|xsrf|jwt|cookie|^s?id_?token$|^sid$|^otp$/i.test(name);
}

/**
 * A URL, whole or broken, without user info and without the values of parameters that are named like a secret.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskUrl("http://me:pw@host/?q=1&api_key=abc"), "http://***@host/?q=1&api_key=***");
 * ```
 */
export function maskUrl(text: string): string {
  return text
    .replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/?#\\]*@/i, (_, scheme: string = "") => `${scheme}${MASK}@`)
    .replace(/([?&;#])([^=&;#]+)=([^&;#]*)/g, (whole, joiner: string, name: string) => {
      return SECRET_NAME.test(percentDecoded(name)) ? `${joiner}${name}=${MASK}` : whole;
    });
}
