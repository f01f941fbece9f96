/**
 * How commands get their settings.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../lib/size_limits.ts";
import { readTextWithin } from "../lib/files/read_within.ts";
import type { CommandSpec } from "../options/command_line.ts";
import type { OptionTable } from "../options/option.ts";
import { readSettings, refuseProblems, type Settings } from "../run/settings/settings.ts";
import { printOut } from "./terminal.ts";

/**
 * The settings that words and environment come to, problems included, for a command that finds more of them; `undefined`
 * when the words ask for help or version, which is printed.
 */
export async function gatherSettings<Table extends OptionTable>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Settings<Table> | undefined> {
  const reading = await readSettings(spec, argv, {
    environment,
    readTextFile: (path) => readTextWithin(path, MAX_TEXT_BYTES),
    loadModuleOptions: async (path) =>
      await (await import("../run/settings/module_options.ts")).loadModuleOptions(path),
  });
  if (reading.kind === "settings") return reading.settings;
  printOut(`${reading.text.trimEnd()}\n`);
  return undefined;
}

/**
 * The settings of a command that takes no environment; `undefined` when the words ask for help or version, which is
 * printed.
 * @param further finds what else hinders the command
 * @throws {UsageError} with every problem.
 */
export async function gatherCommandSettings<Table extends OptionTable>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  further: (settings: Settings<Table>) => readonly string[] = () => [],
): Promise<Settings<Table> | undefined> {
  const settings = await gatherSettings(spec, argv, {});
  if (settings !== undefined) refuseProblems([...settings.problems, ...further(settings)]);
  return settings;
}
