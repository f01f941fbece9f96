/**
 * The names under which one option is known: on the command line, in the environment, in a configuration file.
 *
 * @module
 */
import type { Option, OptionTable } from "./option.ts";

/** What every environment name begins with. */
export const ENVIRONMENT_PREFIX = "BENCH_";

/**
 * The environment variable of an option, from its property name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(environmentName("numRequests"), "BENCH_NUM_REQUESTS");
 * assertEquals(environmentName("maxP95"), "BENCH_MAX_P95");
 * ```
 */
export function environmentName(property: string): string {
  return ENVIRONMENT_PREFIX + property.replace(/[A-Z]/g, "_$&").toUpperCase();
}

/** The key of an option, or of one of its flags, in a configuration file: the long flag without its dashes. */
export function configKey(longFlag: string): string {
  return longFlag.replace(/^--/, "");
}

/** Whether the option is a switch: a flag that takes no argument. */
export function isSwitch(option: Option): boolean {
  return option.type.label === "" && !("bare" in option);
}

/** Every long flag of an option that means what its name says; not its negation. */
export function longFlags(option: Option): readonly string[] {
  return [option.long, ...(option.aliases ?? [])];
}

/** One of the ways in which an option can be given in the environment or a configuration file. */
export interface Name {
  readonly property: string;
  readonly name: string;
  /** The name stands for the option's negation: its value is turned round. */
  readonly isNegation: boolean;
}

/** All environment names of a table: each property's own, and its negation's (`BENCH_NO_KEEPALIVE`). */
export function environmentNames(table: OptionTable): readonly Name[] {
  return Object.entries(table).flatMap(([property, { negation }]) => [
    { property, name: environmentName(property), isNegation: false },
    ...(negation === undefined ? [] : [{ property, name: flagAsEnvironment(negation), isNegation: true }]),
  ]);
}

/** All configuration keys of a table: each long flag's, aliases and negations included. */
export function configKeys(table: OptionTable): readonly Name[] {
  return Object.entries(table).flatMap(([property, option]) => [
    ...longFlags(option).map((flag) => ({ property, name: configKey(flag), isNegation: false })),
    ...(option.negation === undefined
      ? []
      : [{ property, name: configKey(option.negation), isNegation: true }]),
  ]);
}

function flagAsEnvironment(flag: string): string {
  return ENVIRONMENT_PREFIX + configKey(flag).replaceAll("-", "_").toUpperCase();
}
