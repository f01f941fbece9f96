/**
 * Holds a request's body back until the server asks for it (RFC 9110, 10.1.1): on 100 it goes, on a final answer it
 * does not, and after a second without either it goes all the same, since some servers ignore the question. Those are
 * remembered and not waited for again: it would be the client's second, not the server's.
 *
 * @module
 */
import type { ResponseParser } from "./response_parser.ts";

const LONGEST_WAIT_MS = 1000;

/** Decides once whether a body is sent. */
export class ContinueGate {
  readonly #opened = Promise.withResolvers<boolean>();
  #isSettled = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #origin: string;
  /** Servers that let the question go unanswered. */
  readonly #ignorers: Set<string>;

  /** `ignorers`: origins known to ignore the question; the gate adds to them. */
  constructor(origin: string, ignorers: Set<string>) {
    this.#origin = origin;
    this.#ignorers = ignorers;
  }

  /** The head is out, and the server's time runs; resolves to whether the body is to be sent. */
  wait(): Promise<boolean> {
    if (this.#ignorers.has(this.#origin)) this.#settle(true);
    else if (!this.#isSettled) {
      this.#timer = setTimeout(() => {
        this.#ignorers.add(this.#origin);
        this.#settle(true);
      }, LONGEST_WAIT_MS);
    }
    return this.#opened.promise;
  }

  /** Looks at what a read has brought. */
  see(parser: Pick<ResponseParser, "status" | "isContinued">): void {
    if (parser.status >= 200) this.#settle(false);
    else if (parser.isContinued) this.#settle(true);
  }

  /** The exchange is over. */
  close(): void {
    this.#settle(false);
  }

  #settle(opens: boolean): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#opened.resolve(opens);
  }
}
