/**
 * One user's requests through the platform's `fetch`: the way to HTTP/2, and a second opinion on HTTP/1.1. It costs
 * about four times the CPU of the raw client, and some things cannot be had or known through it:
 *
 * - header names go out in lower case, equal names next to each other; `accept`, `accept-language` and `user-agent` are
 *   added where the caller has none, and `accept-encoding: identity`, since `fetch` would else ask for gzip;
 * - gzip and brotli answers to a caller who asked for them are decoded before anybody sees them: their size is the
 *   declared one, or that of the decoded body when none was declared;
 * - a body from a file goes out chunked;
 * - how many connections were opened is concluded from the responses; after a long or chunked one the connection may
 *   still be busy with its end when the next request comes, so that users end up with two in turn; a connection that the server closed while it lay
 *   idle is replaced, and the request sent again, POST included, without notice;
 * - wire bytes are those of the bodies, and the response's HTTP version is that which was asked for;
 * - a reset amid a body and a malformed chunk look like a response cut short;
 * - requests to ports that browsers block fail; the environment's proxy variables are honoured.
 *
 * Deadlines are the caller's, as with every client: it watches `deadlineMs` and calls `abort`.
 *
 * @module
 */
import { FAILURE, IS_UNCONNECTED } from "../../metrics/failure.ts";
import { HTTP_1_1, HTTP_2 } from "../../metrics/protocols.ts";
import { demandAllowed, ForbiddenTarget, type OwnerRules } from "../../plan/owner_rules.ts";
import { routeOf } from "../../plan/route.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { BodyFileError, piecesOf } from "../exchange/body_file.ts";
import { fetchFailureOf } from "./fetch_failure.ts";
import {
  type BodyFile,
  type Exchange,
  type HttpClient,
  keepsHead,
  type PreparedRequest,
} from "../exchange/http_client.ts";
import { type ConnectFailure, ConnectGate } from "../net/connect_gate.ts";
import { isOutOfDescriptors } from "../net/out_of_descriptors.ts";
import { proxyUrlFor } from "../net/proxy.ts";
import { BodyBuffer } from "../exchange/body_buffer.ts";

/** Declared bodies up to this are read in one call, which costs half the time of reading a stream. */
const MAX_WHOLE_BYTES = 65_536;

/** What a user's client needs to know besides the specification. */
export interface FetchClientOptions {
  /** Connections leave from here; absent: the system chooses. */
  readonly localAddress?: string;
  /** Where connections may lead; absent: anywhere. */
  readonly rules?: OwnerRules;
  /** Shared by the clients of a thread; absent: one of its own. */
  readonly gate?: ConnectGate;
}

/** Makes the client of one user. */
export function createFetchClient(spec: ClientSpec, options: FetchClientOptions = {}): HttpClient {
  return new FetchClient(spec, options);
}

class FetchClient implements HttpClient {
  deadlineMs = Infinity;
  readonly #spec: ClientSpec;
  readonly #localAddress: string | undefined;
  readonly #rules: OwnerRules | undefined;
  readonly #gate: ConnectGate;
  /** Connection pools by the proxy they go through, made when first needed. */
  readonly #pools = new Map<string, Deno.HttpClient>();
  /** Servers to which a connection should lie open. */
  readonly #connected = new Set<string>();
  #controller: AbortController | null = null;
  /** Why the exchange under way is being given up; `none` while it is not. */
  #aborting: number = FAILURE.none;
  #body: BodyBuffer | null = null;
  /** The fields made of the last request's headers, for the next one with the same. */
  #fields: [string, string][] = [];
  #fieldsOf: readonly HeaderLine[] | null = null;
  /** With these fields, `fetch` decodes coded answers. */
  #decodes = false;

  constructor(spec: ClientSpec, { localAddress, rules, gate }: FetchClientOptions) {
    this.#spec = spec;
    this.#localAddress = localAddress;
    this.#rules = rules;
    this.#gate = gate ?? new ConnectGate();
  }

  /** Does nothing: a connection can only be opened by a request. */
  warm(): Promise<void> {
    return Promise.resolve();
  }

