/**
 * `bench man`: the manual page.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { type Command, type Door, wordsOnly } from "../command.ts";
import { manText } from "../help/man_text.ts";
import { printOut } from "../terminal.ts";

/** Prints the page. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  if (argv.length > 0) throw new UsageError("Cannot print that manual page: expected bench man");
  printOut(await manText(door));
  return EXIT.ok;
}

/** `bench man`. */
export const manCommand: Command = {
  spec: wordsOnly("man", {
    usage: "> bench.1",
    summary: "Prints the manual page.",
    label: "argument",
    completes: [],
  }),
  run,
};
