/**
 * Codes of close frames (RFC 6455, 7.4).
 *
 * @module
 */

/** The ones that are used here. */
export const CLOSE = {
  normal: 1000,
  protocolError: 1002,
  /** None was given; never sent. */
  none: 1005,
  /** There was no close frame; never sent. */
  abnormal: 1006,
  invalidData: 1007,
  tooLarge: 1009,
} as const;

/** Whether a code may stand in a close frame. */
export function maySend(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
