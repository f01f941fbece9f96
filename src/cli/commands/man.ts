/**
 * `bench man`: the manual page.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import { type Command, type Door, wordsOnly } from "../command.ts";
import { commandSettings } from "../command_settings.ts";
import { manText } from "../help/man_text.ts";
import { printOut } from "../terminal.ts";

const spec = wordsOnly("man", {
  usage: "> bench.1",
  summary: "Prints the manual page.",
  label: "argument",
  completes: [],
});

/** Prints the page. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  if (await commandSettings(spec, argv) !== undefined) printOut(await manText(door));
  return EXIT.ok;
}

/** `bench man`. */
export const manCommand: Command = { spec, run };
