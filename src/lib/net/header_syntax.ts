/**
 * What the fields of a head may hold.
 *
 * @module
 */

/** RFC 9110, section 5.6.2: a token, such as the name of a field. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Characters that no header value may hold (RFC 9110, section 5.5). */
export const LINE_BREAK = /[\r\n\0]/;
