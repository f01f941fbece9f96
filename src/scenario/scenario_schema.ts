/**
 * The scenario file format, declared once: it checks files, gives them their types, and is published as a JSON Schema.
 * Messages are what was expected; the loader adds where and what was found. What one value means to another (names of
 * variables and data sets, placeholders, URLs) is the loader's to check.
 *
 * @module
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { LOAD_KEYS, type LoadKey } from "../plan/parts/load_keys.ts";
import { COLUMN_TYPES, STRATEGIES } from "./data_set.ts";
import type { FilePath } from "../steps/file/scenario_text.ts";
import {
  described,
  description,
  duration,
  filled,
  name,
  pause,
  PAUSE_SECTIONS,
  record,
  section,
  text,
} from "../steps/file/file_schema.ts";
import {
  CHOICE_SECTIONS,
  choiceItem,
  innerItems,
  item,
  ITEM_SECTIONS,
  items,
  namedValues,
  sectionOf,
  STEP_SECTIONS,
  stepItem,
  weight,
} from "./item_schema.ts";

const steps = v.pipe(items, v.description("Requests and blocks of requests, in order"));

const variable = v.union(
  [v.string(), v.number(), v.boolean(), v.null(), v.array(v.unknown()), v.looseObject({})],
  "a text, a number, a boolean, null, a list or an object",
);

const flow = section({
  description,
  name: described(text, "Name of the flow"),
  weight: described(
    weight,
    "How often the flow runs, relative to the others; default 1",
  ),
  think_time: described(pause, "Pause after each step of the flow that does not set its own"),
  steps,
});

const loadValue = v.union([v.string(), v.number()], "a text or a number");

const flows = v.pipe(
  v.array(flow, "a list of flows"),
  v.minLength(1, "at least one flow"),
  v.description("Several lists of steps: each iteration runs one of them, chosen by weight"),
);

const sideBySide = section({
  description,
  ...Object.fromEntries(
    Object.entries(LOAD_KEYS).map(([key, text]) => [key, described(loadValue, text)]),
  ) as unknown as { readonly [Key in LoadKey]: v.OptionalSchema<typeof loadValue, undefined> },
  start: described(duration, "When it starts, since the start of the run; at once if not given"),
  think_time: described(pause, "Pause after each step of the scenario that does not set its own"),
  steps: v.optional(steps),
  flows: v.optional(flows),
});

/** One of several scenarios as it stands in a file. */
export type SideBySideFile = v.InferOutput<typeof sideBySide>;

const DELIMITER = "one character, or tab";

