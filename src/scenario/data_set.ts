/**
 * Rows of values that iterations draw from. All users of a slot draw from one cursor; with several slots, row k belongs to
 * slot k mod slots, so that no row is drawn twice where it must not be.
 *
 * @module
 */
import { formatCounted } from "../lib/number_format.ts";
import { parse as parseCsv } from "@std/csv/parse";
import { messageOf, UsageError } from "../lib/errors.ts";
import { jsonMistake } from "../lib/json/json_error.ts";
import type { Random } from "../lib/random.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { LoadSpec } from "../plan/run_plan.ts";
import { type DataSet, type DataValue, maxSteps, type Row, type Scenario } from "../plan/scenario.ts";
import { globalNumber, type Share } from "../plan/share.ts";
import type { RowNumbers } from "../steps/step_kind.ts";
import { isScalar, parseExactJson } from "../template/exact_json.ts";
import { numberOf, valueOf } from "../template/value.ts";
import { withSuggestion } from "../lib/suggest.ts";
import { findDelimiter } from "./data_file.ts";

/** The ways of drawing rows. */
export const STRATEGIES = [
  "loop",
  "sequential",
  "random",
  "unique",
] as const satisfies readonly DataSet["strategy"][];

/** More rows than this are worth a warning: every slot holds them all. */
export const MANY_ROWS = 1_000_000;

/** A thread's place in a data set. Rows that are each given once are numbered by `given`, which all of its loads share. */
export class RowCursor {
  readonly #set: DataSet;
  readonly #share: Share;
  readonly #given: RowNumbers;
  #drawn = 0;

  constructor(set: DataSet, share: Share, given: RowNumbers) {
    this.#set = set;
    this.#share = share;
    this.#given = given;
  }

  /** The next row for an iteration; `undefined` when the thread's rows are spent. */
  next(random: Random): Row | undefined {
    const { name, rows, strategy } = this.#set;
    if (strategy === "random") return rows[random.integer(0, rows.length - 1)];
    if (strategy !== "loop") return rows[this.#given.next(name) - 1];
    return rows[globalNumber(this.#drawn++, this.#share) % rows.length];
  }
}

/** What the values of a CSV column can be. */
export const COLUMN_TYPES = ["text", "number", "boolean", "json"] as const;

const COLUMN_WORDS = { text: "text", number: "a number", boolean: "true or false", json: "JSON" } as const;

/** How a CSV file is written. */
export interface TableForm {
  /** A character, or `tab`; absent: told from the first line. */
  readonly delimiter?: string | undefined;
  /** Names of the columns of a file without a header row. */
  readonly fields?: readonly string[] | undefined;
  /** What the values of columns are; absent: text. */
  readonly types?: Readonly<Record<string, typeof COLUMN_TYPES[number]>> | undefined;
}

/**
 * Reads the rows of a data file: JSON when its name ends in `.json`, an object a line when it ends in `.jsonl` or
 * `.ndjson`, else CSV. Standard input, `-`, is told by its first character.
 *
 * @throws {UsageError} when the text is malformed or holds no rows.
 */
export function parseRows(
  text: string,
  path: string,
  form: TableForm = {},
): Pick<DataSet, "fields" | "rows"> {
  const kind = path === "-" ? { "[": ".json", "{": ".jsonl" }[text.trimStart().slice(0, 1)] ?? "" : path;
  const table = /\.json$/i.test(kind)
    ? jsonTable(jsonList(text, path), path)
    : /\.(?:jsonl|ndjson)$/i.test(kind)
    ? jsonTable(jsonLines(text, path), path)
    : csvTable(text, path, form);
  if (table.rows.length === 0) throw new UsageError(`Cannot use data file "${path}": it has no rows`);
  return table;
}

function csvTable(text: string, path: string, form: TableForm): Pick<DataSet, "fields" | "rows"> {
  const { delimiter = findDelimiter(text), fields: names, types = {} } = form;
  let lines: string[][];
  try {
    lines = parseCsv(text, { fieldsPerRecord: 0, separator: delimiter === "tab" ? "\t" : delimiter });
  } catch (error) {
    throw new UsageError(`Cannot read data file "${path}": ${messageOf(error)}`);
  }
  const [header = [], ...rest] = lines;
  const fields = names ?? header.map((field) => field.trim());
  const rows = names === undefined ? rest : lines;
  const refuse = (found: string) => new UsageError(`Cannot use data file "${path}": ${found}`);
  if (names !== undefined && lines.length > 0 && header.length !== names.length) {
    throw refuse(`it has ${header.length} columns, but "fields" names ${names.length}`);
  }
  fields.forEach((field, i) => {
    if (field === "") throw refuse(`column ${i + 1} has no name`);
    if (fields.indexOf(field) < i) throw refuse(`there are two columns named "${field}"`);
  });
  const unknown = Object.keys(types).find((field) => !fields.includes(field));
  if (unknown !== undefined) {
    throw new UsageError(withSuggestion(refuse(`it has no column "${unknown}"`).message, unknown, fields));
  }
  const readers = fields.map((field) => COLUMN_READERS[types[field] ?? "text"]);
  if (readers.every((read) => read === COLUMN_READERS.text)) return { fields, rows };
  return {
    fields,
    rows: rows.map((row, k) =>
      row.map((value, i) => {
        const read = readers[i]!(value);
        if (read !== undefined) return read;
        throw refuse(
          `row ${k + 1} has ${JSON.stringify(value)} in column "${fields[i]}", which is not ${
            COLUMN_WORDS[types[fields[i]!] ?? "text"]
          }`,
        );
      })
    ),
  };
}

/** What a column's text stands for; `undefined` when it is no such thing. An empty one is nothing. */
const COLUMN_READERS: Readonly<
  Record<typeof COLUMN_TYPES[number], (text: string) => DataValue | undefined>
> = {
  text: (text) => text,
  number: (text) => text.trim() === "" ? null : numberOf(text),
  boolean: (text) =>
    ({ "": null, true: true, false: false, yes: true, no: false, "1": true, "0": false })[
      text.trim().toLowerCase()
    ],
  json(text) {
    if (text.trim() === "") return null;
    try {
      return valueOf(parseExactJson(text));
    } catch {
      return undefined; // Told by the caller, with its place.
    }
  },
};

function jsonList(text: string, path: string): readonly unknown[] {
  let list: unknown;
  try {
    list = parseExactJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const { line, reason } = jsonMistake(error, text);
    throw new UsageError(`Cannot read data file "${path}": ${reason} on line ${line}`);
  }
  if (!Array.isArray(list)) {
    throw new UsageError(`Cannot use data file "${path}": expected a list of objects`);
  }
  return list;
}

/** Empty lines are nothing. */
function jsonLines(text: string, path: string): readonly unknown[] {
  return text.replace(/^\uFEFF/, "").split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [parseExactJson(line)];
    } catch (error) {
      const { reason } = jsonMistake(error, line);
      throw new UsageError(`Cannot read data file "${path}": ${reason} on line ${i + 1}`);
    }
  });
}

