/**
 * The program's version, as its package file has it.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };

/** The version, such as `1.2.3`; also in the default `User-Agent`. */
export const VERSION: string = manifest.version;

/** Where the bundler writes the commit that it bundles; it looks for exactly this text. */
const BUNDLED_COMMIT: string = "(commit)";

/** The commit that this program was made from, if it was bundled; with `+` when something was not committed. */
export const COMMIT: string | undefined = BUNDLED_COMMIT.startsWith("(") ? undefined : BUNDLED_COMMIT;
