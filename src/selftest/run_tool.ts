/**
 * Starts a load generator, waits for its end and reads what it says.
 *
 * @module
 */
import type { Job, Reading, Tool } from "./tool.ts";

/** How tools are found and limited. */
export interface ToolRun {
  /** The path of a program; `undefined`: not installed. */
  find(program: string): string | undefined;
  /** It is ended when it takes longer. */
  readonly limitMs: number;
}

/**
 * Runs a tool once on a job; `undefined` when it cannot do it.
 * @throws {Error} when it is missing, takes too long, ends with an error or prints something unexpected.
 */
export async function runTool(
  tool: Tool,
  job: Omit<Job, "outputPath">,
  { find, limitMs }: ToolRun,
): Promise<Reading | undefined> {
  if (tool.measure) return await tool.measure(job);
  const directory = await Deno.makeTempDir({ prefix: "bench-selftest-" });
  try {
    const outputPath = `${directory}/result`;
    const words = tool.words({ ...job, outputPath });
    if (words === undefined) return undefined;
    const input = tool.input?.({ ...job, outputPath });
    if (input) await Deno.writeTextFile(outputPath + input.ending, input.text);
    const [program, ...args] = words;
    const path = program!.includes("/") || program!.includes("\\") ? program : find(program!);
    if (path === undefined) throw new Error(`${tool.name} is not installed`);
    const abort = AbortSignal.timeout(limitMs);
    const child = new Deno.Command(path, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: abort,
    });
    const { code, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (abort.aborted) throw new Error(`${tool.name} did not end within ${limitMs / 1000} s`);
    const written = await Deno.readTextFile(outputPath).catch(() => undefined);
    const text = written ?? out!;
    if (text.trim() === "") {
      throw new Error(`${tool.name} ended with code ${code}: ${err!.trim().slice(-300)}`);
    }
    try {
      return tool.parse(text);
    } catch (error) {
      if (code === 0) throw error;
      const said = err!.trim().split("\n").at(-1) ?? "";
      throw new Error(`${tool.name} ended with code ${code}: ${said.slice(-300)}`, { cause: error });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
