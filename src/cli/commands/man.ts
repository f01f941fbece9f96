/**
 * `bench man`: the manual page.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import { type Command, type Door, wordsOnly } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { renderManText } from "../help/man_text.ts";
import { printOut } from "../terminal.ts";

const spec = wordsOnly("man", {
  usage: "> bench.1",
  summary: "Prints the manual page.",
  label: "argument",
  completes: [],
});

/** Prints the page. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  if (await gatherCommandSettings(spec, argv) !== undefined) printOut(await renderManText(door));
  return EXIT.ok;
}

/** `bench man`. */
export const manCommand: Command = { spec, run };
