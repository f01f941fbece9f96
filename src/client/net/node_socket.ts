/**
 * Sockets of `node:net` and `node:tls` as wires, for what `Deno.connect` and `Deno.startTls` cannot do.
 *
 * @module
 */
import type { Abandonment } from "../../lib/clock.ts";
import type { Socket as TcpSocket } from "node:net";
import { nodeModule } from "../../lib/node_modules.ts";
import { NOTHING_YET, type Socket } from "./socket.ts";

/** Where and how to connect. */
export interface NodeTcpTarget {
  readonly address: string;
  readonly port: number;
  readonly signal: Abandonment;
  /** Leave from this address of the machine; absent: the system chooses. */
  readonly localAddress?: string;
}

/** Connects. Rejects when that fails or the signal aborts. */
export function openNodeTcp({ address, port, signal, localAddress }: NodeTcpTarget): Promise<NodeSocket> {
  const socket = nodeModule("node:net").connect({
    host: address,
    port,
    ...(localAddress !== undefined && { localAddress }),
  });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error("Connection attempt aborted"));
    signal.addEventListener("abort", abort, { once: true });
    const done = () => {
      signal.removeEventListener("abort", abort);
      socket.off("error", fail);
    };
    const fail = (error: Error) => {
      done();
      reject(error);
    };
    socket.on("error", fail);
    socket.once("connect", () => {
      done();
      resolve(new NodeSocket(socket));
    });
  });
}

/** A socket with more unread bytes than this is told to wait. */
const MAX_KEPT_BYTES = 65_536;

/** A connected socket, read on demand. */
export class NodeSocket implements Socket {
  readonly #socket: TcpSocket;
  /** What arrived while nobody was reading. */
  #left: Uint8Array | null = null;
  #ended = false;
  #isPaused = false;
  #error: Error | null = null;
  #reader: { buffer: Uint8Array; resolve(n: number | null): void; reject(error: Error): void } | null = null;

  readonly #listeners = {
    data: (chunk: Uint8Array) => this.#arrived(chunk),
    end: () => this.#finish(null),
    error: (error: Error) => this.#finish(error),
    close: () => this.#finish(null),
  };

  constructor(socket: TcpSocket) {
    this.#socket = socket;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
  }

  /** Lets go of the socket, for another wire on top of it. Nothing may be left to read. */
  detach(): TcpSocket {
    this.#socket.pause();
    for (const [event, listener] of Object.entries(this.#listeners)) this.#socket.off(event, listener);
    return this.#socket;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const left = this.#left;
    if (left !== null) {
      const count = Math.min(left.length, buffer.length);
      buffer.set(left.subarray(0, count));
      this.#left = count < left.length ? left.subarray(count) : null;
      if (this.#left === null) this.#resume();
      return Promise.resolve(count);
    }
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => this.#reader = { buffer, resolve, reject });
  }

  peek(buffer: Uint8Array): Promise<number | null> | number | null {
    const left = this.#left;
    if (left !== null) {
      const count = Math.min(left.length, buffer.length);
      buffer.set(left.subarray(0, count));
      return count;
    }
    if (this.#error) return Promise.reject(this.#error);
    return this.#ended ? null : NOTHING_YET;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error?: Error | null) => error ? reject(error) : resolve(bytes.length));
    });
  }

  close(): void {
    this.#finish(new Error("Connection closed"));
    this.#socket.destroy();
  }

  #arrived(chunk: Uint8Array): void {
    const reader = this.#reader;
    if (reader === null) {
      this.#keep(this.#left === null ? chunk : joined(this.#left, chunk));
      return;
    }
    this.#reader = null;
    const count = Math.min(chunk.length, reader.buffer.length);
    reader.buffer.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#keep(chunk.subarray(count));
    reader.resolve(count);
  }

  /** Keeps what nobody reads yet. Stopping a socket and starting it again costs more than a few bytes kept. */
  #keep(bytes: Uint8Array): void {
    this.#left = bytes;
    if (bytes.length < MAX_KEPT_BYTES || this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  #finish(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const reader = this.#reader;
    this.#reader = null;
    if (error) reader?.reject(error);
    else reader?.resolve(null);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
