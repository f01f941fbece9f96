/**
 * The versions of HTTP, as numbers that the hot path counts by and as reports name them.
 *
 * @module
 */

/** Ten times the version. */
export const HTTP_1_0 = 10;
/** See {@linkcode HTTP_1_0}. */
export const HTTP_1_1 = 11;
/** See {@linkcode HTTP_1_0}. */
export const HTTP_2 = 20;

/** Above every number of a version. */
export const MAX_PROTOCOLS = 32;

/** `1.1`; from 2 on there are no minor versions. */
export function protocolName(version: number): string {
  return version >= HTTP_2 ? `${version / 10}` : `${Math.floor(version / 10)}.${version % 10}`;
}
