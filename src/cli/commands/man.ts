/**
 * `bench man`: the manual page.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { manPage } from "../../options/man_page.ts";
import { COMMAND_SPECS } from "../command_specs.ts";
import { HELP_TOPICS } from "../help/topics.ts";
import { mainCommand } from "../main_command.ts";
import { printOut } from "../terminal.ts";

/** The page as `man` reads it. */
export function manText(): string {
  return manPage(mainCommand, Object.values(COMMAND_SPECS), HELP_TOPICS);
}

/** Prints the page. */
export function manCommand(argv: readonly string[]): Promise<number> {
  if (argv.length > 0) throw new UsageError("Cannot print that manual page: expected bench man");
  printOut(manText());
  return Promise.resolve(EXIT.ok);
}
