/**
 * Real WebSocket servers with an echo at `/echo` and a broadcast at `/broadcast`: gorilla/websocket, built here where Go is
 * installed and has its modules, and ws under Node.
 *
 * @module
 */
import { programPath } from "../peers.ts";
import { type PortServer, startGoServer, startPortServer } from "../port_server.ts";

const FOLDER = new URL(".", import.meta.url).pathname;

/** A kind of server. */
export interface SocketServerKind {
  readonly name: string;
  /** What has to be installed. */
  readonly program: string;
  start(): Promise<PortServer>;
}

/** All of them. */
export const SOCKET_SERVERS: readonly SocketServerKind[] = [
  { name: "gorilla/websocket (Go)", program: "go", start: () => startGoServer(FOLDER) },
  {
    name: "ws (Node)",
    program: "node",
    start: () =>
      startPortServer(programPath("node")!, [`${FOLDER}node_server.mjs`, import.meta.resolve("ws")]),
  },
];
