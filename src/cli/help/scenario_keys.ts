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
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Every key with its meaning: those of the file, of a step, of blocks and of flows. */
export function scenarioKeysText(): string {
  const file = scenarioJsonSchema() as Schema;
  const { steps, flows, scenarios } = file.properties ?? {};
  const known = kindsOf({ $ref: "#/definitions/step" }, file);
  const blocks = kindsOf(itemsOf(steps), file).filter((kind) => stepTitleOf(kind) === undefined);
  return [
    "",
    sectionOf("Keys of the file", [file]),
    ...known.map((kind) => sectionOf(stepTitleOf(kind) ?? "", [kind])),
    ...known.flatMap(({ properties = {} }) => kindsOf(itemsOf(properties["actions"]), file)).map((kind) =>
      sectionOf("Keys of an action, one of which says what it does", [kind])
    ),
    sectionOf("Keys of blocks of steps", blocks),
    sectionOf("Keys of a flow", kindsOf(itemsOf(flows), file)),
    sectionOf("Keys of one of several scenarios", valuesOf(scenarios)),
    "",
  ]
    .join("\n\n").replace(/^\n/, "").replace(/\n+$/, "\n");
}

/** What a kind of step is called, by the key that only it has. */
const STEP_TITLES: Readonly<Record<string, string>> = {
  path: "Keys of a step",
  ws: "Keys of a WebSocket step",
  grpc: "Keys of a gRPC step",
};

function stepTitleOf({ properties = {} }: Schema): string | undefined {
  const key = Object.keys(STEP_TITLES).find((one) => Object.hasOwn(properties, one));
  return key === undefined ? undefined : STEP_TITLES[key];
}

/** The keys of some objects, each once. */
function sectionOf(title: string, schemas: readonly Schema[]): string {
  const rows = new Map<string, string>();
  for (
    const [key, { description = "" }] of schemas.flatMap((schema) => Object.entries(schema.properties ?? {}))
  ) {
    if (!rows.has(key)) rows.set(key, description);
  }
  return sectionText({ title, rows: [...rows] });
}

/** What a list is of. */
function itemsOf(schema: Schema | undefined): Schema | undefined {
  return schema?.items ?? schema?.anyOf?.map(itemsOf).find((found) => found !== undefined);
}

/** What the values of an object are. */
function valuesOf(schema: Schema | undefined): readonly Schema[] {
  const own = schema?.additionalProperties;
  return own ? [own] : schema?.anyOf?.flatMap(valuesOf) ?? [];
}

/** The objects that something may be, the commonest first. */
function kindsOf(schema: Schema | undefined, root: Schema): readonly Schema[] {
  const found = schema?.$ref === undefined ? schema : root.definitions?.[schema.$ref.split("/").at(-1)!];
  return found?.anyOf?.flatMap((one) => kindsOf(one, root)) ?? (found ? [found] : []);
}
