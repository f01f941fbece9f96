/**
 * `bench schema scenario`: the JSON Schema of scenario files, for editors.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import { jsonText } from "../../lib/json/json_text.ts";
import { type Command, wordsOnly } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { printOut } from "../terminal.ts";

const UNKNOWN = "Cannot print that schema: expected bench schema scenario";

const spec = wordsOnly("schema", {
  usage: "scenario",
  summary: "Prints the JSON Schema of scenario files, for editors.",
  label: "schema",
  completes: ["scenario"],
  missing: UNKNOWN,
});

/** Prints the schema that the word names. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(
    spec,
    argv,
    ({ operands }) => operands.every((word) => word === "scenario") ? [] : [UNKNOWN],
  );
  if (settings === undefined) return EXIT.ok;
  const { scenarioJsonSchema } = await import("../../scenario/scenario_schema.ts");
  printOut(jsonText(scenarioJsonSchema()));
  return EXIT.ok;
}

/** `bench schema`. */
export const schemaCommand: Command = { spec, run };
