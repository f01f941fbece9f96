/**
 * `bench --licenses`: the licences of everything in a compiled program.
 *
 * @module
 */
import license from "../../../LICENSE" with { type: "text" };
import { EXIT } from "../../lib/errors.ts";
import type { Command } from "../command.ts";
import { printOut } from "../terminal.ts";

/** Where the bundler writes the packages' licences; it looks for exactly this text. */
const BUNDLED_LICENSES: string = "(licenses)";

/** Prints the program's own licence, then those of its packages. */
export const licensesCommand: Pick<Command, "run"> = {
  run() {
    const others = BUNDLED_LICENSES.startsWith("(")
      ? "Packages are not part of the sources; each comes with a licence of its own.\n"
      : `It contains Deno (MIT, Copyright the Deno authors) and these packages:\n\n${BUNDLED_LICENSES}`;
    printOut(`bench\n\n${license.trimEnd()}\n\n${others}`);
    return Promise.resolve(EXIT.ok);
  },
};
