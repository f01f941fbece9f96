/**
 * The scenarios that a module exports: several of its functions side by side, each with a load of its own.
 *
 * @module
 */
import { parseDuration } from "../../lib/duration.ts";
import { problemsIn, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { isRecord } from "../../lib/is_record.ts";
import { withSuggestion } from "../../lib/suggest.ts";
import { type GivenLoad, LOAD_KEYS } from "../../plan/parts/load_keys.ts";
import type { SingleLoad } from "../../plan/run_plan.ts";

/** One of them. */
export interface ModuleScenario {
  readonly name: string;
  /** The name under which the module exports its function. */
  readonly exported: string;
  readonly load: SingleLoad;
  readonly startMs: number;
}

/** The module that they are read from. */
export interface ScenarioContext {
  readonly exports: Readonly<Record<string, unknown>>;
  /** @throws {UsageError} when it is not exported */
  checkFunction(exported: string): void;
  /** The load that keys describe. @throws {UsageError} with what is wrong with them */
  loadOf(given: GivenLoad): SingleLoad;
}

/**
 * Reads them; `undefined` when there are none, so that the module's default function is all.
 *
 * @throws {UsageError} with everything that is wrong with them
 */
export function moduleScenarios(
  { exports, name: moduleName, ...context }: ScenarioContext & { readonly name: string },
): readonly ModuleScenario[] | undefined {
  const given = exports["scenarios"];
  if (given === undefined) return undefined;
  if (!isRecord(given) || Object.keys(given).length === 0) {
    throw new UsageError(`${moduleName}: expected scenarios to be an object of names and scenarios`);
  }
  const problems: string[] = [];
  const scenarios = Object.entries(given).flatMap(([name, one]): readonly ModuleScenario[] => {
    try {
      return [readScenario(name, one, { exports, ...context })];
    } catch (error) {
      const place = `${moduleName}: scenarios.${escapeTerminal(name)}`;
      problems.push(...problemsIn(error).map((problem) => `${place}: ${problem}`));
      return [];
    }
  });
  if (problems.length > 0) throw new UsageError(problems);
  return scenarios;
}

function readScenario(
  name: string,
  given: unknown,
  { exports, checkFunction, loadOf }: ScenarioContext,
): ModuleScenario {
  if (!isRecord(given)) throw new UsageError('expected an object, such as { exec: "browse", users: 10 }');
  const load: Record<string, string | number> = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (key === "exec" || key === "start" || value === undefined) continue;
    const known = key.replaceAll("-", "_");
    if (!Object.hasOwn(LOAD_KEYS, known)) {
      const keys = ["exec", "start", ...Object.keys(LOAD_KEYS).map((key) => key.replaceAll("_", "-"))];
      problems.push(withSuggestion(`unknown key "${escapeTerminal(key)}"`, key, keys));
    } else if (typeof value !== "string" && typeof value !== "number") {
      problems.push(`"${key}": expected a text or a number`);
    } else load[known] = value;
  }
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      problems.push(...problemsIn(error));
      return undefined;
    }
  };
  const exported = attempt(() => exportedOf(name, given["exec"], exports));
  if (exported !== undefined) attempt(() => checkFunction(exported));
  const startMs = attempt(() => startOf(given["start"]));
  const spec = attempt(() => loadOf(load));
  if (problems.length > 0) throw new UsageError(problems);
  return { name, exported: exported!, load: spec!, startMs: startMs! };
}

/** The name under which a scenario's function is exported, if it is. */
function exportedOf(name: string, exec: unknown, exports: ScenarioContext["exports"]): string {
  if (typeof exec === "function") {
    const found = Object.keys(exports).find((key) => exports[key] === exec);
    if (found !== undefined) return found;
    throw new UsageError(
      `"exec": the function "${exec.name}" is not exported, which threads need to find it`,
    );
  }
  if (exec !== undefined && typeof exec !== "string") {
    throw new UsageError(`"exec": expected an exported function or its name`);
  }
  return exec ?? (typeof exports[name] === "function" ? name : "default");
}

function startOf(given: unknown): number {
  if (given === undefined) return 0;
  try {
    return parseDuration(String(given));
  } catch (error) {
    throw new UsageError(problemsIn(error).map((problem) => `"start": ${problem}`));
  }
}
