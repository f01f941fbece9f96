/**
 * Names that users give.
 *
 * @module
 */

/** What a variable, data set, counter or environment variable may be called. */
export const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
