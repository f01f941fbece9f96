/** Settings and plans of command lines, without files, environment or chance. */
import { composePlan } from "../../src/run/compose/compose_plan.ts";
import type { PlanSources } from "../../src/run/compose/plan_sources.ts";
import { DOOR } from "../../src/cli/commands.ts";
import { readSettings } from "../../src/run/settings/settings.ts";
import type { Settings } from "../../src/run/settings/settings.ts";
import { UsageError } from "../../src/lib/errors.ts";
import type { RunPlan } from "../../src/plan/run_plan.ts";

/** Files by path, as text, and environment variables. */
export interface World {
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

function textOf(path: string, { files = {} }: World): string {
  const text = files[path];
  if (text === undefined) throw new Deno.errors.NotFound(`no ${path}`);
  return text;
}

/** Files that are not there; the seed is 7. */
export function sourcesOf(world: World = {}): PlanSources {
  return {
    files: {
      measureFile: (path) => Promise.try(() => new TextEncoder().encode(textOf(path, world)).length),
      readTextFile: (path) => textOf(path, world),
      readFile: (path) => Promise.try(() => new TextEncoder().encode(textOf(path, world))),
    },
    env: () => undefined,
    randomSeed: () => 7,
  };
}

/** The main command's settings; fails when help or version is asked for. */
export async function settingsOf(argv: readonly string[], world: World = {}): Promise<Settings> {
  const reading = await readSettings(DOOR.bench, argv, {
    environment: world.environment ?? {},
    readTextFile: (path) => Promise.try(() => textOf(path, world)),
  });
  if (reading.kind !== "settings") throw new TypeError(`Unexpected ${reading.kind}`);
  return reading.settings;
}

/** The plan of a command line. */
export async function planOf(argv: readonly string[], world: World = {}): Promise<RunPlan> {
  return await composePlan(await settingsOf(argv, world), sourcesOf(world));
}

/** All problems of a command line; none when it makes a plan. */
export async function problemsOf(argv: readonly string[], world: World = {}): Promise<readonly string[]> {
  try {
    await planOf(argv, world);
    return [];
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
}
