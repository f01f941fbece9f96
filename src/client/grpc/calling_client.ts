/**
 * A user who sends plain requests by HTTP/1.1 and makes calls by HTTP/2.
 *
 * @module
 */
import type { Exchange, HttpClient, PreparedRequest } from "../exchange/http_client.ts";

/** One user's two ways. */
export class CallingClient implements HttpClient {
  readonly #plain: HttpClient;
  readonly #calls: HttpClient;
  /** The one that is in use. */
  #active: HttpClient;

  constructor(plain: HttpClient, calls: HttpClient) {
    this.#plain = this.#active = plain;
    this.#calls = calls;
  }

  get deadlineMs(): number {
    return this.#active.deadlineMs;
  }

  exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    return this.#choose(request).exchange(request, out);
  }

  warm(request: PreparedRequest, scratch: Exchange): Promise<void> {
    return this.#choose(request).warm(request, scratch);
  }

  abort(failure: number): void {
    this.#active.abort(failure);
  }

  close(): void {
    this.#plain.close();
    this.#calls.close();
  }

  #choose({ isCall }: PreparedRequest): HttpClient {
    return this.#active = isCall ? this.#calls : this.#plain;
  }
}
