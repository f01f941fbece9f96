/**
 * The program as its users start it: bundled, or, with `COMPILED_BENCH=FILE`, one that was compiled.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { bundledProgram } from "./bundled.ts";
import { until } from "./wait.ts";

/** The program's entry point. */
export const MAIN_PATH = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** How a run of the program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A compiled program to test in place of the bundled one, if there is one. */
export const COMPILED: string | undefined = Deno.env.get("COMPILED_BENCH");

/** The program's words, up to its own arguments. */
export const PROGRAM: readonly string[] = COMPILED === undefined ? await denoWords() : [COMPILED];

async function denoWords(): Promise<readonly string[]> {
  const bundle = await bundledProgram();
  const module = bundle === undefined ? [MAIN_PATH] : ["--no-config", bundle];
  return [Deno.execPath(), "run", "-A", "--no-check", ...module];
}

/** One thread where a test does not ask for more: a second one takes as long to start as the program. */
const ENVIRONMENT = { NO_COLOR: "1", BENCH_THREADS: "1" };

/** Starts the program, under another one (`taskset -c 0`) if that is given; the caller waits for it. */
export function startProgram(
  args: readonly string[],
  env: Record<string, string> = {},
  under: readonly string[] = [],
): Deno.ChildProcess {
  const [command, ...words] = [...under, ...PROGRAM, ...args];
  return new Deno.Command(command!, {
    args: words,
    env: { ...ENVIRONMENT, ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for a started program. */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Runs the program to its end. */
export function program(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return ended(startProgram(args, env));
}

/**
 * Runs the program until something holds, then ends its load as Ctrl-C does; it may also end by itself. For loads in which
 * something must have happened, however slow the machine is. On Windows a signal would end it on the spot.
 */
export async function programUntil(
  holds: () => boolean | Promise<boolean>,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const child = startProgram(args, env);
  let isOver = false;
  const end = ended(child).finally(() => isOver = true);
  await until(async () => isOver || await holds());
  try {
    child.kill("SIGINT");
  } catch {
    // It has ended by itself.
  }
  return await end;
}

/** Where Deno keeps packages; a program that gets an environment of its own needs to be told. */
export async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** A shell script that is this program, wherever it lies and whatever its environment. */
export async function programScript(): Promise<string> {
  if (COMPILED !== undefined) return `#!/bin/sh\nexec '${COMPILED}' "$@"\n`;
  return `#!/bin/sh
export DENO_DIR='${await denoDir()}'
exec ${PROGRAM.map((word) => `'${word}'`).join(" ")} "$@"
`;
}
