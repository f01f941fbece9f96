/**
 * A connection of the platform's on a thread with a poller: as long as it is open, the poller does not sleep.
 *
 * @module
 */
import type { Socket } from "../socket.ts";

/** Hands everything on, and tells when it is closed. */
export class HeldSocket implements Socket {
  readonly #socket: Socket;
  readonly #onClose: () => void;

  constructor(socket: Socket, onClose: () => void) {
    this.#socket = socket;
    this.#onClose = onClose;
  }

  read(buffer: Uint8Array, wanted?: number): Promise<number | null> {
    return this.#socket.read(buffer, wanted);
  }

  peek(buffer: Uint8Array): Promise<number | null> | number | null {
    return this.#socket.peek(buffer);
  }

  write(bytes: Uint8Array): Promise<number> | number {
    return this.#socket.write(bytes);
  }

  share(): void {
    this.#socket.share?.();
  }

  close(): void {
    this.#onClose();
    this.#socket.close();
  }
}
