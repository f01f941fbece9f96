/**
 * A server that a duel starts by a command, and ends.
 *
 * @module
 */
import { RunError } from "../../../lib/errors.ts";
import { nodeModule } from "../../../lib/node_modules.ts";

/** What of a server's output is kept, for the message when it ends too early. */
const MAX_KEPT_CHARS = 2000;
/** How long a server may take to end by itself. */
const MAX_ENDING_MS = 3000;

/** A server that is running. */
export interface ServerProcess extends AsyncDisposable {
  /** Aborts when it has ended by itself; the reason is a {@linkcode RunError}. */
  readonly ended: AbortSignal;
}

/**
 * Starts a command through the system's shell, with `PORT` in its environment if it is told one.
 * @throws {RunError} when there is no shell.
 */
export function startServer(command: string, { name, port }: {
  /** Whose it is, for messages. */
  readonly name: string;
  readonly port: number | undefined;
}): ServerProcess {
  const ended = new AbortController();
  const isWindows = Deno.build.os === "windows";
  const child = nodeModule("node:child_process").spawn(command, {
    shell: true,
    // A group of its own: what the shell started ends with it.
    detached: !isWindows,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...nodeModule("node:process").env, ...(port !== undefined && { PORT: String(port) }) },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new TextDecoder();
    stream?.on("data", (chunk: Uint8Array) => {
      output = (output + decoder.decode(chunk, { stream: true })).slice(-MAX_KEPT_CHARS);
    });
  }
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const end = (how: string) => {
    resolve();
    const last = output.trim().split("\n").slice(-3).join(" | ");
    ended.abort(new RunError(`${name}'s server ${how}${last === "" ? "" : `: ${last}`}`));
  };
  child.on("error", (error: Error) => end(`could not be started (${error.message})`));
  child.on(
    "exit",
    (code: number | null, signal: string | null) =>
      end(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
  );
  const signalGroup = (signal: "SIGTERM" | "SIGKILL") => {
    if (child.pid === undefined) return;
    try {
      if (isWindows) child.kill(signal);
      else nodeModule("node:process").kill(-child.pid, signal);
    } catch {
      // Nobody is left.
    }
  };
  return {
    ended: ended.signal,
    [Symbol.asyncDispose]: async () => {
      signalGroup("SIGTERM");
      const timer = setTimeout(() => signalGroup("SIGKILL"), MAX_ENDING_MS);
      await gone;
      clearTimeout(timer);
      // Whoever outlives its shell.
      signalGroup("SIGKILL");
    },
  };
}

/** Below those that systems give to connections: whoever looks for a server there could be given its port, and meet himself. */
const PORTS = [20_000, 32_000] as const;
const MAX_TRIES = 100;

/**
 * A port that nobody listens on.
 * @throws {RunError} when none is found.
 */
export function freePort(): number {
  const [from, to] = PORTS;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = from + Math.floor(Math.random() * (to - from));
    try {
      using _listener = Deno.listen({ port, hostname: "127.0.0.1" });
      return port;
    } catch {
      // Somebody's.
    }
  }
  throw new RunError(`No port between ${from} and ${to} is free`);
}
