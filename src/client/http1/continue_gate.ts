/**
 * Holds a request's body back until the server asks for it (RFC 9110, 10.1.1): on 100 it goes, on a final response it
 * does not, and after a second without either it goes all the same, since some servers ignore the question. Those are
 * remembered and not waited for again: it would be the client's second, not the server's.
 *
 * @module
 */
import type { Exchange } from "../exchange/http_client.ts";
import type { ResponseParser } from "./response_parser.ts";

const LONGEST_WAIT_MS = 1000;

/** 417 (Expectation Failed): a server that will not have the question. */
export const EXPECTATION_FAILED = 417;

/** Makes room for the response to a request that is sent again, without the question that was refused. */
export function forgetRefusal(out: Exchange): void {
  out.wasRefused = true;
  out.status = out.bodyBytes = 0;
  out.declaredLength = -1;
  out.head = out.body = null;
}

/** Decides once whether a body is sent. */
export class ContinueGate {
  /** How long the body was held back, in ms; −1 while it is, and where it was not. */
  waitedMs = -1;
  #heldSinceMs = -1;
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
      this.#heldSinceMs = performance.now();
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
    if (!this.#isSettled && this.#heldSinceMs >= 0) this.waitedMs = performance.now() - this.#heldSinceMs;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#opened.resolve(opens);
  }
}
