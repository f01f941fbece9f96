/**
 * `bench schema scenario`: the JSON Schema of scenario files, for editors.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { jsonText } from "../../report/json.ts";
import { type Command, wordsOnly } from "../command.ts";
import { printOut } from "../terminal.ts";

/** Prints the schema that the words name. */
async function run(argv: readonly string[]): Promise<number> {
  if (argv.length !== 1 || argv[0] !== "scenario") {
    throw new UsageError("Cannot print that schema: expected bench schema scenario");
  }
  const { scenarioJsonSchema } = await import("../../scenario/scenario_schema.ts");
  printOut(jsonText(scenarioJsonSchema()));
  return EXIT.ok;
}

/** `bench schema`. */
export const schemaCommand: Command = {
  spec: wordsOnly("schema", {
    usage: "scenario",
    summary: "Prints the JSON Schema of scenario files, for editors.",
    label: "schema",
    completes: ["scenario"],
  }),
  run,
};
