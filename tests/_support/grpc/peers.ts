/**
 * Real gRPC servers with the service of `probe.proto`: grpc-go, built here where Go is installed and has its modules;
 * grpcio, where Python has it; and grpc-js, on Node, whose packages npm brings.
 *
 * @module
 */
import { programPath } from "../peers.ts";
import { type PortServer, runInstaller, startGoServer, startPortServer } from "../port_server.ts";
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
    start: async () => probeServer(await startGoServer(PROBE_FOLDER, [PROBE_FOLDER])),
  },
  {
    name: "grpcio",
    hasReflection: imports("grpc_reflection"),
    missing: () => imports("grpc") ? undefined : `${PYTHON} has no module grpc`,
    start: async () => probeServer(await startPortServer(PYTHON, [`${PROBE_FOLDER}server.py`])),
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
  const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0", "--fetch-timeout=30000"];
  await runInstaller("npm", ["install", ...flags, ...NODE_PACKAGES], temp);
  await Deno.copyFile(`${PROBE_FOLDER}server.cjs`, `${temp.path}/server.cjs`);
  return probeServer(await startPortServer("node", [`${temp.path}/server.cjs`, PROBE_PATH], temp));
}

function probeServer(server: PortServer): ProbeServer {
  return {
    url: `grpc://127.0.0.1:${server.port}/probe.Probe`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
