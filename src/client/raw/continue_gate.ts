/**
 * Holds a request's body back until the server asks for it (RFC 9110, 10.1.1): on 100 it goes, on a final answer it
 * does not, and after a second without either it goes all the same, since many servers ignore the question.
 *
 * @module
 */
import type { ResponseParser } from "./response_parser.ts";

const LONGEST_WAIT_MS = 1000;

/** Decides once whether a body is sent. */
export class ContinueGate {
  /** Resolves to whether the body is to be sent. */
  readonly opened: Promise<boolean>;
  readonly #resolve: (opens: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.opened = promise;
    this.#resolve = resolve;
  }

  /** The head is out: the server's time runs. */
  wait(): Promise<boolean> {
    this.#timer = setTimeout(() => this.#settle(true), LONGEST_WAIT_MS);
    return this.opened;
  }

  /** Looks at what a read has brought. */
  see(parser: ResponseParser): void {
    if (parser.status >= 200) this.#settle(false);
    else if (parser.isContinued) this.#settle(true);
  }

  /** The exchange is over. */
  close(): void {
    this.#settle(false);
  }

  #settle(opens: boolean): void {
    clearTimeout(this.#timer);
    this.#resolve(opens);
  }
}
