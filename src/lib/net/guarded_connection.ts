/**
 * A connection from or to somebody unknown. Until it is trusted, the other end may send so many bytes and no more;
 * whoever holds it can see for how long nothing came, and close it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { closeQuietly } from "./close_quietly.ts";

/** What a connection is read and written by; a `Deno.Conn`. */
export interface RawConnection {
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite?(): Promise<void>;
  close(): void;
}

/** Bytes read at a time: little while the other end is unknown. */
const STRANGER_READ_BYTES = 4096;
const READ_BYTES = 65_536;

/** One connection, as a stream of Node's. */
export class GuardedConnection extends Duplex {
  readonly openedAtMs = performance.now();
  /** When something was read last. */
  heardAtMs = performance.now();
  #isTrusted = false;
  #received = 0;
  #buffer = new Uint8Array(STRANGER_READ_BYTES);
  readonly #connection: RawConnection;
  readonly #maxBytes: number;

  /** `maxBytes`: how much is taken of the other end before it is trusted. */
  constructor(connection: RawConnection, maxBytes: number) {
    super();
    this.#connection = connection;
    this.#maxBytes = maxBytes;
    // Whoever listens for errors hears of them; nobody has to.
    this.on("error", () => {});
  }

  /** Whether the other end has proved itself. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** The other end has proved itself: it may send as much as it likes. */
  trust(): void {
    if (this.#isTrusted) return;
    this.#isTrusted = true;
    this.#buffer = new Uint8Array(READ_BYTES);
    this.emit("trusted");
  }

  override _read(): void {
    this.#connection.read(this.#buffer).then((count) => this.#take(count), (error) => this.destroy(error));
  }

  #take(count: number | null): void {
    if (this.destroyed) return;
    if (count === null) {
      this.push(null);
      return;
    }
    this.heardAtMs = performance.now();
    this.#received += count;
    if (!this.#isTrusted && this.#received > this.#maxBytes) {
      this.destroy(new Error(`it sent more than ${this.#maxBytes} bytes before it authenticated`));
      return;
    }
    this.push(Buffer.from(this.#buffer.slice(0, count).buffer));
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#writeAll(chunk).then(() => done(), done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this.#writeAll(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // TLS has no such half.
    if (this.#connection.closeWrite === undefined) return done();
    this.#connection.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    closeQuietly(this.#connection);
    done(error);
  }

  // What HTTP and WebSocket libraries set on sockets.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }
}
