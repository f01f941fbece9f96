/**
 * Keeps the platform's `fetch` from proxies that nobody asked for.
 *
 * @module
 */

const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/**
 * Takes the proxy variables out of this process's environment: a load goes through a proxy only when it is told to, and
 * `fetch` cannot be told otherwise. What else uses `fetch` in this process no longer sees them either.
 */
export function forgetEnvironmentProxies(): void {
  for (const name of NAMES.flatMap((upper) => [upper, upper.toLowerCase()])) {
    try {
      Deno.env.delete(name);
    } catch {
      // Not permitted: then `fetch` does not read it either.
    }
  }
}
