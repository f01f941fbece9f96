/**
 * How measuring programs are told what to do, and what they need.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what these programs are for
import { parseArgs, type ParseArgsConfig } from "node:util";
import { messageOf } from "../../src/lib/errors.ts";
import { programPath } from "../_support/peers.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** Reads the command line; `--help` prints the help and ends the program, and so does what cannot be understood. */
export function readOptions<const T extends Options>(help: string, options: T): Values<T> {
  let problem = "";
  try {
    if (!Deno.args.includes("--help")) return parseArgs({ options }).values;
  } catch (error) {
    problem = messageOf(error);
  }
  if (problem === "") console.log(help);
  else console.error(`${problem}\n\n${help}`);
  Deno.exit(problem === "" ? 0 : 1);
}

/** Ends the program, and says why, where one of the others that it measures with is not installed. */
export function needPrograms(...names: readonly string[]): void {
  const missing = names.filter((name) => programPath(name) === undefined);
  if (missing.length > 0) nothingMeasured(`not installed: ${missing.join(", ")}`);
}

/** Ends the program where it cannot measure anything. */
export function nothingMeasured(why: string): never {
  console.log(`Nothing measured: ${why}`);
  Deno.exit(0);
}
