/**
 * Servers of the tests' own that print their port and end with their input.
 *
 * @module
 */
import { messageOf } from "../../src/lib/errors.ts";
import { programPath } from "./peers.ts";
import { tempDir } from "./temp_dir.ts";

/** A running server. */
export interface PortServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts a server; `temp`: what goes with it.
 * @throws {Error} when it ends without a port
 */
export async function startPortServer(
  program: string,
  args: readonly string[],
  temp?: AsyncDisposable,
): Promise<PortServer> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value).trim());
  const close = async () => {
    await child.stdin.close().catch(() => {}); // It may have ended.
    await reader.cancel();
    await child.status;
    await temp?.[Symbol.asyncDispose]();
  };
  if (!(port > 0)) {
    await close();
    throw new Error(`${program} ended without a port`);
  }
  return { port, [Symbol.asyncDispose]: close };
}

/**
 * Builds the Go program of a folder somewhere else, and starts it.
 * @throws {Error} when it cannot be built, such as without its modules and without a network
 */
export async function startGoServer(folder: string, args: readonly string[] = []): Promise<PortServer> {
  const temp = await tempDir();
  for (const name of ["go.mod", "go.sum", "server.go"]) {
    await Deno.copyFile(`${folder}${name}`, `${temp.path}/${name}`);
  }
  await runInstaller(programPath("go")!, ["build", "-o", "server", "."], temp);
  return await startPortServer(`${temp.path}/server`, args, temp);
}

/**
 * Runs what builds or installs something in a temporary folder.
 * @throws {Error} with what it printed when it fails; the folder is gone then
 */
export async function runInstaller(
  program: string,
  args: readonly string[],
  temp: AsyncDisposable & { readonly path: string },
): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: temp.path,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  await temp[Symbol.asyncDispose]();
  throw new Error(`${program}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Starts a server; where it cannot be built, says so out loud and gives `undefined`. */
export async function startIfPossible<Server>(
  kind: { readonly name: string; start(): Promise<Server> },
): Promise<Server | undefined> {
  try {
    return await kind.start();
  } catch (error) {
    // deno-lint-ignore no-console -- a skipped test must be seen
    console.warn(`Skipped: ${kind.name} cannot be started here: ${messageOf(error).split("\n")[0]}`);
    return undefined;
  }
}
