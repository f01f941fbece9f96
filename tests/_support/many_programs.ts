/**
 * Runs many commands in this one process, one after the other, as `main.ts` would run each: reads a list of `Command`
 * from a file, prints a list of `Ended` as JSON. Starting the program anew takes longer than most commands.
 */
import { main } from "../../src/cli/main.ts";
import type { Ended } from "./program.ts";
import { tempDir } from "./temp_dir.ts";

/** What to run. */
export interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that it runs in; absent: this process's. */
  readonly cwd?: string;
}

/** Runs the commands in a process of their own. */
export async function manyPrograms(commands: readonly Command[]): Promise<readonly Ended[]> {
  await using temp = await tempDir();
  const list = `${temp.path}/file`;
  await Deno.writeTextFile(list, JSON.stringify(commands));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL(import.meta.url).pathname, list],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

async function runOne({ args, env = {}, cwd }: Command): Promise<Ended> {
  const said = { out: "", err: "" };
  const decoder = new TextDecoder();
  const collect = (key: "out" | "err") => (bytes: Uint8Array): number => {
    said[key] += decoder.decode(bytes);
    return bytes.length;
  };
  Deno.stdout.writeSync = collect("out");
  Deno.stderr.writeSync = collect("err");
  const before = Object.keys(env).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  if (cwd !== undefined) Deno.chdir(cwd);
  const code = await main(args);
  for (const [name, value] of before) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
  return { code, ...said };
}

if (import.meta.main) {
  const commands: readonly Command[] = JSON.parse(await Deno.readTextFile(Deno.args[0]!));
  const write = Deno.stdout.writeSync.bind(Deno.stdout);
  const ended: Ended[] = [];
  for (const command of commands) ended.push(await runOne(command));
  const bytes = new TextEncoder().encode(JSON.stringify(ended));
  for (let at = 0; at < bytes.length;) at += write(bytes.subarray(at));
  Deno.exit(0);
}