const dataSet = section({
  file: v.pipe(
    filled,
    v.description(
      "CSV with a header row, a .json list of objects, or .jsonl with an object a line; relative to this file",
    ),
  ),
  delimiter: described(
    v.pipe(v.string(DELIMITER), v.regex(/^(?:[^"\r\n]|tab)$/, DELIMITER)),
    "What separates the fields of a CSV file; told from its first line if not given",
  ),
  fields: described(
    v.pipe(v.array(filled, "a list of names"), v.minLength(1, "at least one name")),
    "Names of the columns of a CSV file without a header row",
  ),
  types: described(
    record(
      filled,
      v.picklist(COLUMN_TYPES, `one of ${COLUMN_TYPES.join(", ")}`),
      "column names with their types",
    ),
    "What the values of CSV columns are; text if not given",
  ),
  encoding: described(filled, "Such as windows-1252; UTF-8 if not given, or what a byte order mark says"),
  strategy: described(
    v.picklist(STRATEGIES, `one of ${STRATEGIES.join(", ")}`),
    "How iterations draw rows: loop over them, each once in order, at random, or unique to each iteration",
  ),
});

const ABORT = ["abort_iteration", "continue"] as const;
const KEEP = ["abort_iteration", "keep_literal"] as const;
const SESSIONS = ["persistent", "fresh_per_iteration"] as const;

/** A scenario file. */
const scenarioSchema = section({
  $schema: described(text, "Address of this schema, for editors"),
  description,
  name: described(text, "Name of the scenario, shown in reports"),
  base_url: described(
    filled,
    "Base of the steps' paths; a URL on the command line replaces it",
  ),
  proto: described(
    v.union([filled, v.array(filled)], "a path or a list of paths"),
    "The .proto files of gRPC steps, relative to this file; the servers' reflection if not given",
  ),
  proto_path: described(
    v.union([filled, v.array(filled)], "a path or a list of paths"),
    "Folders in which imports of .proto files are looked for, relative to this file",
  ),
  protoset: described(
    v.union([filled, v.array(filled)], "a path or a list of paths"),
    "Descriptor sets in place of .proto files, relative to this file",
  ),
  think_time: described(pause, "Pause after each step that does not set its own"),
  steps: v.optional(steps),
  flows: v.optional(flows),
  scenarios: described(
    record(filled, sideBySide, "names with scenarios"),
    "Several scenarios that run side by side, each with its own load and steps; everything else is shared",
  ),
  setup: v.optional(v.pipe(
    items,
    v.description("Steps that run once, before any load; every user can use what they extract"),
  )),
  teardown: v.optional(v.pipe(
    items,
    v.description("Steps that run once, after the load"),
  )),
  headers: described(namedValues, "Headers of all steps; their own replace them. May contain placeholders"),
  cookies: described(namedValues, "Cookies of all steps. May contain placeholders"),
  vars: described(
    record(name, variable, "names with values"),
    "Values for ${name}, the same for all users; text can contain ${env(NAME)}",
  ),
  data: described(record(name, dataSet, "names with data sets"), "Data sets for ${name.field}"),
  session: described(
    v.picklist(SESSIONS, `one of ${SESSIONS.join(", ")}`),
    "How long a user keeps the cookies that servers set",
  ),
  on_extract_failure: described(
    v.picklist(ABORT, `one of ${ABORT.join(", ")}`),
    "What to do when a value to extract is not in the response",
  ),
  on_template_error: described(
    v.picklist(KEEP, `one of ${KEEP.join(", ")}`),
    "What to do when a placeholder has no value",
  ),
});

/** A checked file. */
export type ScenarioFile = v.InferOutput<typeof scenarioSchema>;

/** A JSON Schema (draft-07) of scenario files, for editors and other programs. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return {
    ...withNulls(jsonSchemaOf(scenarioSchema)) as Record<string, unknown>,
    definitions: {
      item: { anyOf: ITEM_SECTIONS.map((section) => withNulls(jsonSchemaOf(section))) },
      items: { type: "array", minItems: 1, items: { $ref: "#/definitions/item" } },
      step: { anyOf: STEP_SECTIONS.map((section) => withNulls(jsonSchemaOf(section))) },
      choice: { anyOf: CHOICE_SECTIONS.map((section) => withNulls(jsonSchemaOf(section))) },
      pause: { anyOf: PAUSE_SECTIONS.map((section) => withNulls(jsonSchemaOf(section))) },
    },
    title: "Load test scenario",
    // Which of two keys is there is not a matter of one key.
    oneOf: [{ required: ["steps"] }, { required: ["flows"] }, { required: ["scenarios"] }],
  };
}

/** What cannot be seen from outside: sections that are chosen by what is in them. */
const CHOSEN: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [item, "item"],
  [innerItems, "items"],
  [stepItem, "step"],
  [choiceItem, "choice"],
  [pause, "pause"],
]);

function jsonSchemaOf(schema: v.GenericSchema): Record<string, unknown> {
  const { $schema: _version, $defs: _sections, ...made } = toJsonSchema(schema, {
    overrideSchema: ({ valibotSchema }) => {
      const name = CHOSEN.get(valibotSchema);
      return name === undefined ? undefined : { $ref: `#/definitions/${name}` };
    },
  }) as Record<string, unknown>;
  return made;
}

/** The same schema, in which a key that need not be there may also have no value. */
function withNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNulls);
  if (!isPlain(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNulls(value)]));
  if (!isPlain(inner["properties"])) return inner;
  // One of these must be there, whatever the schema calls them.
  const required = [...(schema["required"] ?? []) as readonly string[], "steps", "flows", "scenarios"];
  const properties = Object.entries(inner["properties"]).map(([key, value]) =>
    required.includes(key) ? [key, value] : [key, orNull(value)] as const
  );
  return { ...inner, properties: Object.fromEntries(properties) };
}

