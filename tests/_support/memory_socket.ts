/** A connection whose other end is the test: it hands out what is given to it and keeps what is written. */
import { NOTHING_YET, type Socket } from "../../src/client/net/socket.ts";

/** A wire in memory. */
export class MemorySocket implements Socket {
  /** Every write, in order. */
  readonly writes: Uint8Array[] = [];
  isClosed = false;
  isShared = false;
  /** While set, writes wait for it. */
  blocked: Promise<void> | null = null;
  readonly #incoming: (Uint8Array | null | Error)[] = [];
  #wake: (() => void) | null = null;

  /** Gives bytes to read; `null`: the end; an error: the connection breaks. */
  give(data: Uint8Array | null | Error): void {
    this.#incoming.push(data);
    this.#wake?.();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#incoming.length === 0) {
      if (this.isClosed) throw new Error("The connection is closed");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const [next] = this.#incoming;
    if (next === null || next === undefined) return null;
    if (next instanceof Error) throw next;
    const count = Math.min(next.length, buffer.length);
    buffer.set(next.subarray(0, count));
    if (count < next.length) this.#incoming[0] = next.subarray(count);
    else this.#incoming.shift();
    return count;
  }

  peek(buffer: Uint8Array): Promise<number | null> | number | null {
    const [next] = this.#incoming;
    if (next === null) return null;
    if (next === undefined) return NOTHING_YET;
    if (next instanceof Error) return Promise.reject(next);
    const count = Math.min(next.length, buffer.length);
    buffer.set(next.subarray(0, count));
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.isClosed) throw new Error("The connection is closed");
    this.writes.push(bytes.slice());
    if (this.blocked !== null) await this.blocked;
    return bytes.length;
  }

  share(): void {
    this.isShared = true;
  }

  close(): void {
    this.isClosed = true;
    this.#wake?.();
  }
}
