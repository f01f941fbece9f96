/**
 * What a list of steps may hold in a scenario file: steps, and blocks of steps, to any depth. Which of them an item is, its
 * keys tell.
 *
 * @module
 */
import * as v from "valibot";
import { described, description, filled, record, section, text } from "../steps/file/file_schema.ts";
import { STEP_SCHEMAS, type StepFile, stepSchemaOf } from "../steps/step_files.ts";

const WEIGHT = "a number greater than 0";
/** How often something is drawn, relative to others. */
export const weight = v.pipe(
  v.number(WEIGHT),
  v.gtValue(0, WEIGHT),
  v.maxValue(1e9, "a number of at most 1000000000"),
);

const ROUNDS = "a whole number from 1 to 1000000";
const max = described(
  v.pipe(v.number(ROUNDS), v.integer(ROUNDS), v.minValue(1, ROUNDS), v.maxValue(1e6, ROUNDS)),
  "Rounds at most; 1000 if not given",
);

const headerValue = v.union([v.string(), v.number(), v.boolean()], "a text, a number or a boolean");
/** Headers or cookies with their values. */
export const namedValues = record(text, headerValue, "names with their values");

const TIMES = "a whole number from 0, or an expression such as ${pages}";
const times = v.union([v.pipe(v.number(TIMES), v.integer(TIMES), v.minValue(0, TIMES)), v.string()], TIMES);

const CONDITION = "a condition such as ${stock} > 0";
const holds = v.union([v.pipe(v.string(), v.nonEmpty()), v.boolean()], CONDITION);

/** A list of steps with what is made of it. */
interface Steps {
  readonly steps: readonly ItemFile[];
}
type NamedValues = Readonly<Record<string, string | number | boolean>> | undefined;
/** A step with its weight, or several. */
export type ChoiceFile = (StepFile | Steps) & { readonly weight?: number | undefined };
/** The blocks, by the keys that tell them. */
export type GroupFile = Steps & { readonly group: string };
/** Repetitions. */
export type RepeatFile = Steps & { readonly repeat: number | string; readonly max?: number | undefined };
/** A loop. */
export type WhileFile = Steps & { readonly while: string | boolean; readonly max?: number | undefined };
/** A condition. */
export type IfFile = Steps & {
  readonly if: string | boolean;
  readonly else?: readonly ItemFile[] | undefined;
};
/** One of several. */
export interface ChooseFile {
  readonly choose: readonly ChoiceFile[];
}
/** Several at the same time. */
export interface ParallelFile {
  readonly parallel: readonly StepFile[];
}
/** What holds for all steps that follow. */
export interface SettingFile {
  readonly set_headers?: NamedValues;
  readonly set_cookies?: NamedValues;
}

/** A step or block as it stands in a file. */
export type ItemFile =
  | StepFile
  | GroupFile
  | RepeatFile
  | WhileFile
  | IfFile
  | ChooseFile
  | ParallelFile
  | SettingFile;

/** The steps within a block. */
export const innerItems: v.GenericSchema = v.lazy((): v.GenericSchema => items);
const innerSteps: v.GenericSchema<readonly ItemFile[], readonly ItemFile[]> = v.pipe(
  innerItems,
  v.description("Steps and blocks of steps, in order"),
) as unknown as v.GenericSchema<readonly ItemFile[], readonly ItemFile[]>;

const group = section({
  description,
  group: v.pipe(filled, v.description("Name of a transaction, which is timed as a whole")),
  steps: innerSteps,
});

const repeat = section({
  description,
  repeat: v.pipe(times, v.description("How many times the steps are done")),
  max,
  steps: innerSteps,
});

const whileLoop = section({
  description,
  while: v.pipe(
    holds,
    v.description("The steps are done as long as this holds, such as ${status} != 'done'"),
  ),
  max,
  steps: innerSteps,
});

const condition = section({
  description,
  if: v.pipe(holds, v.description("The steps are done if this holds, such as ${stock} > 0")),
  steps: innerSteps,
  else: described(innerSteps, "The steps that are done if it does not"),
});

const choice = section({
  description,
  weight: described(weight, "How often it is drawn, relative to the others; 1 if not given"),
  steps: innerSteps,
});
const weightedSteps = new Map(
  Object.values(STEP_SCHEMAS).map((schema) => [
    schema,
    section({
      ...schema.entries,
      weight: described(weight, "How often it is drawn, relative to the others; 1 if not given"),
    }),
  ]),
);

/** One of several: a step, or a list of steps, with its weight. */
export const choiceItem = v.lazy((input) =>
  has(input, "steps") ? choice : weightedSteps.get(stepSchemaOf(input))!
);
/** What it may be. */
export const CHOICE_SECTIONS: readonly v.GenericSchema[] = [choice, ...weightedSteps.values()];

/** A step, whatever its kind. */
export const stepItem = v.lazy((input) => stepSchemaOf(input)) as unknown as v.GenericSchema<
  StepFile,
  StepFile
>;

const choose = section({
  description,
  choose: v.pipe(
    v.array(choiceItem, "a list of steps"),
    v.minLength(1, "at least one step"),
    v.description("One of these is drawn by weight: a step, or several under steps"),
  ),
});

const parallel = section({
  description,
  parallel: v.pipe(
    v.array(stepItem, "a list of steps"),
    v.minLength(1, "at least one step"),
    v.maxLength(100, "at most 100 steps"),
    v.description("Requests that are sent at the same time, each on a connection of its own"),
  ),
});

const setting = section({
  description,
  set_headers: described(namedValues, "Headers of all steps that follow. May contain placeholders"),
  set_cookies: described(namedValues, "Cookies of all steps that follow. May contain placeholders"),
});

/** Sections of blocks, by a key that only they have. */
const BLOCKS = {
  group,
  repeat,
  while: whileLoop,
  if: condition,
  choose,
  parallel,
  set_headers: setting,
  set_cookies: setting,
} as const;

/** Keys that tell blocks. */
export const BLOCK_KEYS: readonly string[] = Object.keys(BLOCKS);

/** An object with keys of its own. */
interface Section {
  readonly entries: v.ObjectEntries;
}

/** The section that an item of a list of steps is checked by. */
export function sectionOf(item: unknown): v.GenericSchema & Section {
  const key = BLOCK_KEYS.find((one) => has(item, one));
  return key === undefined ? stepSchemaOf(item) : BLOCKS[key as keyof typeof BLOCKS];
}

/** All sections that a step may be. */
export const STEP_SECTIONS: readonly v.GenericSchema[] = Object.values(STEP_SCHEMAS);

/** All sections that an item may be. */
export const ITEM_SECTIONS: readonly v.GenericSchema[] = [
  ...STEP_SECTIONS,
  ...new Set(Object.values(BLOCKS)),
];

/** A step or block. */
export const item = v.lazy((input) => sectionOf(input));

/** A list of steps and blocks. */
export const items: v.GenericSchema<readonly ItemFile[], readonly ItemFile[]> = v.pipe(
  v.array(item, "a list of steps"),
  v.minLength(1, "at least one step"),
) as unknown as v.GenericSchema<readonly ItemFile[], readonly ItemFile[]>;

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}
