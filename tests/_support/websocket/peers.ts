/**
 * Real WebSocket servers with an echo at `/echo` and a broadcast at `/broadcast`: gorilla/websocket, built here where Go is
 * installed and has its modules, and ws under Node.
 *
 * @module
 */
import { programPath } from "../peers.ts";
import { tempDir } from "../temp_dir.ts";

const FOLDER = new URL(".", import.meta.url).pathname;

/** A running server. */
export interface SocketServer extends AsyncDisposable {
  /** `ws://host:port`. */
  readonly origin: string;
}

/** A kind of server. */
export interface SocketServerKind {
  readonly name: string;
  /** What has to be installed. */
  readonly program: string;
  start(): Promise<SocketServer>;
}

/** All of them. */
export const SOCKET_SERVERS: readonly SocketServerKind[] = [
  { name: "gorilla/websocket (Go)", program: "go", start: startGo },
  {
    name: "ws (Node)",
    program: "node",
    start: () => started(programPath("node")!, [`${FOLDER}node_server.mjs`, import.meta.resolve("ws")]),
  },
];

/** @throws {Error} when it cannot be built, such as without its modules and without a network */
async function startGo(): Promise<SocketServer> {
  const temp = await tempDir();
  for (const name of ["go.mod", "go.sum", "server.go"]) {
    await Deno.copyFile(`${FOLDER}${name}`, `${temp.path}/${name}`);
  }
  const built = await new Deno.Command(programPath("go")!, {
    args: ["build", "-o", "server", "."],
    cwd: temp.path,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!built.success) {
    await temp[Symbol.asyncDispose]();
    throw new Error(new TextDecoder().decode(built.stderr));
  }
  return await started(`${temp.path}/server`, [], temp);
}

async function started(
  program: string,
  args: readonly string[],
  temp?: AsyncDisposable,
): Promise<SocketServer> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return {
    origin: `ws://127.0.0.1:${Number(new TextDecoder().decode(value).trim())}`,
    async [Symbol.asyncDispose]() {
      // It ends with its input.
      await child.stdin.close();
      await reader.cancel();
      await child.status;
      await temp?.[Symbol.asyncDispose]();
    },
  };
}
