/**
 * Messages that wait for their replies: in order, or by a key that message and reply share.
 *
 * @module
 */
import type { Exchange } from "../exchange/http_client.ts";

/** A message that was sent, and who waits for its reply. */
export interface Waiting {
  readonly out: Exchange;
  /** When its reply is too late, on the clock of exchanges. */
  deadlineMs: number;
  /** What its reply holds too; `""` where replies come in order. */
  key: string;
  /** Called once, when `out` says what came of it. */
  settle(): void;
}

/** A line of waiting messages. */
export interface WaitingLine {
  readonly length: number;
  /** The one that has waited longest. */
  first(): Waiting | undefined;
  add(waiting: Waiting): void;
  /** Takes out the one that a reply with this key is for. */
  take(key: string): Waiting | undefined;
  /** Takes out the one that has waited longest. */
  takeFirst(): Waiting | undefined;
}

/** Replies come in the order of messages. */
export class OrderedLine implements WaitingLine {
  #items: Waiting[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  first(): Waiting | undefined {
    return this.#items[this.#head];
  }

  add(waiting: Waiting): void {
    this.#items.push(waiting);
  }

  take(): Waiting | undefined {
    return this.takeFirst();
  }

  takeFirst(): Waiting | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    if (++this.#head === this.#items.length) this.#items.length = this.#head = 0;
    else if (this.#head === 1024) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

/** Replies say which message they are for. Of two messages with one key, the later is forgotten by the line. */
export class KeyedLine implements WaitingLine {
  readonly #items = new Map<string, Waiting>();

  get length(): number {
    return this.#items.size;
  }

  first(): Waiting | undefined {
    for (const item of this.#items.values()) return item;
    return undefined;
  }

  add(waiting: Waiting): void {
    // A key that is in use already: no reply can be told to be this one's, and it will time out.
    const key = this.#items.has(waiting.key) ? `${waiting.key}\u0000${this.#items.size}` : waiting.key;
    this.#items.set(key, waiting);
  }

  take(key: string): Waiting | undefined {
    const item = this.#items.get(key);
    if (item !== undefined) this.#items.delete(key);
    return item;
  }

  takeFirst(): Waiting | undefined {
    for (const [key, item] of this.#items) {
      this.#items.delete(key);
      return item;
    }
    return undefined;
  }
}
