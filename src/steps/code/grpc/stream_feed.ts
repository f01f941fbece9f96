/**
 * What a user's code sends on a stream: messages that wait until the server takes them.
 *
 * @module
 */
import type { BodyFeed, BodyPiece } from "../../../client/exchange/http_client.ts";

const NOTHING = new Uint8Array(0);

/** What is sent is kept for another try, up to this. */
const MAX_REPEATED_BYTES = 65_536;

interface Waiting extends BodyPiece {
  /** Tells who sends it that it is on its way. */
  readonly taken: () => void;
}

/** The messages of one call. */
export class StreamFeed implements BodyFeed {
  isRepeatable = true;
  #sent: BodyPiece[] = [];
  #sentBytes = 0;
  #waiting: Waiting[] = [];
  #wanted: ((piece: BodyPiece) => void) | null = null;
  #isOver = false;

  begin(): void {
    this.#wanted = null;
    const again = this.#sent.map((piece) => ({ ...piece, taken: () => {} }));
    this.#waiting = [...again, ...this.#waiting];
    this.#sent = [];
    this.#sentBytes = 0;
  }

  takePiece(): Promise<BodyPiece> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#go();
    });
  }

  /** Sends bytes; resolves when they are on their way, or the call is over. */
  send(bytes: Uint8Array): Promise<void> {
    return this.#add(bytes, false);
  }

  /** Says that nothing follows. */
  end(): Promise<void> {
    return this.#add(NOTHING, true);
  }

  /** The call is over: nothing more is sent. */
  close(): void {
    this.#isOver = true;
    for (const { taken } of this.#waiting.splice(0)) taken();
  }

  #add(bytes: Uint8Array, isLast: boolean): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ bytes, isLast, taken });
      this.#go();
    });
  }

  #go(): void {
    const wanted = this.#wanted;
    if (wanted === null) return;
    const piece = this.#waiting.shift();
    if (piece === undefined) return;
    const { bytes, isLast, taken } = piece;
    this.#wanted = null;
    this.#keep(piece);
    wanted({ bytes, isLast });
    taken();
  }

  #keep({ bytes, isLast }: BodyPiece): void {
    if (!this.isRepeatable) return;
    this.#sentBytes += bytes.length;
    if (this.#sentBytes <= MAX_REPEATED_BYTES) {
      this.#sent.push({ bytes, isLast });
      return;
    }
    this.isRepeatable = false;
    this.#sent = [];
  }
}
