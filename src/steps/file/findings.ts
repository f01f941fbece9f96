/**
 * What is found wrong or odd in a scenario file, each with file, line and step, collected so that all of it can be told at
 * once.
 *
 * @module
 */
import { problemsIn } from "../../lib/errors.ts";
import type { FilePath, ScenarioText } from "./scenario_text.ts";

interface Finding {
  /** 0 for what does not come from the file. */
  readonly line: number;
  readonly sentence: string;
}

/** The problems and warnings of one file. */
export class Findings {
  readonly #problems: Finding[] = [];
  readonly #warnings: Finding[] = [];
  readonly #text: ScenarioText;
  readonly #file: string;

  /** `file` is how the user named it. */
  constructor(text: ScenarioText, file: string) {
    this.#text = text;
    this.#file = file;
  }

  /** In the order of the file, after what does not come from it. */
  get problems(): readonly string[] {
    return sentencesOf(this.#problems);
  }

  get warnings(): readonly string[] {
    return sentencesOf(this.#warnings);
  }

  addProblem(at: FilePath, sentence: string): void {
    this.#add(this.#problems, at, sentence);
  }

  addWarning(at: FilePath, sentence: string): void {
    this.#add(this.#warnings, at, sentence);
  }

  /** A problem of the command line. */
  addFlagProblem(sentence: string): void {
    this.#problems.push({ line: 0, sentence });
  }

  /** Does something that may throw a `UsageError`, which becomes problems; gives `undefined` then. */
  attempt<Result>(at: FilePath, action: () => Result): Result | undefined {
    try {
      return action();
    } catch (error) {
      for (const problem of problemsIn(error)) this.addProblem(at, problem);
      return undefined;
    }
  }

  #add(list: Finding[], at: FilePath, found: string): void {
    const line = this.#text.lineOf(at);
    const place = placeOf(at, this.#text.value);
    const sentence = `${this.#file}:${line}: ${place === "" ? "" : `${place}: `}${found}`;
    if (list.every((other) => other.sentence !== sentence)) list.push({ line, sentence });
  }
}

function sentencesOf(findings: readonly Finding[]): readonly string[] {
  return findings.toSorted((a, b) => a.line - b.line).map(({ sentence }) => sentence);
}

/**
 * Where in a scenario a path is, in words; `""` outside of scenarios, flows and steps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(placeOf(["steps", 1, "path"], { steps: [{}, { name: "login" }] }), 'Step 2 "login"');
 * assertEquals(placeOf(["flows", 0, "steps", 2], { flows: [{ name: "buy" }] }), 'Flow 1 "buy", step 3');
 * ```
 */
export function placeOf(path: FilePath, file: unknown): string {
  const places: string[] = [];
  let value = file;
  for (const [i, key] of path.entries()) {
    value = member(value, key);
    const list = path[i - 1];
    if (path[0] === "scenarios" && i < 2) {
      if (i === 1) places.push(`Scenario "${key}"`);
      continue;
    }
    if (typeof key === "string") {
      // A body may hold keys of the same names.
      if (!Object.hasOwn(LISTS, key)) break;
      continue;
    }
    const kind = LISTS[String(list)] ?? "";
    const name = member(value, "name") ?? member(value, "group");
    const shown = places.length > 0 ? kind.toLowerCase() : kind;
    places.push(`${shown} ${key + 1}${typeof name === "string" ? ` "${name}"` : ""}`);
  }
  return places.join(", ");
}

/** Keys with lists of flows and steps, and what one of them is called. */
const LISTS: Readonly<Record<string, string>> = {
  flows: "Flow",
  steps: "Step",
  else: "Step",
  parallel: "Step",
  choose: "Choice",
  setup: "Setup step",
  teardown: "Teardown step",
};

/** What is at a path of a plain value. */
export function memberAt(value: unknown, path: FilePath): unknown {
  return path.reduce(member, value);
}

function member(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}
