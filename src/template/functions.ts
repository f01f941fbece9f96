/**
 * The functions of placeholders, `${uuid()}` and others. Values of `env` are read where the scenario file is loaded, never
 * in a worker.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type { Expression } from "./expression.ts";
import { NAME } from "./names.ts";
import { RANDOM_FUNCTIONS } from "./random_functions.ts";
import { TEXT_FUNCTIONS } from "./text_functions.ts";
import { TIME_FUNCTIONS } from "./time_functions.ts";
import type { TemplateFunction } from "./template_function.ts";
import { textOf } from "./value.ts";

/** All functions by name; `env` is not among them. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  ...RANDOM_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...TEXT_FUNCTIONS,
};

/** Whether a function takes from the user's stream of random numbers. */
export function drawsRandomly(name: string): boolean {
  return Object.hasOwn(RANDOM_FUNCTIONS, name) && name !== "counter";
}

/** The function of this name. @throws {UsageError} when there is none */
export function functionNamed(name: string): TemplateFunction {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known !== undefined) return known;
  const names = [...Object.keys(FUNCTIONS), "env"];
  const sentence = `Unknown function "${name}" in a placeholder`;
  const suggested = withSuggestion(sentence, name, names);
  throw new UsageError(
    suggested === sentence ? `${sentence}: expected one of ${names.join(", ")}` : suggested,
  );
}

/** The name in an `env(NAME)` call; `source`: the whole placeholder. @throws {UsageError} when the arguments are not one name */
export function envNameOf(args: readonly Expression[], source: string): string {
  const [arg] = args;
  const name = arg?.kind === "name" ? arg.name : arg?.kind === "constant" ? textOf(arg.value) : "";
  if (args.length !== 1 || !NAME.test(name)) {
    throw new UsageError(`Cannot use "${source}": expected env(NAME)`);
  }
  return name;
}
