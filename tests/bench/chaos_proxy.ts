/**
 * A proxy between a load generator and a server that answers most requests from the server and treats the others, and
 * some connections, badly in all the ways it knows, at random. It counts what it did.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { Random } from "../../src/lib/random.ts";
import { startFront } from "../_support/front.ts";

/** What the proxy has done so far. */
export interface ChaosCounts {
  connections: number;
  /** Requests that arrived whole. */
  requests: number;
  /** Answers of the server that went out whole. */
  good: number;
  /** Connections ended because the server was away. */
  serverGone: number;
  /** Misbehaviours by name. */
  readonly misdeeds: Record<string, number>;
}

/** A running proxy. */
export interface ChaosProxy {
  readonly port: number;
  readonly counts: ChaosCounts;
  close(): Promise<void>;
}

/** Share of requests, and of connections, that are treated badly. */
const BAD_REQUESTS = 0.25;
const BAD_CONNECTIONS = 0.1;

const OK = "HTTP/1.1 200 OK\r\n";
const WHOLE = `${OK}Content-Length: 34\r\n\r\n${"y".repeat(34)}`;
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** What can be done to a connection. */
interface Victim {
  readonly socket: Socket;
  /** 0 to 1, a new one each time. */
  random(): number;
  /** Calls again and again until the connection is gone. */
  every(ms: number, act: () => void): void;
}

type Misdeed = (victim: Victim) => void;

const sends = (bytes: string): Misdeed => ({ socket }) => void socket.write(bytes);

/** In place of an answer. */
const TO_REQUESTS: Readonly<Record<string, Misdeed>> = {
  "close without a response": ({ socket }) => void socket.end(),
  "reset without a response": ({ socket }) => void socket.resetAndDestroy(),
  "no answer": () => {},
  "cut and close": ({ socket, random }) =>
    void socket.end(WHOLE.slice(0, Math.floor(random() * WHOLE.length))),
  "cut and reset": ({ socket, random }) =>
    void socket.write(WHOLE.slice(0, Math.floor(random() * WHOLE.length)), () => socket.resetAndDestroy()),
  "cut and hang": ({ socket, random }) =>
    void socket.write(WHOLE.slice(0, Math.floor(random() * WHOLE.length))),
  "drip": ({ socket, every }) => {
    let at = 0;
    every(20, () => void socket.write(WHOLE[at++] ?? "x"));
  },
  "endless head": ({ socket, every }) => {
    socket.write(OK);
    every(1, () => void socket.write("X-Again: and again\r\n".repeat(500)));
  },
  "endless interim answers": ({ socket, every }) =>
    every(1, () => void socket.write("HTTP/1.1 102 W\r\n\r\n")),
  "endless body": ({ socket, every }) => {
    socket.write(`${OK}\r\n`);
    every(5, () => void socket.write("x".repeat(10_000)));
  },
  "endless chunks": ({ socket, every }) => {
    socket.write(CHUNKED);
    every(5, () => void socket.write("5\r\nhello\r\n".repeat(500)));
  },
  "garbage": sends("\x00\x16\x03\x01SSH-2.0\r\n"),
  "HTTP/0.9": ({ socket }) => void socket.end("<html>old</html>"),
  "two lengths": sends(`${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`),
  "bad chunk": sends(`${CHUNKED}xyz\r\n`),
  "bad field": sends(`${OK}no colon here\r\n\r\n`),
  "two answers": sends(WHOLE + WHOLE),
  "a late second answer": ({ socket }) => {
    socket.write(WHOLE);
    setTimeout(() => void socket.write(WHOLE), 3);
  },
  "status 503": sends("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"),
};

/** To a connection, before any request. */
const TO_CONNECTIONS: Readonly<Record<string, Misdeed>> = {
  "close on accept": ({ socket }) => void socket.end(),
  "reset on accept": ({ socket }) => void socket.resetAndDestroy(),
  "hang on accept": () => {},
  "503 on accept": ({ socket }) => void socket.end("HTTP/1.1 503 Full\r\nContent-Length: 0\r\n\r\n"),
};

/** Starts a proxy for the server at a port of 127.0.0.1; the same seed draws the same numbers. */
export async function startChaosProxy(upstreamPort: number, seed: number): Promise<ChaosProxy> {
  const random = new Random(seed);
  const counts: ChaosCounts = { connections: 0, requests: 0, good: 0, serverGone: 0, misdeeds: {} };
  function commit(deeds: Readonly<Record<string, Misdeed>>, socket: Socket): void {
    const names = Object.keys(deeds);
    const name = names[Math.floor(random.fraction() * names.length)]!;
    counts.misdeeds[name] = (counts.misdeeds[name] ?? 0) + 1;
    deeds[name]!({
      socket,
      random: () => random.fraction(),
      every(ms, act) {
        const timer = setInterval(() => !socket.writableNeedDrain && act(), ms);
        socket.once("close", () => clearInterval(timer));
      },
    });
  }

  /** One client connection with its own connection to the server, made when it is first needed. */
  function serve(client: Socket): void {
    let upstream: Socket | null = null;
    let arrived = "";
    let response = "";
    let isBad = false;
    const gone = () => {
      if (!client.destroyed) counts.serverGone++;
      client.destroy();
    };
    const openUpstream = () => {
      const socket = connect(upstreamPort, "127.0.0.1");
      socket.on("error", () => {});
      client.once("close", () => socket.destroy());
      socket.on("close", gone);
      socket.on("data", (data: Uint8Array) => {
        response += new TextDecoder("latin1").decode(data);
        client.write(data);
        const head = response.indexOf("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(response)?.[1] ?? 0);
        if (head < 0 || response.length < head + 4 + length) return;
        counts.good++;
        response = "";
      });
      return socket;
    };
    client.on("data", (data: Uint8Array) => {
      arrived += new TextDecoder("latin1").decode(data);
      for (let end = arrived.indexOf("\r\n\r\n"); end >= 0; end = arrived.indexOf("\r\n\r\n")) {
        const request = arrived.slice(0, end + 4);
        arrived = arrived.slice(end + 4);
        counts.requests++;
        // What follows a misdeed on a connection is of no interest: the client must not use it again.
        if (isBad) continue;
        if (random.fraction() < BAD_REQUESTS) commit(TO_REQUESTS, client);
        else (upstream ??= openUpstream()).write(request);
      }
    });
    if (random.fraction() < BAD_CONNECTIONS) {
      isBad = true;
      commit(TO_CONNECTIONS, client);
    }
  }

  const front = await startFront(upstreamPort, (client) => {
    counts.connections++;
    serve(client);
  });
  return { port: front.port, counts, close: async () => await front[Symbol.asyncDispose]() };
}
