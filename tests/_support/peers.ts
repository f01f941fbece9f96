/**
 * Real programs that tests and measurements talk to or are compared with: finding them, starting them, skipping out
 * loud where they are missing. Installs nothing.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { findProgram } from "../../src/selftest/find_program.ts";
import { until } from "./wait.ts";

/** Debian packages of the programs whose package has another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  nginx: "nginx-light",
  ab: "apache2-utils",
  h2load: "nghttp2-client",
};

/** The program's path, from PATH and the system directories that are often not on it; `undefined`: not installed. */
export function programPath(name: string): string | undefined {
  return findProgram(name, Deno.env.get("PATH") ?? "");
}

/** Registers a test that needs programs; where one is missing the test is skipped and says so by name. */
export function peerTest(name: string, programs: readonly string[], fn: () => void | Promise<void>): void {
  const missing = programs.filter((program) => programPath(program) === undefined);
  for (const program of missing) {
    // deno-lint-ignore no-console -- a skipped test must be seen
    console.warn(`Skipped "${name}": ${program} is not installed (Debian: ${PACKAGES[program] ?? program})`);
  }
  Deno.test({ name, ignore: missing.length > 0, fn });
}

/** As {@linkcode peerTest}, for what Windows has no place for: Unix shells, their quoting, executable bits. */
export function unixTest(name: string, programs: readonly string[], fn: () => void | Promise<void>): void {
  peerTest(name, Deno.build.os === "windows" ? ["a Unix system"] : programs, fn);
}

/** A port that was free a moment ago, on the loopback interface. */
export function freePort(): number {
  return freePorts(1)[0]!;
}

/** Below those that systems give away by themselves: no connection of another test takes one of these meanwhile. */
const [FIRST_PORT, LAST_PORT] = [10_000, 32_000];
/** Each file of tests has its own: two that run side by side could find the same one free before either listens there. */
const PORTS_OF_FILE = 100;
const firstOfFile = FIRST_PORT +
  hashOf(Deno.mainModule) % ((LAST_PORT - FIRST_PORT) / PORTS_OF_FILE) * PORTS_OF_FILE;
let asked = Math.floor(Math.random() * PORTS_OF_FILE);

/** So many ports, all different. */
export function freePorts(count: number): readonly number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = firstOfFile + asked++ % PORTS_OF_FILE;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      ports.add(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return [...ports];
}

function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0;
  return hash;
}

/** A started program. */
export interface RunningPeer {
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
  /** What it has written to standard error by its end. */
  readonly said: Promise<string>;
}

/** A loopback address where nothing ever listens; unlike a port just closed, no other test can be given it. */
export const REFUSING_PORT = 2;

/** How a server is started. */
export interface PeerStart {
  readonly args: readonly string[];
  /** Answers with any HTTP status once the program serves. */
  readonly readyUrl: string;
  readonly cwd?: string;
}

/**
 * Starts a server and waits until it answers.
 * @throws {Error} when it is not installed, ends early or never answers; with what it printed to standard error.
 */
export async function startPeer(
  program: string,
  { args, readyUrl, cwd }: PeerStart,
): Promise<RunningPeer> {
  const path = isAbsolute(program) ? program : programPath(program);
  if (path === undefined) throw new Error(`${program} is not installed`);
  const child = new Deno.Command(path, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...(cwd !== undefined && { cwd }),
  }).spawn();
  const said = new Response(child.stderr).text();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const stop = async () => {
    if (!hasEnded) child.kill("SIGTERM");
    const timer = setTimeout(() => !hasEnded && child.kill("SIGKILL"), 5_000);
    await child.status;
    clearTimeout(timer);
    await said;
  };
  let isReady = false;
  await until(async () => hasEnded || (isReady = await responses(readyUrl))).catch(() => {});
  if (isReady) return { stop, said };
  await stop();
  throw new Error(`${program} does not answer at ${readyUrl}: ${(await said).trim().slice(-2000)}`);
}

async function responses(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).body?.cancel();
    return true;
  } catch {
    return false; // Not up yet.
  }
}
