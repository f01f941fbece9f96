/**
 * A response as the user's code sees it: bytes, until something is asked of them.
 *
 * @module
 */
import type { Exchange } from "../../client/exchange/http_client.ts";
import { FAILURE, FAILURE_KINDS } from "../../metrics/failure.ts";
import type { HttpResponse, Timings } from "../../script.ts";
import { decoderFor, sharedOf } from "../http/rules/response_view.ts";
import type { PendingRequest } from "./pending_requests.ts";

const latin1 = new TextDecoder("latin1");
const EMPTY = new Uint8Array(0);

/** What came back; it lives as long as the user's code holds it. */
export class ScriptResponse implements HttpResponse {
  readonly status: number;
  readonly error?: string;
  /** The request, as long as it can still be judged. */
  readonly request: PendingRequest;
  readonly #head: Uint8Array | null;
  readonly #body: Uint8Array | null;
  readonly #url: URL;
  readonly #timings: Timings;
  readonly #isCut: boolean;
  readonly #mayHaveCharset: boolean;
  /** The body is an object that never changes, and that other responses have, too. */
  readonly #isShared: boolean;
  #headers: Headers | undefined;
  #text: string | undefined;

  /** Takes over what an exchange holds; `body` is the response's own. */
  constructor(exchange: Exchange, request: PendingRequest, { body, isShared, url }: {
    readonly body: Uint8Array | null;
    readonly isShared: boolean;
    readonly url: URL;
  }) {
    const isWhole = exchange.failure === FAILURE.none;
    this.status = isWhole ? exchange.status : 0;
    if (!isWhole) this.error = FAILURE_KINDS[exchange.failure]!.name;
    this.request = request;
    this.#head = exchange.head;
    this.#body = body;
    this.#url = exchange.finalUrl ?? url;
    this.#timings = timingsOf(exchange);
    this.#isCut = exchange.isBodyCut;
    this.#mayHaveCharset = exchange.mayHaveCharset;
    this.#isShared = isShared;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get url(): string {
    return this.#url.href;
  }

  get timings(): Timings {
    return this.#timings;
  }

  get headers(): Headers {
    return this.#headers ??= headersOf(this.#head);
  }

  text(): string {
    if (this.#text !== undefined) return this.#text;
    if (this.#body === null) return "";
    if (!this.#isShared) return this.#text = this.#decoded(this.#body);
    const shared = sharedOf(this.#body);
    return this.#text = shared.text ??= this.#decoded(this.#body);
  }

  #decoded(body: Uint8Array): string {
    const type = this.#head !== null && this.#mayHaveCharset ? this.headers.get("content-type") : null;
    return decoderFor(type ?? undefined).decode(body);
  }

  // deno-lint-ignore no-explicit-any -- as it is declared
  json<T = any>(): T {
    try {
      return JSON.parse(this.text());
    } catch {
      const length = this.#body?.length ?? 0;
      if (this.#isCut) {
        throw new SyntaxError(
          `only the first ${length} bytes of the response of ${this.request.name} were kept (--body-limit), which are ` +
            "not JSON",
        );
      }
      const found = this.error ?? `status ${this.status}, ${length} bytes`;
      throw new SyntaxError(`the response of ${this.request.name} is not JSON (${found})`);
    }
  }

  bytes(): Uint8Array {
    return this.#body === null ? EMPTY : this.#body.slice();
  }
}

/** When things happened. */
export function timingsOf(exchange: Exchange): Timings {
  const duration = exchange.endMs - exchange.startMs;
  const { dnsMs, connectMs, tlsMs, ttfbMs, transferMs } = exchange;
  if (ttfbMs < 0) return { duration };
  return {
    duration,
    ...(dnsMs >= 0 && { dns: dnsMs }),
    ...(connectMs >= 0 && { connect: connectMs }),
    ...(tlsMs >= 0 && { tls: tlsMs }),
    waiting: ttfbMs,
    receiving: transferMs,
  };
}

/** Fields as the platform keeps them; what it would refuse is left out. */
export function headersOf(head: Uint8Array | null): Headers {
  const headers = new Headers();
  if (head === null) return headers;
  for (const line of latin1.decode(head).split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    try {
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    } catch {
      // Servers send what they like.
    }
  }
  return headers;
}
