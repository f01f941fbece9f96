/**
 * Follows redirects (RFC 9110, 15.4) above any client: an exchange is the whole chain, from the first request to the
 * last byte of the last response, and its deadline is that of the chain. Bytes, connections and phases of all hops add up;
 * status, head and body are the last response's.
 *
 * | answer | next request |
 * | --- | --- |
 * | 301, 302 | POST becomes GET without a body; other methods stay |
 * | 303 | GET without a body; HEAD stays |
 * | 307, 308 | method and body stay |
 * | another status, or no Location | none: it is the response |
 *
 * Header fields with credentials, and the user's own cookies, go no further than their origin: another scheme, host or
 * port is another origin. A body with credentials is not sent on either: that redirect fails. User info in a Location is
 * not used.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import { isCredential } from "../../lib/credentials.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { StepSecrets } from "../../plan/scenario.ts";
import { assembleRequest } from "./assemble_request.ts";
import { fieldValue, WORDS } from "./field_bytes.ts";
import { Exchange, type HttpClient, isRedirect, type PreparedRequest } from "./http_client.ts";

/** Fields that describe a body, or how it is sent, and go with it. */
const BODY_FIELD = /^(?:content-.*|transfer-encoding|expect|digest)$/i;

/** Requests of steps that nothing is known about. */
export const NO_SECRETS: StepSecrets = { headers: new Set(), url: [], body: [] };

const utf8 = new TextDecoder();

/** One user's client that goes where answers send it. */
export class RedirectingClient implements HttpClient {
  readonly #spec: ClientSpec;
  readonly #inner: HttpClient;
  readonly #secretsOf: (step: number) => StepSecrets;
  readonly #hop = new Exchange();
  /** Why the chain under way is being given up; `none` while it is not. */
  #aborting: number = FAILURE.none;

  constructor(
    spec: ClientSpec,
    inner: HttpClient,
    secretsOf: (step: number) => StepSecrets = () => NO_SECRETS,
  ) {
    this.#spec = spec;
    this.#inner = inner;
    this.#secretsOf = secretsOf;
  }

  get deadlineMs(): number {
    return this.#inner.deadlineMs;
  }

  warm(request: PreparedRequest, scratch: Exchange): Promise<void> {
    return this.#inner.warm(request, scratch);
  }

  async exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    const notify = out.onFinished;
    out.onFinished = null;
    this.#aborting = FAILURE.none;
    await this.#inner.exchange(request, out);
    if (isRedirect(out.status) && request.maxRedirects !== 0) await this.#follow(request, out);
    if (!request.wantsHead && !request.wantsCookies && !request.wantsBody) out.head = null;
    out.onFinished = notify;
    out.finish(out.endMs);
  }

  abort(failure: number): void {
    this.#aborting ||= failure;
    this.#inner.abort(failure);
  }

  close(): void {
    this.#inner.close();
  }

  async #follow(first: PreparedRequest, out: Exchange): Promise<void> {
    let request = first;
    while (out.failure === FAILURE.none && isRedirect(out.status)) {
      const location = out.head && locationOf(out.head);
      if (location === null) return;
      const url = targetOf(location, request.url);
      if (url === null) {
        out.failure = FAILURE.bad_redirect;
        out.failureDetail = `${out.status} leads to a URL that is not http or https`;
        return;
      }
      if (out.redirects === (first.maxRedirects ?? this.#spec.maxRedirects)) {
        out.failure = FAILURE.too_many_redirects;
        out.failureDetail = `${out.status} after ${out.redirects} redirects`;
        return;
      }
      const [secret] = url.origin === request.origin || becomesGet(out.status, request.method)
        ? []
        : this.#secretsOf(request.step).body;
      if (secret !== undefined) {
        out.failure = FAILURE.bad_redirect;
        out.failureDetail = `${out.status} leads to another origin, and the body holds ${secret}`;
        return;
      }
      if (out.head) out.cookies?.storeHead(out.head, request.url);
      request = this.#next(request, { first, url, out });
      out.redirects++;
      out.finalUrl = url;
      await this.#go(request, out);
    }
  }

  async #go(request: PreparedRequest, out: Exchange): Promise<void> {
    const hop = this.#hop;
    hop.reset(out.dueMs, out.startMs);
    if (this.#aborting === FAILURE.none) await this.#inner.exchange(request, hop);
    else {
      hop.failure = this.#aborting;
      hop.finish(readClock());
    }
    addHop(out, hop);
  }

  #next(
    request: PreparedRequest,
    { first, url, out }: { readonly first: PreparedRequest; readonly url: URL; readonly out: Exchange },
  ): PreparedRequest {
    const isPlainGet = becomesGet(out.status, request.method);
    const isSameOrigin = url.origin === request.origin;
    const { headers: secrets } = this.#secretsOf(request.step);
    const headers = request.headers.filter(([name, value]) =>
      !(isPlainGet && BODY_FIELD.test(name)) &&
      (isSameOrigin || !(isCredential([name, value]) || secrets.has(name.toLowerCase())))
    );
    const { bodyFile, wantsHead, wantsBody, wantsCookies, timeoutMs } = request;
    return assembleRequest({
      step: request.step,
      method: isPlainGet ? "GET" : request.method,
      url,
      headers: withHost(
        withCookies(headers, { url, out, isAtHome: url.origin === first.origin }),
        request,
        url,
      ),
      body: isPlainGet ? null : request.body,
      ...(bodyFile && !isPlainGet && { bodyFile }),
      isRepeated: false,
      memory: null,
      ...(timeoutMs !== undefined && { timeoutMs }),
      wantsHead,
      wantsBody,
      wantsCookies,
    }, this.#spec);
  }
}

