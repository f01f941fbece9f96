/**
 * The program's version, as its package file has it.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };

/** The version, such as `1.2.3`; also in the default `User-Agent`. */
export const VERSION: string = manifest.version;
