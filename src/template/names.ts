/**
 * Names that users give.
 *
 * @module
 */

/**
 * What a variable, data set, counter or environment variable may be called. Without properties of Unicode, which schemas for
 * editors cannot say.
 */
export const NAME = /^[A-Za-z_\u00aa-\uffff][A-Za-z0-9_\u00aa-\uffff]*$/;
