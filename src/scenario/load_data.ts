/**
 * The data sets of a scenario, from its file and from the command line.
 *
 * @module
 */
import { problemsIn } from "../lib/errors.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type { DataSet } from "../plan/scenario.ts";
import { decodeData } from "./data_file.ts";
import { MANY_ROWS, parseRows, STRATEGIES, type TableForm } from "./data_set.ts";
import type { Findings } from "../steps/file/findings.ts";
import type { ScenarioFile } from "./scenario_schema.ts";
import { NAME } from "../template/names.ts";

/** What `--data` and `--data-strategy` say, each `NAME=VALUE`. */
export interface DataFlags {
  readonly data: readonly string[];
  readonly dataStrategy: readonly string[];
}

/** What data sets are loaded with. */
export interface LoadDataOptions {
  readonly flags: DataFlags;
  readonly findings: Findings;
  /** Reads a file named in the scenario. @throws {UsageError} */
  readRelative(file: string): Promise<Uint8Array>;
  /** Reads a file named on the command line. @throws {UsageError} */
  readGiven(file: string): Promise<Uint8Array>;
}

type Strategy = DataSet["strategy"];

/** Where the rows of a set come from. `flag` is what named it, when the command line did. */
interface Source {
  readonly file: string;
  readonly strategy: Strategy;
  readonly form: TableForm & { readonly encoding?: string | undefined };
  readonly flag?: string;
}

/** Loads all sets; files of the command line replace those of the scenario. Problems go to the findings. */
export async function loadData(file: ScenarioFile, options: LoadDataOptions): Promise<readonly DataSet[]> {
  const { findings } = options;
  const sources = new Map<string, Source>();
  for (const [name, { file: path, strategy, ...form }] of Object.entries(file.data ?? {})) {
    sources.set(name, { file: path, strategy: strategy ?? "loop", form });
  }
  applyFlags(sources, options.flags, findings);
  const sets: DataSet[] = [];
  for (const [name, source] of sources) {
    try {
      const bytes = await (source.flag === undefined ? options.readRelative : options.readGiven)(source.file);
      const text = decodeData(bytes, source.file, source.form.encoding);
      const set = { name, strategy: source.strategy, ...parseRows(text, source.file, source.form) };
      sets.push(set);
      if (set.rows.length > MANY_ROWS) {
        findings.addWarning(
          ["data", name],
          `${set.rows.length} rows: every thread holds all of them in memory`,
        );
      }
    } catch (error) {
      const reason = problemsIn(error).join(" ");
      if (source.flag === undefined) findings.addProblem(["data", name], reason);
      else findings.addFlagProblem(`${source.flag}: ${reason}`);
      // Stands in for the set so that its name is known.
      sets.push({ name, strategy: source.strategy, fields: [], rows: [] });
    }
  }
  return sets;
}

function applyFlags(sources: Map<string, Source>, flags: DataFlags, findings: Findings): void {
  for (const [name, path] of assignments("--data", flags.data, { form: "NAME=FILE", findings })) {
    if (!NAME.test(name)) {
      findings.addFlagProblem(
        `--data ${name}=${path}: Cannot use the name "${name}": expected letters, digits and _`,
      );
      continue;
    }
    sources.set(name, {
      file: path,
      strategy: sources.get(name)?.strategy ?? "loop",
      form: sources.get(name)?.form ?? {},
      flag: `--data ${name}=${path}`,
    });
  }
  const given = assignments("--data-strategy", flags.dataStrategy, { form: "NAME=STRATEGY", findings });
  for (const [name, strategy] of given) {
    const source = sources.get(name);
    const flag = `--data-strategy ${name}=${strategy}`;
    if (source === undefined) {
      findings.addFlagProblem(
        withSuggestion(`${flag}: There is no data set "${name}"`, name, [...sources.keys()]),
      );
    } else if (!isStrategy(strategy)) {
      findings.addFlagProblem(
        `${flag}: Unknown strategy "${strategy}": expected one of ${STRATEGIES.join(", ")}`,
      );
    } else sources.set(name, { ...source, strategy });
  }
}

function isStrategy(text: string): text is Strategy {
  return (STRATEGIES as readonly string[]).includes(text);
}

function assignments(
  flag: string,
  texts: readonly string[],
  { form, findings }: { readonly form: string; readonly findings: Findings },
): readonly (readonly [name: string, value: string])[] {
  return texts.flatMap((text) => {
    const equals = text.indexOf("=");
    if (equals > 0 && equals < text.length - 1) {
      return [[text.slice(0, equals), text.slice(equals + 1)] as const];
    }
    findings.addFlagProblem(`${flag} ${text}: Expected ${form}`);
    return [];
  });
}
