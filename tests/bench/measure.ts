/**
 * Runs load generators one after the other and keeps what they did and what they used. CPU time and peak memory come
 * from GNU time's reading of getrusage; without it they are absent.
 *
 * @module
 */
import { programPath } from "../_support/peers.ts";
import type { Job, Reading, Tool } from "../../src/selftest/tool.ts";
import { bench } from "./peers.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** One run of one tool. */
export interface Sample extends Reading {
  /** User and system time of the client, µs for each request. */
  readonly cpuUs?: number;
  /** Largest resident memory, bytes. */
  readonly peakBytes?: number;
}

/** A job before it is known where output goes. */
export type Task = Omit<Job, "outputPath"> & { readonly seconds: number };

/** The middle value (the mean of the middle two); `undefined` of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Samples of this program and of one other tool, taken in turn. */
export interface Pairs {
  readonly ours: readonly Sample[];
  readonly theirs: readonly Sample[];
}

/**
 * Takes `pairs` samples of each, alternating, every second pair in reverse order, so that a machine that gets slower
 * or faster favours neither.
 * @throws {Error} as {@linkcode measure} does.
 */
export async function measurePairs(rival: Tool, task: Task, pairs: number): Promise<Pairs> {
  const ours: Sample[] = [];
  const theirs: Sample[] = [];
  const takeOurs = async () => ours.push(await measure(bench, task));
  const takeTheirs = async () => theirs.push(await measure(rival, task));
  for (let pair = 0; pair < pairs; pair++) {
    for (const take of pair % 2 === 0 ? [takeOurs, takeTheirs] : [takeTheirs, takeOurs]) await take();
  }
  return { ours, theirs };
}

/**
 * Runs a tool once; it is ended when it takes 30 s longer than asked.
 * @throws {Error} when it is missing, ends with an error or prints something unexpected.
 */
export async function measure(tool: Tool, task: Task): Promise<Sample> {
  await using temp = await tempDir();
  const dir = temp.path;
  const outputPath = `${dir}/result.json`;
  const job = { ...task, outputPath };
  const command = tool.words(job);
  if (command === undefined) throw new Error(`${tool.name} cannot do this`);
  if (command[0] !== Deno.execPath() && programPath(command[0]!) === undefined) {
    throw new Error(`${command[0]} is not installed`);
  }
  const input = tool.input?.(job);
  if (input !== undefined) await Deno.writeTextFile(`${outputPath}${input.ending}`, input.text);
  const usagePath = `${dir}/usage`;
  const [program, ...args] = [...timing(usagePath), ...limit(task.seconds + 30), ...command];
  const { code, stdout, stderr } = await new Deno.Command(program!, { args, stdin: "null" }).output();
  if (!(tool.endsWith ?? [0]).includes(code)) {
    const said = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes).trim()).find((text) =>
      text !== ""
    );
    throw new Error(`${tool.name} ended with code ${code}: ${said?.slice(-500) ?? "no output"}`);
  }
  const text = await readIfThere(outputPath) ?? new TextDecoder().decode(stdout);
  const reading = tool.parse(text);
  return { ...reading, ...readUsage(await readIfThere(usagePath), reading.requests) };
}

/**
 * Reads `user system kilobytes`, as GNU time was asked to write it. Empty when there is no such line or no request.
 */
export function readUsage(text: string | undefined, requests: number): Pick<Sample, "cpuUs" | "peakBytes"> {
  const match = /^([\d.]+) ([\d.]+) (\d+)\s*$/.exec(text ?? "");
  if (!match || requests === 0) return {};
  const [user, system, kilobytes] = match.slice(1).map(Number) as [number, number, number];
  return { cpuUs: (user + system) * 1e6 / requests, peakBytes: kilobytes * 1024 };
}

function timing(usagePath: string): readonly string[] {
  const path = Deno.build.os === "linux" ? programPath("time") : undefined;
  return path === undefined ? [] : [path, "-q", "-o", usagePath, "-f", "%U %S %M"];
}

function limit(seconds: number): readonly string[] {
  const path = Deno.build.os === "linux" ? programPath("timeout") : undefined;
  return path === undefined ? [] : [path, "-k", "5", `${seconds}`];
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
