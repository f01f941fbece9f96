/**
 * How commands that take neither environment nor configuration file get their settings.
 *
 * @module
 */
import { MAX_TEXT_BYTES, readTextWithin } from "../lib/read_within.ts";
import type { CommandSpec } from "../options/command_line.ts";
import type { OptionTable } from "../options/option.ts";
import { readSettings, refuseProblems, type Settings } from "../run/settings/settings.ts";
import { printOut } from "./terminal.ts";

/**
 * The settings that the words come to; `undefined` when they ask for help or version, which is printed.
 * @param further finds what else hinders the command
 * @throws {UsageError} with every problem.
 */
export async function commandSettings<Table extends OptionTable>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  further: (settings: Settings<Table>) => readonly string[] = () => [],
): Promise<Settings<Table> | undefined> {
  const reading = await readSettings(spec, argv, {
    environment: {},
    readTextFile: (path) => readTextWithin(path, MAX_TEXT_BYTES),
  });
  if (reading.kind === "settings") {
    const { settings } = reading;
    refuseProblems([...settings.problems, ...further(settings)]);
    return settings;
  }
  printOut(`${reading.text.trimEnd()}\n`);
  return undefined;
}
