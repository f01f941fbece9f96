/**
 * One call of a client, to the target: the bytes of its request, and the way for its response.
 *
 * @module
 */

/** The connection that carries it. */
export interface CallCarrier {
  sendHead(id: number): void;
  /** Sends as much as the client takes now; returns how many bytes that were. */
  sendData(stream: CallStream, bytes: Uint8Array): number;
  finish(stream: CallStream, trailers: readonly (readonly [name: string, value: string])[]): void;
}

/** A call under way. */
export class CallStream {
  readonly id: number;
  /** Bytes that the client takes. */
  window: number;
  /** The request has come whole. */
  isComplete = false;
  /** The client has given it up, or has left. */
  isCancelled = false;
  readonly #carrier: CallCarrier;
  readonly #chunks: Uint8Array[] = [];
  #wake: () => void = () => {};

  constructor(carrier: CallCarrier, id: number, window: number) {
    this.#carrier = carrier;
    this.id = id;
    this.window = window;
  }

  /** Bytes of the request. */
  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#wake();
  }

  /** The request is over. */
  end(): void {
    this.isComplete = true;
    this.#wake();
  }

  cancel(): void {
    this.isCancelled = true;
    this.#wake();
  }

  /** The client takes more. */
  widen(increment: number): void {
    this.window += increment;
    this.#wake();
  }

  /** The request's bytes, as they come in. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    while (!this.isCancelled) {
      const next = this.#chunks.shift();
      if (next !== undefined) yield next;
      else if (this.isComplete) return;
      else await this.#wait();
    }
  }

  sendHead(): void {
    this.#carrier.sendHead(this.id);
  }

  /** Sends bytes of the response as fast as the client takes them; resolves when all are on their way. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isCancelled;) {
      const count = this.#carrier.sendData(this, bytes.subarray(at));
      at += count;
      if (count === 0) await this.#wait();
    }
  }

  /** Ends the response. */
  finish(trailers: readonly (readonly [name: string, value: string])[]): void {
    if (!this.isCancelled) this.#carrier.finish(this, trailers);
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      const others = this.#wake;
      this.#wake = () => {
        this.#wake = () => {};
        others();
        resolve();
      };
    });
  }
}
