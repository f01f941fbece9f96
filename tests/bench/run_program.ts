/**
 * A program that is run to its end, for what it prints.
 *
 * @module
 */

/** Runs a program; its output as text. @throws {Error} when it ends with another code than 0. */
export async function runProgram(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args], env }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`${command} ended with code ${code}: ${decoder.decode(stderr)}`);
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
