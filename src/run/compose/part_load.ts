/**
 * The load of one of several scenarios, from the keys that it is given with: the command's own options, each read and
 * checked as on the command line.
 *
 * @module
 */
import { problemsIn, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { loadOptions } from "../../load/load_options.ts";
import { rateOptions } from "../../load/rate_options.ts";
import { usersOptions } from "../../load/users_options.ts";
import { checkRelations } from "../../options/check.ts";
import type { OptionTable } from "../../options/option.ts";
import type { Origin } from "../../options/resolve.ts";
import type { GivenLoad, LoadKey } from "../../plan/parts/load_keys.ts";
import type { SingleLoad } from "../../plan/run_plan.ts";
import { scenarioOptions } from "../../scenario/scenario_options.ts";
import type { Settings } from "../settings/settings.ts";
import { composeLoad } from "./compose_load.ts";

/** The option behind each key. */
const PROPERTIES: Readonly<Record<LoadKey, string>> = {
  connections: "connections",
  users: "users",
  ramp_up: "rampUp",
  stages: "stages",
  rate: "rate",
  arrivals: "arrivals",
  rate_ramp: "rateRamp",
  traffic_profile: "trafficProfile",
  duration: "duration",
  iterations: "iterations",
  num_requests: "numRequests",
};

const ALL: OptionTable = {
  ...loadOptions,
  ...rateOptions,
  ...usersOptions,
  iterations: { ...scenarioOptions.iterations, requires: [] },
};

/** Options that say how much load there is: those of the whole run make no sense beside scenarios with loads of their own. */
const WHOLE_LOAD = [
  ...Object.values(PROPERTIES),
  "thinkTime",
  "thinkJitter",
  "autofind",
  "replay",
] as const;

/** What of the settings contradicts that scenarios have loads of their own, in one sentence; `undefined`: nothing. */
export function loadBesideScenarios(
  { values, origins }: Pick<Settings, "values" | "origins">,
): string | undefined {
  const known = values as Readonly<Record<string, unknown>>;
  const given = WHOLE_LOAD.filter((property) => origins.has(property) && known[property] !== false)
    .map((property) => origins.get(property)!.text);
  return given.length === 0
    ? undefined
    : `${escapeTerminal(values.scenario ?? "")} has scenarios with their own loads: leave out ${
      given.join(", ")
    }`;
}

/**
 * The load that keys describe; 10 connections for 10 seconds where there are none.
 *
 * @throws {UsageError} with every problem, in terms of the keys.
 */
export function partLoadFrom(
  given: GivenLoad,
  settings: Pick<Settings, "values" | "operands">,
  readTextFile: (path: string) => string,
): SingleLoad {
  const problems: string[] = [];
  const values: Record<string, unknown> = Object.fromEntries(
    Object.values(PROPERTIES).map((property) => [property, ALL[property]!.default]),
  );
  const origins = new Map<string, Origin>();
  for (const [key, value] of Object.entries(given)) {
    const property = PROPERTIES[key as LoadKey];
    const { type, long } = ALL[property]!;
    origins.set(property, { source: "command line", text: long });
    try {
      values[property] = type.parse(String(value));
    } catch (error) {
      const [reason] = problemsIn(error);
      problems.push(`"${key}": ${reason}, found ${escapeTerminal(JSON.stringify(value))}`);
    }
  }
  const resolved = { values, origins, problems: [], warnings: [] };
  problems.push(...checkRelations(ALL, resolved as never).map(inKeys));
  if (problems.length > 0) throw new UsageError(problems);
  const merged = { ...settings.values, autofind: false, replay: undefined, ...values } as Settings["values"];
  try {
    return composeLoad({ values: merged, origins, operands: settings.operands }, readTextFile) as SingleLoad;
  } catch (error) {
    throw new UsageError(problemsIn(error).map(inKeys));
  }
}

/** A sentence about flags as one about keys. */
function inKeys(sentence: string): string {
  return sentence.replace(/--([a-z][a-z-]*)/g, (_, flag: string) => `"${flag.replaceAll("-", "_")}"`);
}