function jsonTable(list: readonly unknown[], path: string): Pick<DataSet, "fields" | "rows"> {
  const fields = isObject(list[0]) ? Object.keys(list[0]) : [];
  const rows = list.map((item: unknown, i) => {
    const refuse = (found: string) =>
      new UsageError(
        `Cannot use data file "${path}": row ${i + 1} ${found}; expected objects with the same keys`,
      );
    if (!isObject(item)) throw refuse("is not an object");
    const keys = Object.keys(item);
    if (keys.length === 0) throw refuse("is empty");
    const odd = keys.find((key) => !fields.includes(key)) ??
      fields.find((field) => !Object.hasOwn(item, field));
    if (odd !== undefined) throw refuse(`and row 1 differ in key "${odd}"`);
    return fields.map((field) => valueOf(item[field]));
  });
  return { fields, rows };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return !isScalar(value) && !Array.isArray(value);
}

/** What speaks against running a load with a scenario's `unique` data sets: too few rows for everyone to get one. */
export function uniqueRowProblems(scenario: Scenario, load: LoadSpec): readonly string[] {
  const { iterations, users } = demandOf(scenario, load);
  const needed = Math.max(iterations, users);
  const reason = iterations >= users ? `${iterations} iterations` : `${users} users`;
  return scenario.data
    .filter(({ strategy, rows }) => strategy === "unique" && rows.length < needed)
    .map(({ name, rows }) =>
      `Cannot give each of ${reason} its own row: data set "${name}" with strategy "unique" has ` +
      formatCounted(rows.length, "row")
    );
}

/** How many iterations there will be for certain, and how many users begin one. */
function demandOf(scenario: Scenario, load: LoadSpec): { iterations: number; users: number } {
  const { amount, maxUsers, openLoop } = loadFacts(load);
  // Which flows are drawn is not known: all may be of the longest.
  const iterations = amount === undefined
    ? 0
    : amount.unit === "iterations"
    ? amount.count
    : Math.ceil(amount.count / maxSteps(scenario));
  const users = openLoop ? 1 : amount === undefined ? maxUsers : Math.min(maxUsers, iterations);
  return { iterations, users };
}
