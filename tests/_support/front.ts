/**
 * A TCP server in front of another one: it passes connections on, or treats them in its own way first.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What becomes of a connection. `pass` joins it with the server behind, now or later; nothing happens without. */
export type FrontHandler = (client: Socket, pass: () => Socket, number: number) => void | Promise<void>;

/** A running front; closes, with all its connections, at the end of `await using`. */
export interface Front extends AsyncDisposable {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
}

/** Starts a front for a server at a port of 127.0.0.1, itself on a free port or a given one. */
export async function startFront(port: number, handler: FrontHandler, ownPort = 0): Promise<Front> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    const pass = () => {
      const behind = keep(connect(port, "127.0.0.1"));
      client.pipe(behind);
      behind.pipe(client);
      client.on("close", () => behind.destroy());
      behind.on("close", () => client.destroy());
      return behind;
    };
    void handler(client, pass, ++connections);
  });
  await new Promise<void>((resolve) => server.listen(ownPort, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of [...sockets]) socket.destroy();
      await closed;
    },
  };
}
