/**
 * TLS for what `Deno.startTls` cannot do: unverified certificates, client certificates, bounds on the version. Goes
 * through `node:tls`, which costs about 15 % more CPU a request.
 *
 * @module
 */
import { connect, rootCertificates, type TLSSocket } from "node:tls";
import type { TlsSpec } from "../../plan/run_plan.ts";
import type { Exchange } from "../http_client.ts";
import type { Wire } from "./wire.ts";

/** Where and how to connect. */
export interface NodeTlsTarget {
  readonly address: string;
  readonly port: number;
  /** Name sent in the handshake and checked in the certificate. */
  readonly serverName: string;
  readonly tls: TlsSpec;
  readonly signal: AbortSignal;
}

/** Whether a specification needs this detour. */
export function needsNodeTls(tls: TlsSpec): boolean {
  return tls.viaNode === true || !tls.verify || tls.cert !== undefined || tls.minVersion !== undefined ||
    tls.maxVersion !== undefined;
}

/** Connects and shakes hands, noting both times in `out`. Rejects when either fails or the signal aborts. */
export function openNodeTls(target: NodeTlsTarget, out: Exchange): Promise<Wire> {
  const { tls, signal } = target;
  const started = performance.now();
  let connected = started;
  const socket = connect({
    host: target.address,
    port: target.port,
    // Addresses are not sent as names (RFC 6066, 3).
    ...(/^[\d.]+$|:/.test(target.serverName) ? {} : { servername: target.serverName }),
    rejectUnauthorized: tls.verify,
    ALPNProtocols: ["http/1.1"],
    ...(tls.caCerts.length > 0 && { ca: [...rootCertificates, ...tls.caCerts] }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.minVersion && { minVersion: `TLSv${tls.minVersion}` as const }),
    ...(tls.maxVersion && { maxVersion: `TLSv${tls.maxVersion}` as const }),
  });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error("Connection attempt aborted"));
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => {
      connected = performance.now();
      out.connectMs = connected - started;
    });
    socket.once("secureConnect", () => {
      out.tlsMs = performance.now() - connected;
      signal.removeEventListener("abort", abort);
      resolve(new NodeTlsWire(socket));
    });
    socket.on("error", (error: Error) => {
      signal.removeEventListener("abort", abort);
      reject(error);
    });
  });
}

/** A `node:tls` socket read on demand. */
class NodeTlsWire implements Wire {
  readonly #socket: TLSSocket;
  /** What arrived while nobody was reading. */
  #left: Uint8Array | null = null;
  #ended = false;
  #error: Error | null = null;
  #reader: { buffer: Uint8Array; resolve(n: number | null): void; reject(error: Error): void } | null = null;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => this.#arrived(chunk));
    socket.on("end", () => this.#finish(null));
    socket.on("error", (error: Error) => this.#finish(error));
    socket.on("close", () => this.#finish(null));
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const left = this.#left;
    if (left !== null) {
      const count = Math.min(left.length, buffer.length);
      buffer.set(left.subarray(0, count));
      this.#left = count < left.length ? left.subarray(count) : null;
      if (this.#left === null) this.#socket.resume();
      return Promise.resolve(count);
    }
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => this.#reader = { buffer, resolve, reject });
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
      this.#left = this.#left === null ? chunk : joined(this.#left, chunk);
      this.#socket.pause();
      return;
    }
    this.#reader = null;
    const count = Math.min(chunk.length, reader.buffer.length);
    reader.buffer.set(chunk.subarray(0, count));
    if (count < chunk.length) {
      this.#left = chunk.subarray(count);
      this.#socket.pause();
    }
    reader.resolve(count);
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