  async exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    this.#aborting = FAILURE.none;
    this.deadlineMs = out.startMs + (request.timeoutMs ?? this.#spec.timeoutMs);
    this.#controller = new AbortController();
    const gate = this.#gate;
    let found: ConnectFailure | null = null;
    try {
      this.#demandAllowed(request.url);
      if (!gate.isIdle) found = await gate.pass(request.url.host, this.#controller.signal);
      if (found !== null) {
        out.failure = found.failure;
        out.failureDetail = found.detail;
      } else if (request.bodyFile === undefined) await this.#converse(request, out, request.body);
      else await this.#sendFile(request, out, request.bodyFile);
    } catch (error) {
      const isProxied = proxyUrlFor(request.url, this.#spec.proxy) !== undefined;
      const { kind, detail } = error instanceof ForbiddenTarget
        ? { kind: FAILURE.target_not_allowed, detail: error.message }
        : fetchFailureOf(error, isProxied);
      const isDescriptors = kind === FAILURE.dns && isOutOfDescriptors();
      const isUnanswered = kind === FAILURE.truncated && out.status === 0;
      out.failure = this.#aborting ||
        (isDescriptors ? FAILURE.too_many_open_files : isUnanswered ? FAILURE.no_response : kind);
      if (IS_UNCONNECTED[out.failure]) {
        out.connects = 0;
        out.failedConnects = 1;
      }
      if (this.#aborting === FAILURE.none) out.failureDetail = detail;
    }
    if (found === null) this.#tellGate(request.url.host, out);
    this.#controller = null;
    this.deadlineMs = Infinity;
    out.finish(performance.now());
  }

  #tellGate(host: string, { failure, failureDetail: detail }: Exchange): void {
    if (IS_UNCONNECTED[failure]) this.#gate.failed(host, { failure, detail });
    else if (this.#gate.isIdle) return;
    else if (this.#aborting === FAILURE.none) this.#gate.opened(host);
    else this.#gate.noteGivenUp(host);
  }

  abort(failure: number): void {
    if (this.#controller === null) return;
    this.deadlineMs = Infinity;
    this.#aborting ||= failure;
    this.#controller.abort();
  }

  close(): void {
    this.abort(FAILURE.unfinished);
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
    this.#connected.clear();
  }

  /**
   * `fetch` also opens files and reads `data:` URLs; and it connects by itself, so that what it may connect to is asked
   * here, of the URL as it was parsed. Redirects come back as requests of their own.
   */
  #demandAllowed(url: URL): void {
    if (!/^https?:$/.test(url.protocol)) throw new ForbiddenTarget(`${url.protocol} is not http: or https:`);
    if (this.#rules === undefined) return;
    const { unixSocket, proxy } = this.#spec;
    if (unixSocket !== undefined) throw new ForbiddenTarget("A worker does not connect to local sockets");
    if (this.#rules.targets.length > 0 && proxyUrlFor(url, proxy) !== undefined) {
      throw new ForbiddenTarget("A proxy might lead this client elsewhere");
    }
    demandAllowed(routeOf(url), this.#rules);
  }

  async #sendFile(request: PreparedRequest, out: Exchange, file: BodyFile): Promise<void> {
    let problem: BodyFileError | null = null;
    const pieces = piecesOf(file);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        try {
          const next = await pieces.next();
          if (next.done) return controller.close();
          out.bytesSent += next.value.length;
          controller.enqueue(new Uint8Array(next.value));
        } catch (error) {
          if (error instanceof BodyFileError) problem = error;
          throw error;
        }
      },
      async cancel() {
        await pieces.return();
      },
    });
    try {
      await this.#converse(request, out, body);
    } catch (error) {
      const found = problem as BodyFileError | null;
      if (found === null) throw error;
      out.failure = found.failure;
      out.failureDetail = found.message;
    } finally {
      await pieces.return();
    }
  }

  async #converse(
    request: PreparedRequest,
    out: Exchange,
    body: Uint8Array | ReadableStream<Uint8Array<ArrayBuffer>> | null,
  ): Promise<void> {
    out.protocol = this.#spec.http2 ? HTTP_2 : HTTP_1_1;
    if (this.#connected.delete(request.origin)) out.reuses = 1;
    else out.connects = 1;
    const response = await fetch(request.url, {
      client: this.#poolFor(request.url),
      method: request.method,
      headers: this.#fieldsFor(request.headers),
      body: body as BodyInit | null,
      redirect: "manual",
      signal: this.#controller!.signal,
    });
    out.bytesSent += request.body?.length ?? 0;
    await this.#readResponse(response, request, out);
  }

  async #readResponse(response: Response, request: PreparedRequest, out: Exchange): Promise<void> {
    const { headers } = response;
    out.status = response.status;
    out.declaredLength = declaredLengthOf(headers);
    const traits = {
      status: out.status,
      setsCookie: headers.has("set-cookie"),
      isCoded: headers.has("content-encoding"),
      hasOtherCharset: /charset=(?!"?utf-?8)/i.test(headers.get("content-type") ?? ""),
    };
    if (keepsHead(request, traits)) out.head = headOf(response);
    const isDecoded = this.#decodes && /^(?:gzip|br)$/i.test(headers.get("content-encoding") ?? "");
    out.isDecoded = isDecoded;
    const counted = await this.#readBody(response, request, out, isDecoded);
    out.bodyBytes = isDecoded && out.declaredLength >= 0 ? out.declaredLength : counted;
    out.bytesReceived = out.bodyBytes;
    if (this.#spec.keepAlive && staysOpen(response)) this.#connected.add(request.origin);
  }

  /** Reads the body to its end and resolves to the number of bytes read. */
  async #readBody(
    response: Response,
    request: PreparedRequest,
    out: Exchange,
    isDecoded: boolean,
  ): Promise<number> {
    const sink = request.wantsBody ? (this.#body ??= new BodyBuffer(this.#spec.maxBodyBytes)) : null;
    sink?.clear();
    if (response.body === null) {
      if (sink) out.body = sink.bytes();
      return 0;
    }
    let count = 0;
    if (!isDecoded && out.declaredLength >= 0 && out.declaredLength <= MAX_WHOLE_BYTES) {
      const bytes = new Uint8Array(await response.arrayBuffer());
      sink?.append(bytes, 0, bytes.length);
      count = bytes.length;
    } else {
      const reader = response.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        sink?.append(piece.value, 0, piece.value.length);
        count += piece.value.length;
        out.bodyBytes = out.bytesReceived = count;
      }
    }
    if (sink) out.body = sink.bytes();
    return count;
  }

  #poolFor(url: URL): Deno.HttpClient {
    const spec = this.#spec;
    const proxy = proxyUrlFor(url, spec.proxy) ?? "";
    let pool = this.#pools.get(proxy);
    if (pool === undefined) {
      this.#pools.set(proxy, pool = createPool(spec, { proxy, localAddress: this.#localAddress }));
    }
    return pool;
  }

  #fieldsFor(headers: readonly HeaderLine[]): [string, string][] {
    if (this.#fieldsOf === headers) return this.#fields;
    const fields: [string, string][] = [];
    const values = new Map<string, string>();
    for (const [name, value] of headers) {
      const key = name.toLowerCase();
      values.set(key, value);
      // The framing is fetch's own.
      if (key !== "content-length" && key !== "transfer-encoding") fields.push([name, value]);
    }
    if (!values.has("accept-encoding")) fields.push(["accept-encoding", "identity"]);
    const { keepAlive, http2 } = this.#spec;
    // HTTP/2 has no such field (RFC 9113, 8.2.2).
    if (!keepAlive && !http2 && !values.has("connection")) fields.push(["connection", "close"]);
    this.#decodes = (values.get("accept-encoding") ?? "identity") !== "identity" && !values.has("range");
    this.#fieldsOf = headers;
    return this.#fields = fields;
  }
}

function createPool(
  spec: ClientSpec,
  { proxy, localAddress }: { readonly proxy: string; readonly localAddress: string | undefined },
): Deno.HttpClient {
  const { tls } = spec;
  return Deno.createHttpClient({
    caCerts: [...tls.caCerts],
    ...(tls.cert !== undefined && tls.key !== undefined && { cert: tls.cert, key: tls.key }),
    ...(spec.unixSocket !== undefined && { proxy: { transport: "unix" as const, path: spec.unixSocket } }),
    ...(proxy !== "" && { proxy: { url: proxy } }),
    ...(localAddress !== undefined && { localAddress }),
    // One of the two, so that it is known which was spoken.
    http1: !spec.http2,
    http2: spec.http2,
    allowHost: true,
    poolIdleTimeout: false,
    ...(!spec.keepAlive && { poolMaxIdlePerHost: 0 }),
  });
}

function declaredLengthOf(headers: Headers): number {
  const text = headers.get("content-length");
  return text !== null && /^\d+$/.test(text) ? Number(text) : -1;
}

/** Whether the connection that brought a response should serve another request. */
function staysOpen({ headers, body }: Response): boolean {
  if (/\bclose\b/i.test(headers.get("connection") ?? "")) return false;
  return body === null || headers.has("content-length") || headers.has("transfer-encoding");
}

/** The head as HTTP/1.1 bytes; `fetch` keeps neither the order nor the case of the fields. */
function headOf(response: Response): Uint8Array {
  const lines = [`HTTP/1.1 ${response.status} ${response.statusText}`];
  for (const [name, value] of response.headers) lines.push(`${name}: ${value}`);
  const text = `${lines.join("\r\n")}\r\n\r\n`;
  // Field values are byte strings: one byte a character.
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
