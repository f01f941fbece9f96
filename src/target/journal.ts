/**
 * What a target remembers of the requests it got, oldest first: for tests that compare what was sent with what arrived.
 *
 * @module
 */

import { MAX_JOURNAL_BYTES } from "../lib/size_limits.ts";
import { utf8Text } from "../lib/utf8_text.ts";
/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case and alphabetical. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text, when the bytes are UTF-8. */
  body?: string;
  /** Other bytes, in base64. */
  body_base64?: string;
}

/** The last requests. */
export class Journal {
  readonly #most: number;
  #seen: SeenRequest[] = [];

  /** `most`: how many requests are kept; 0 for none. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether anything is kept at all. */
  get isOn(): boolean {
    return this.#most > 0;
  }

  get requests(): readonly SeenRequest[] {
    return this.#seen;
  }

  /** Takes in a request and gives it back with its body unread. One that asks for a WebSocket is kept without a body. */
  async add(request: Request): Promise<Request> {
    const { method, headers, url } = request;
    const { pathname, search } = new URL(url);
    const seen: SeenRequest = { method, path: pathname + search, headers: [...headers] };
    // Before the body is here: the order is that of arrival.
    this.#seen.push(seen);
    if (this.#seen.length > this.#most) this.#seen.shift();
    // Another request than the one that came cannot become a WebSocket; those have no body.
    if (headers.has("upgrade")) return request;
    const bytes = await request.bytes();
    const kept = bytes.subarray(0, MAX_JOURNAL_BYTES);
    const text = utf8Text(kept);
    if (text === undefined) seen.body_base64 = kept.toBase64();
    else seen.body = text;
    const hasBody = bytes.length > 0 && method !== "GET" && method !== "HEAD";
    return new Request(url, { method, headers, ...(hasBody && { body: bytes }) });
  }

  /** Forgets all. */
  clear(): void {
    this.#seen = [];
  }
}
