/** A real NATS server. Tests that use it are registered with `peerTest`. */
import { freePort, type RunningPeer, startPeer } from "./peers.ts";

/** A NATS server on a port that stays its own when it is started again; stops at the end of `await using`. */
export class Nats {
  readonly port: number = freePort();
  readonly #args: readonly string[];
  #peer: RunningPeer | undefined;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** Without credentials. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const monitor = freePort();
    this.#peer = await startPeer("nats-server", {
      args: ["-a", "127.0.0.1", "-p", String(this.port), "-m", String(monitor), ...this.#args],
      readyUrl: `http://127.0.0.1:${monitor}/healthz`,
    });
  }

  async stop(): Promise<void> {
    await this.#peer?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/**
 * Starts one with further arguments.
 * @throws {Error} when it is not installed or does not start.
 */
export async function startNats(...args: readonly string[]): Promise<Nats> {
  const nats = new Nats(args);
  await nats.start();
  return nats;
}
