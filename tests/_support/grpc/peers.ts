/**
 * Real gRPC servers with the service of `probe.proto`: grpc-go, built here where Go is installed and has its modules;
 * grpcio, where Python has it; and grpc-js, on Node, whose packages npm brings.
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

/** A Python that has grpcio, perhaps with reflection; `GRPC_PYTHON` names another one than python3. */
const PYTHON = Deno.env.get("GRPC_PYTHON") ?? "python3";

/** What is loaded of npm's packages. */
const NODE_PACKAGES = ["@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.8.1"];

/** All of them. */
export const PROBE_KINDS: readonly ProbeKind[] = [
  {
    name: "grpc-go",
    hasReflection: true,
    missing: () => programPath("go") === undefined ? "go is not installed" : undefined,
    start: startGo,
  },
  {
    name: "grpcio",
    hasReflection: imports("grpc_reflection"),
    missing: () => imports("grpc") ? undefined : `${PYTHON} has no module grpc`,
    start: () => startServer(PYTHON, [`${PROBE_FOLDER}server.py`]),
  },
  {
    name: "grpc-js",
    hasReflection: false,
    missing: () =>
      programPath("node") === undefined || programPath("npm") === undefined
        ? "node or npm is not installed"
        : undefined,
    start: startNode,
  },
];

/** Whether Python has a module. */
function imports(name: string): boolean {
  if (programPath(PYTHON) === undefined && !PYTHON.includes("/")) return false;
  const { success } = new Deno.Command(PYTHON, {
    args: ["-c", `import ${name}`],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}

/** @throws {Error} when npm has no packages, such as without a network */
async function startNode(): Promise<ProbeServer> {
  const temp = await tempDir();
  const installed = await new Deno.Command("npm", {
    args: ["install", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0", ...NODE_PACKAGES],
    cwd: temp.path,
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).output();
  if (!installed.success) {
    await temp[Symbol.asyncDispose]();
    throw new Error(`npm: ${new TextDecoder().decode(installed.stderr).trim()}`);
  }
  await Deno.copyFile(`${PROBE_FOLDER}server.cjs`, `${temp.path}/server.cjs`);
  return await startServer("node", [`${temp.path}/server.cjs`, PROBE_PATH], temp);
}

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
  return await startServer(`${temp.path}/server`, [PROBE_FOLDER], temp);
}

/** Starts a server that prints its port and ends with its input; `temp`: what goes with it. */
async function startServer(
  program: string,
  args: readonly string[],
  temp?: AsyncDisposable,
): Promise<ProbeServer> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value).trim());
  const close = async () => {
    await child.stdin.close().catch(() => {});
    await reader.cancel();
    await child.status;
    await temp?.[Symbol.asyncDispose]();
  };
  if (!(port > 0)) {
    await close();
    throw new Error(`${program} ended without a port`);
  }
  return {
    url: `grpc://127.0.0.1:${port}/probe.Probe`,
    [Symbol.asyncDispose]: close,
  };
}