/** Whether a redirect turns a request into a GET without a body. */
function becomesGet(status: number, method: string): boolean {
  return status === 303 ? method !== "GET" && method !== "HEAD" : status < 303 && method === "POST";
}

/** The value of the first `Location` field of a head, or `null`. */
function locationOf(head: Uint8Array): string | null {
  const value = fieldValue(head, WORDS.location);
  return value && utf8.decode(value);
}

/** Where a location leads, seen from a URL; `null` when that is nowhere to go. */
function targetOf(location: string, from: URL): URL | null {
  const url = URL.parse(location, from);
  if (url === null || !/^https?:$/.test(url.protocol) || url.port === "0") return null;
  url.username = url.password = "";
  return url;
}

/** The user's cookies as they are now; without a user who keeps any, the fields stay as they are. */
function withCookies(
  headers: readonly HeaderLine[],
  { url, out, isAtHome }: { readonly url: URL; readonly out: Exchange; readonly isAtHome: boolean },
): readonly HeaderLine[] {
  if (out.cookies === null) return headers;
  const field = out.cookies.fieldFor(url, isAtHome);
  const others = headers.filter(([name]) => !/^cookie$/i.test(name));
  return field === "" ? others : [...others, ["Cookie", field]];
}

/** A `Host` that the user made up stays within its origin. */
function withHost(headers: readonly HeaderLine[], from: PreparedRequest, to: URL): readonly HeaderLine[] {
  return from.origin === to.origin
    ? headers
    : headers.map(([name, value]) => /^host$/i.test(name) ? [name, to.host] : [name, value]);
}

/** Adds what a hop took to the chain, and makes its response the chain's. */
function addHop(out: Exchange, hop: Exchange): void {
  out.endMs = hop.endMs;
  out.status = hop.status;
  out.failure = hop.failure;
  out.failureDetail = hop.failureDetail;
  out.protocol = hop.protocol;
  out.declaredLength = hop.declaredLength;
  out.head = hop.head;
  out.body = hop.body;
  out.isDecoded = hop.isDecoded;
  out.maySetCookies = hop.maySetCookies;
  out.mayBeCoded = hop.mayBeCoded;
  out.mayHaveCharset = hop.mayHaveCharset;
  out.address = hop.address;
  out.openedMs = hop.openedMs;
  out.redirectBodyBytes = out.bodyBytes;
  out.bodyBytes += hop.bodyBytes;
  out.bytesReceived += hop.bytesReceived;
  out.bytesSent += hop.bytesSent;
  out.connects += hop.connects;
  out.failedConnects += hop.failedConnects;
  out.fullHandshakes += hop.fullHandshakes;
  out.resumedHandshakes += hop.resumedHandshakes;
  out.reuses += hop.reuses;
  out.reconnected ||= hop.reconnected;
  out.streamLimit = Math.max(out.streamLimit, hop.streamLimit);
  if (hop.continueMs >= 0) out.continueMs = Math.max(out.continueMs, 0) + hop.continueMs;
  out.wasRefused ||= hop.wasRefused;
  out.dnsMs = sum(out.dnsMs, hop.dnsMs);
  out.connectMs = sum(out.connectMs, hop.connectMs);
  out.tlsMs = sum(out.tlsMs, hop.tlsMs);
  out.ttfbMs = sum(out.ttfbMs, hop.ttfbMs);
  out.transferMs = sum(out.transferMs, hop.transferMs);
}

/** The sum of two times of which −1 means not measured. */
function sum(a: number, b: number): number {
  return a < 0 ? b : b < 0 ? a : a + b;
}
