/**
 * The keys of scenario files, from the format itself.
 *
 * @module
 */
import { sectionText } from "../../options/help_text.ts";
import { scenarioJsonSchema } from "../../scenario/scenario_schema.ts";

/** What is read of a JSON Schema. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Every key with its meaning, those of the file and those of a step. */
export function scenarioKeysText(): string {
  const file = scenarioJsonSchema() as Schema;
  const { steps, flows } = file.properties ?? {};
  return [
    "",
    sectionOf("Keys of the file", file),
    sectionOf("Keys of a step", listed(steps)),
    sectionOf("Keys of a flow", listed(flows)),
    "",
  ]
    .join("\n\n").replace(/^\n/, "").replace(/\n+$/, "\n");
}

function sectionOf(title: string, schema: Schema | undefined): string {
  const rows = Object.entries(schema?.properties ?? {}).map(([key, { description = "" }]) =>
    [key, description] as const
  );
  return sectionText({ title, rows });
}

/** What a list is of. */
function listed(schema: Schema | undefined): Schema | undefined {
  return schema?.items ?? schema?.anyOf?.map(listed).find((found) => found !== undefined);
}
