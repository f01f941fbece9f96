/**
 * The manual page of all commands.
 *
 * @module
 */
import { manPage } from "../../options/man_page.ts";
import { type Door, loadSpecs } from "../command.ts";
import { HELP_TOPICS } from "./topics.ts";

/** The page as `man` reads it. */
export async function renderManText(door: Door): Promise<string> {
  return manPage(door.bench, Object.values(await loadSpecs(door)), HELP_TOPICS);
}
