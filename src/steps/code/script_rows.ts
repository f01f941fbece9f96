/**
 * Data rows as the user's code sees them: objects by column, drawn by an iteration when it first asks. Which row `loop` and
 * `random` give depends on the iteration's number alone, so that it is the same over any number of threads.
 *
 * @module
 */
import type { Random } from "../../lib/random.ts";
import type { DataSet, Row } from "../../plan/scenario.ts";
import { withSuggestion } from "../../lib/suggest.ts";
import type { DataRow } from "../../script.ts";
import type { RowNumbers } from "../step_kind.ts";
import { textOf } from "../../template/value.ts";

interface Rows {
  readonly set: DataSet;
  readonly objects: (DataRow | undefined)[];
}

/** The data sets of one thread. */
export class ScriptRows {
  readonly #sets: ReadonlyMap<string, Rows>;
  readonly #given: RowNumbers;

  /** `given` numbers the rows of sets that give each once. */
  constructor(sets: readonly DataSet[], given: RowNumbers) {
    this.#sets = new Map(sets.map((set) => [set.name, { set, objects: [] }]));
    this.#given = given;
  }

  /** Whether there are any. */
  get isEmpty(): boolean {
    return this.#sets.size === 0;
  }

  /** Draws a row for an iteration; `undefined` when all have been used. @throws {TypeError} without such a set */
  draw(name: string, iteration: number, random: () => Random): DataRow | undefined {
    const rows = this.#find(name);
    const { set } = rows;
    const { length } = set.rows;
    switch (set.strategy) {
      case "loop":
        return objectAt(rows, iteration % length);
      case "random":
        return objectAt(rows, random().integer(0, length - 1));
      default: {
        const number = this.#given.next(name) - 1;
        return number < length ? objectAt(rows, number) : undefined;
      }
    }
  }

  /** All rows. @throws {TypeError} without such a set */
  all(name: string): readonly DataRow[] {
    const rows = this.#find(name);
    return rows.set.rows.map((_, at) => objectAt(rows, at));
  }

  #find(name: string): Rows {
    const found = this.#sets.get(name);
    if (found !== undefined) return found;
    const names = [...this.#sets.keys()];
    const sentence = `There is no data set "${name}"`;
    throw new TypeError(
      names.length === 0
        ? `${sentence}: name its file in options.data or with --data ${name}=FILE`
        : withSuggestion(sentence, name, names),
    );
  }
}

function objectAt(rows: Rows, at: number): DataRow {
  return rows.objects[at] ??= objectOf(rows.set, rows.set.rows[at]!);
}

function objectOf({ fields }: DataSet, row: Row): DataRow {
  return Object.freeze(Object.fromEntries(fields.map((field, i) => [field, textOf(row[i] ?? "")])));
}

/** No row is left: the user is at an end. */
export class RowsSpent extends Error {
  override readonly name = "RowsSpent";
}
