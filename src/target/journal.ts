/**
 * What a target remembers of the requests it got, oldest first: for tests that compare what was sent with what arrived.
 *
 * @module
 */

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

/** Longest body that is kept whole, in bytes. */
const MOST_BYTES = 1024 ** 2;

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

  /** Takes in a request, whose body is read; the caller answers a clone. */
  async add(request: Request): Promise<void> {
    const url = new URL(request.url);
    const seen: SeenRequest = {
      method: request.method,
      path: url.pathname + url.search,
      headers: [...request.headers],
    };
    // Before the body is here: the order is that of arrival.
    this.#seen.push(seen);
    if (this.#seen.length > this.#most) this.#seen.shift();
    let bytes: Uint8Array;
    try {
      bytes = (await request.bytes()).subarray(0, MOST_BYTES);
    } catch {
      return; // Cut short: there is no body to keep.
    }
    try {
      seen.body = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      seen.body_base64 = bytes.toBase64(); // Not text.
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#seen = [];
  }
}
