/**
 * Runs the action of this repository as a runner does, as far as the action needs it: steps in order, a file each for
 * outputs and summary, expressions, conditions. Everything else of the environment is left out.
 */
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type Run, run } from "./run.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The parts of action.yml that matter here. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string; readonly description: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** One step. */
export interface Step {
  readonly id?: string;
  readonly name: string;
  readonly if?: string;
  readonly uses?: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

/** How a job with the action ended. */
export interface JobEnd {
  readonly isGreen: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What all steps printed. */
  readonly log: string;
}

/** Reads action.yml. */
export async function readAction(): Promise<Action> {
  return parse(await Deno.readTextFile(`${ROOT}action.yml`));
}

/** What a job has around it. */
export interface Context {
  readonly inputs: Readonly<Record<string, string>>;
  /** An empty folder for everything. */
  readonly folder: string;
  /** The event that started the job. */
  readonly event?: unknown;
  /** Folder whose programs go before all others. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the action in a folder laid out like a runner's. */
export async function runAction(context: Context): Promise<JobEnd> {
  const { folder, path, event = {}, env = {} } = context;
  const action = await readAction();
  const inputs = { ...defaultsOf(action), ...context.inputs };
  const known = new Map<string, string>([
    ["github.token", "token-of-the-job"],
    ["github.action_repository", "acme/bench"],
    ...Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value] as const),
  ]);
  for (const name of ["temp", "workspace"]) await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/event.json`, JSON.stringify(event));
  await Deno.writeTextFile(`${folder}/summary.md`, "");
  const common = {
    PATH: [...(path === undefined ? [] : [path]), Deno.env.get("PATH")!].join(":"),
    HOME: `${folder}/temp`,
    RUNNER_TEMP: `${folder}/temp`,
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_EVENT_PATH: `${folder}/event.json`,
    GITHUB_STEP_SUMMARY: `${folder}/summary.md`,
    GITHUB_REPOSITORY: "acme/shop",
    NO_COLOR: "1",
    ...env,
  };
  let isGreen = true;
  let log = "";
  for (const [at, step] of action.runs.steps.entries()) {
    if (!isWanted(step, { isGreen, known })) continue;
    const output = `${folder}/output${at}`;
    await Deno.writeTextFile(output, "");
    const own = Object.entries(step.env).map(([name, value]) => [name, evaluated(value, known)] as const);
    const end: Run = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      clearEnv: true,
      cwd: `${folder}/workspace`,
      env: { ...common, ...Object.fromEntries(own), GITHUB_OUTPUT: output },
    });
    log += end.out + end.err;
    if (end.code !== 0) isGreen = false;
    for (const [name, value] of outputsIn(await Deno.readTextFile(output))) {
      known.set(`steps.${step.id}.outputs.${name}`, value);
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, evaluated(value, known)]);
  return {
    isGreen,
    outputs: Object.fromEntries(outputs),
    summary: await Deno.readTextFile(`${folder}/summary.md`),
    log,
  };
}

function defaultsOf({ inputs }: Action): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) =>
      [name, (input.default ?? "").replace("${{ github.token }}", "token-of-the-job")] as const
    ),
  );
}

function isWanted(
  step: Step,
  { isGreen, known }: { readonly isGreen: boolean; readonly known: ReadonlyMap<string, string> },
): boolean {
  if (step.if === "always()") return true;
  const [, name, wanted] = /^([\w.-]+) == '([^']*)'$/.exec(step.if ?? "") ?? [];
  if (step.if !== undefined && name === undefined) throw new TypeError(`Unknown condition ${step.if}`);
  return isGreen && (name === undefined || known.get(name) === wanted);
}

/** An expression that nobody has set is empty, as on a runner. */
function evaluated(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => known.get(name) ?? "");
}

function outputsIn(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split("\n").filter((line) => line.includes("="))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
}
