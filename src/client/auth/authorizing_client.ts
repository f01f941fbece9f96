/**
 * A client whose requests are authorised as they are sent, above any other client. Only servers that the plan names get
 * the fields.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { changedRequest, Exchange, type HttpClient, type PreparedRequest } from "../exchange/http_client.ts";
import type { Authority } from "./authority.ts";

const UNAUTHORIZED = 401;

/** One user's client. */
export class AuthorizingClient implements HttpClient {
  readonly #inner: HttpClient;
  readonly #authority: Authority;
  readonly #origins: ReadonlySet<string>;
  #request: PreparedRequest | null = null;
  #authorized: PreparedRequest | null = null;
  #version = -1;

  /** `origins`: the servers that may see the fields. */
  constructor(inner: HttpClient, authority: Authority, origins: ReadonlySet<string>) {
    this.#inner = inner;
    this.#authority = authority;
    this.#origins = origins;
  }

  get deadlineMs(): number {
    return this.#inner.deadlineMs;
  }

  async warm(request: PreparedRequest, scratch: Exchange): Promise<void> {
    await this.#inner.warm(request, scratch);
    if (!this.#authority.needsChallenge || scratch.failure !== FAILURE.none) return;
    if (this.#authority.fieldsFor(request).length > 0 || !this.#origins.has(request.origin)) return;
    // Asks for the challenge ahead of the load.
    const asking = new Exchange();
    asking.reset(performance.now(), performance.now());
    await this.#inner.exchange(
      changedRequest(request, { method: "HEAD", body: null, wantsHead: true, memory: null }),
      asking,
    );
    if (asking.status === UNAUTHORIZED && asking.head !== null) this.#authority.learn?.(asking.head);
  }

  exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    if (!this.#origins.has(request.origin)) return this.#inner.exchange(request, out);
    if (this.#authority.learn) return this.#exchangeChallenged(request, out);
    return this.#inner.exchange(this.#authorizedFor(request), out);
  }

  abort(failure: number): void {
    this.#inner.abort(failure);
  }

  close(): void {
    this.#inner.close();
  }

  /** The request with its fields; the same object for as long as both stay what they are. */
  #authorizedFor(request: PreparedRequest): PreparedRequest {
    const version = this.#authority.version();
    if (request === this.#request && version === this.#version) return this.#authorized!;
    this.#request = request;
    this.#version = version;
    return this.#authorized = this.#withFields(request);
  }

  #withFields(request: PreparedRequest): PreparedRequest {
    const fields = this.#authority.fieldsFor(request);
    const names = new Set(fields.map(([name]) => name.toLowerCase()));
    return changedRequest(request, {
      headers: [...request.headers.filter(([name]) => !names.has(name.toLowerCase())), ...fields],
    });
  }

  /** A nonce may have ended: then the request is sent once more, within its time. */
  async #exchangeChallenged(request: PreparedRequest, out: Exchange): Promise<void> {
    const { onFinished } = out;
    out.onFinished = null;
    const send = () =>
      this.#inner.exchange(
        changedRequest(this.#withFields(request), { isRepeated: false, memory: null, wantsChallenge: true }),
        out,
      );
    await send();
    if (out.status === UNAUTHORIZED && out.failure === FAILURE.none && out.head !== null) {
      const mayRetry = this.#authority.learn!(out.head);
      if (!request.wantsHead) out.head = null;
      if (mayRetry) {
        out.reset(out.dueMs, out.startMs);
        await send();
        if (!request.wantsHead && out.status === UNAUTHORIZED) out.head = null;
      }
    }
    out.onFinished = onFinished;
    onFinished?.(out);
  }
}
