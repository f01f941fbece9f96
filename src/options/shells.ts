/**
 * The shells that command lines can be completed in.
 *
 * @module
 */

/** Names, as `bench completions` takes them. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];
