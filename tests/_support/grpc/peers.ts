/**
 * Real gRPC servers with the service of `probe.proto`: grpc-go, built here where Go is installed and has its modules.
 * grpc-js is none of them: it needs Node's HTTP/2 server, which takes its process along when it runs on Deno.
 *
 * @module
 */
import { programPath } from "../peers.ts";
import { tempDir } from "../temp_dir.ts";

/** Where `probe.proto` is. */
export const PROBE_FOLDER = new URL(".", import.meta.url).pathname;
/** Its path. */
export const PROBE_PATH = `${PROBE_FOLDER}probe.proto`;

/** A running server. */
export interface ProbeServer extends AsyncDisposable {
  /** `grpc://host:port/probe.Probe`. */
  readonly url: string;
}

/** A kind of server. */
export interface ProbeKind {
  readonly name: string;
  readonly hasReflection: boolean;
  /** Why it cannot be started here; `undefined`: it can. */
  missing(): string | undefined;
  start(): Promise<ProbeServer>;
}

/** All of them. */
export const PROBE_KINDS: readonly ProbeKind[] = [
  {
    name: "grpc-go",
    hasReflection: true,
    missing: () => programPath("go") === undefined ? "go is not installed" : undefined,
    start: startGo,
  },
];

/** @throws {Error} when it cannot be built, such as without its modules and without a network */
async function startGo(): Promise<ProbeServer> {
  const temp = await tempDir();
  for (const name of ["go.mod", "go.sum", "server.go"]) {
    await Deno.copyFile(`${PROBE_FOLDER}${name}`, `${temp.path}/${name}`);
  }
  const built = await new Deno.Command("go", {
    args: ["build", "-o", "server", "."],
    cwd: temp.path,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!built.success) {
    await temp[Symbol.asyncDispose]();
    throw new Error(new TextDecoder().decode(built.stderr));
  }
  const child = new Deno.Command(`${temp.path}/server`, {
    args: [PROBE_FOLDER],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value).trim());
  return {
    url: `grpc://127.0.0.1:${port}/probe.Probe`,
    async [Symbol.asyncDispose]() {
      // It ends with its input.
      await child.stdin.close();
      await reader.cancel();
      await child.status;
      await temp[Symbol.asyncDispose]();
    },
  };
}