function orNull(schema: unknown): unknown {
  const { description: text, ...rest } = schema as Readonly<Record<string, unknown>>;
  return { anyOf: [rest, { type: "null" }], ...(text !== undefined && { description: text }) };
}

/** Something in a file that is not as declared. */
export type SchemaProblem =
  & { readonly path: FilePath }
  & (
    | { readonly kind: "value"; readonly expected: string; readonly isKey: boolean }
    | { readonly kind: "missing"; readonly key: string }
    | { readonly kind: "unknown"; readonly key: string; readonly known: readonly string[] }
  );

/** A key of a section that has no value is a key that is not there; within other objects, null may mean something. */
function withoutNulls(file: unknown): unknown {
  return pruned(file, scenarioSchema.entries, {
    steps: prunedItems,
    flows: listOf(flow.entries, { steps: prunedItems }),
    scenarios: (named) =>
      mapped(named, (one) =>
        pruned(one, sideBySide.entries, {
          steps: prunedItems,
          flows: listOf(flow.entries, { steps: prunedItems }),
        })),
    setup: prunedItems,
    teardown: prunedItems,
    data: (sets) => mapped(sets, (set) => pruned(set, dataSet.entries)),
  });
}

/** Of what has names that are the user's own. */
function mapped(named: unknown, each: (value: unknown) => unknown): unknown {
  return isPlain(named)
    ? Object.fromEntries(Object.entries(named).map(([name, value]) => [name, each(value)]))
    : named;
}

/** Of a list of steps and blocks, to any depth. */
function prunedItems(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  const inner = { steps: prunedItems, else: prunedItems, parallel: prunedItems, choose: prunedChoices };
  return list.map((item) => pruned(item, sectionOf(item).entries, inner));
}

function prunedChoices(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((choice) =>
    pruned(choice, { ...sectionOf(choice).entries, weight }, { steps: prunedItems })
  );
}

type Inner = Readonly<Record<string, (value: unknown) => unknown>>;

function listOf(entries: v.ObjectEntries, inner: Inner = {}): (value: unknown) => unknown {
  return (value) => Array.isArray(value) ? value.map((item) => pruned(item, entries, inner)) : value;
}

/** Keys that the section does not know stay, to be told of. */
function pruned(value: unknown, entries: v.ObjectEntries, inner: Inner = {}): unknown {
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== null || !Object.hasOwn(entries, key))
      .map(([key, item]) => [key, inner[key]?.(item) ?? item]),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Checks a file against the declaration. */
export function checkScenario(value: unknown): ScenarioFile | readonly SchemaProblem[] {
  const result = v.safeParse(scenarioSchema, withoutNulls(value));
  return result.success ? result.output : result.issues.flatMap(problemsOf);
}

function problemsOf(issue: v.BaseIssue<unknown>): readonly SchemaProblem[] {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const owner = path.slice(0, -1);
  // An object where one may be: what is wrong in it says more than what else may be there.
  const inner = issue.type === "union" && isPlain(issue.input)
    ? (issue.issues ?? []).filter((one) => one.path !== undefined)
    : [];
  if (inner.length > 0) {
    return inner.flatMap((one) =>
      problemsOf({ ...one, path: [...issue.path ?? [], ...one.path ?? []] } as v.BaseIssue<unknown>)
    );
  }
  if (issue.type !== "strict_object") {
    const isKey = issue.path?.at(-1)?.origin === "key";
    return [{ kind: "value", path, expected: issue.message, isKey }];
  }
  if (issue.expected === "never") {
    // Only the first unknown key is reported: look at all of them.
    const known = issue.message.split(" ");
    const keys = Object.keys(issue.path?.at(-1)?.input as object);
    return keys.filter((key) => !known.includes(key)).map((key) => ({
      kind: "unknown",
      path: [...owner, key],
      key,
      known,
    }));
  }
  if (issue.expected === "Object") {
    // What stands under a name of the user's own or a key has keys that are worth a hint; files and steps have too many.
    const hint = typeof path.at(-1) === "string"
      ? ` with keys such as ${issue.message.split(" ").slice(0, 3).join(", ")}`
      : "";
    return [{ kind: "value", path, expected: `an object${hint}`, isKey: false }];
  }
  return [{ kind: "missing", path: owner, key: String(path.at(-1)) }];
}
