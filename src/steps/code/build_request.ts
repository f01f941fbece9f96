/**
 * Requests of the user's code, ready to be sent. A request that is made again and again (the same URL, without options or
 * with frozen ones) is prepared once, as bytes; all others are put together anew.
 *
 * @module
 */
import { rejectUnknown } from "../../lib/reject_unknown.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import { LINE_BREAK } from "../../lib/net/header_syntax.ts";
import { assembleRequest } from "../../client/exchange/assemble_request.ts";
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import { ResponseMemory } from "../../client/exchange/response_memory.ts";
import { parseDuration } from "../../lib/duration.ts";
import { basicAuth } from "../../lib/net/basic_auth.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { Http, HttpResponse, RequestOptions, Scalar } from "../../script.ts";
import { formBody, multipartBody } from "./form_bodies.ts";
import { requestName } from "./request_name.ts";

/** The methods by their names. */
export function httpVerbs(
  send: (method: string, url: string, options?: RequestOptions) => Promise<HttpResponse>,
): Http {
  return {
    get: (url, options) => send("GET", url, options),
    head: (url, options) => send("HEAD", url, options),
    post: (url, options) => send("POST", url, options),
    put: (url, options) => send("PUT", url, options),
    patch: (url, options) => send("PATCH", url, options),
    del: (url, options) => send("DELETE", url, options),
    request: (method, url, options) => send(method.toUpperCase(), url, options),
  };
}

/** A request, and how it is counted. */
export interface ScriptRequest {
  readonly request: PreparedRequest;
  readonly name: string;
  /** Statuses that are no failure; absent: all below 400. */
  readonly expect?: readonly number[];
}

/** What requests are built with. */
export interface RequestContext {
  readonly client: ClientSpec;
  /** What paths are relative to; empty: nothing. */
  readonly base: string;
  /** Fields that all requests have. */
  readonly headers: readonly HeaderLine[];
  /** The number of the step that a name is counted for. */
  find(name: string): number;
}

/** Larger bodies are written while the response is awaited, which the fast way does not do. */
const MAX_REPEATED_BODY_BYTES = 8192;

/** Prepared requests kept of each method; twice as many, in two generations. */
const MAX_KEPT = 500;

const encoder = new TextEncoder();

/** One that was asked for before: `undefined` until it is asked for again. */
type Kept = Map<string, ScriptRequest | undefined>;

/** Builds the requests of a thread. */
export class RequestBuilder {
  readonly #context: RequestContext;
  readonly #home: string;
  readonly #caches = new Map<string, { young: Kept; old: Kept }>();
  readonly #frozen = new WeakMap<RequestOptions, Map<string, ScriptRequest>>();

  constructor(context: RequestContext) {
    this.#context = context;
    this.#home = URL.parse(context.base)?.origin ?? "";
  }

  /** @throws {TypeError} when URL or options are unusable */
  build(method: string, url: string, options: RequestOptions | undefined): ScriptRequest {
    if (options === undefined) return this.#plain(method, url);
    if (typeof options !== "object" || options === null) throw notOptions(options);
    if (!Object.isFrozen(options) || !isDeeplyFrozen(options)) return this.#make(method, url, options, false);
    const known = this.#frozen.get(options) ?? new Map<string, ScriptRequest>();
    this.#frozen.set(options, known);
    const key = `${method} ${url}`;
    const made = known.get(key) ?? this.#make(method, url, options, true);
    if (known.size < MAX_KEPT) known.set(key, made);
    return made;
  }

  /** A request without options: kept from its second time on. */
  #plain(method: string, url: string): ScriptRequest {
    let cache = this.#caches.get(method);
    if (cache === undefined) this.#caches.set(method, cache = { young: new Map(), old: new Map() });
    const known = cache.young.get(url);
    if (known !== undefined) return known;
    const isSecond = cache.young.has(url) || cache.old.has(url);
    const made = cache.old.get(url) ?? this.#make(method, url, undefined, isSecond);
    if (cache.young.size >= MAX_KEPT) {
      cache.old = cache.young;
      cache.young = new Map();
    }
    cache.young.set(url, isSecond ? made : undefined);
    return made;
  }

  #make(
    method: string,
    target: string,
    options: RequestOptions | undefined,
    isRepeated: boolean,
  ): ScriptRequest {
    const { client, headers: common } = this.#context;
    if (options !== undefined) rejectUnknown(options, { known: OPTIONS, kind: "request" });
    const url = this.#urlOf(target, options?.query);
    const body = options && bodyOf(options);
    const userInfo = takeUserInfo(url);
    const given = userInfo === undefined ? options : { auth: userInfo, ...options };
    const headers = given === undefined ? common : fieldsOf(given, common, body?.type);
    const name = options?.name ?? requestName(method, url, this.#home);
    const bytes = body?.bytes ?? null;
    const expect = options?.expect;
    const hasMemory = isRepeated && !client.phases && (bytes?.length ?? 0) <= MAX_REPEATED_BODY_BYTES;
    return {
      name,
      ...(expect !== undefined && { expect: typeof expect === "number" ? [expect] : expect }),
      request: assembleRequest({
        step: this.#context.find(name),
        method,
        url,
        headers,
        body: bytes,
        isRepeated,
        memory: hasMemory ? new ResponseMemory() : null,
        wantsHead: true,
        wantsBody: true,
        wantsCookies: true,
        ...(options?.timeout !== undefined && { timeoutMs: timeOf(options.timeout) }),
      }, client),
    };
  }

  #urlOf(target: string, query: RequestOptions["query"]): URL {
    const { base } = this.#context;
    const url = base === "" ? URL.parse(target) : URL.parse(target, base);
    if (url === null) {
      const hint = /^\/|^\?/.test(target)
        ? ": a path needs the URL of the command line, or options.url"
        : ": expected an http or https URL, or a path";
      const sentence = `Cannot request ${JSON.stringify(target)}${hint}`;
      throw base === "" ? new MissingBase(sentence) : new TypeError(sentence);
    }
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new TypeError(`Cannot request ${JSON.stringify(target)}: expected an http or https URL`);
    }
    // Even an empty hash has the whole parsed anew.
    if (target.includes("#")) url.hash = "";
    if (query !== undefined) {
      for (const [name, value] of pairsOf(query)) url.searchParams.append(name, value);
    }
    return url;
  }
}

/** There is no URL that paths could be relative to, and never will be. */
export class MissingBase extends TypeError {
  override readonly name = "TypeError";
}

/** User and password of a URL, which are not sent as part of it. */
function takeUserInfo(url: URL): { readonly user: string; readonly password: string } | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const found = { user: percentDecoded(url.username), password: percentDecoded(url.password) };
  url.username = url.password = "";
  return found;
}

/** Names and values, those of lists each for itself; what is `undefined` is left out. */
function pairsOf(
  fields: Readonly<Record<string, Scalar | readonly Scalar[] | undefined>>,
): readonly (readonly [string, string])[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
    return values.map((item: Scalar) => [name, String(item)] as const);
  });
}

/** A time in ms; numbers are seconds. @throws {TypeError} when it is none */
export function timeOf(time: number | string): number {
  if (typeof time === "number") {
    if (time >= 0 && time < Infinity) return time * 1000;
    throw new TypeError(`Cannot use the time ${time}: expected seconds, 0 or more`);
  }
  try {
    return parseDuration(time);
  } catch {
    throw new TypeError(`Cannot use the time ${JSON.stringify(time)}: expected 1, "1s", "500ms" or "1m30s"`);
  }
}

/** What a request may be told. */
const OPTIONS: ReadonlySet<string> = new Set<keyof RequestOptions>(
  ["headers", "body", "json", "form", "multipart", "query", "name", "timeout", "auth", "expect"],
);

function notOptions(found: unknown): TypeError {
  const what = found === null ? "null" : typeof found === "string" ? "a text" : `a ${typeof found}`;
  return new TypeError(`Cannot request with ${what}: expected options such as { body: … } or { json: … }`);
}

interface RequestBody {
  readonly bytes: Uint8Array;
  readonly type?: string;
}

const BODIES = ["body", "json", "form", "multipart"] as const;

function bodyOf(options: RequestOptions): RequestBody | undefined {
  const given = BODIES.filter((key) => options[key] !== undefined);
  if (given.length > 1) {
    throw new TypeError(`Cannot send both ${given[0]} and ${given[1]}: expected one of them`);
  }
  const { body, json, form, multipart } = options;
  if (body !== undefined) return { bytes: typeof body === "string" ? encoder.encode(body) : body };
  if (json !== undefined) {
    return { bytes: encoder.encode(JSON.stringify(json)), type: "application/json" };
  }
  if (form !== undefined) return formBody(pairsOf(form));
  return multipart === undefined ? undefined : multipartBody(multipart);
}

/** The common fields without those that the options replace, and theirs. */
function fieldsOf(
  { headers = {}, auth }: RequestOptions,
  common: readonly HeaderLine[],
  type: string | undefined,
): readonly HeaderLine[] {
  const own: [string, string | null][] = Object.entries(headers);
  const has = (name: string) => own.some(([given]) => given.toLowerCase() === name);
  if (auth !== undefined && !has("authorization")) {
    const value = typeof auth === "string" ? `Bearer ${auth}` : basicAuth(`${auth.user}:${auth.password}`);
    own.push(["Authorization", value]);
  }
  const isTyped = type === undefined || has("content-type") ||
    common.some(([name]) => name.toLowerCase() === "content-type");
  if (!isTyped) own.push(["Content-Type", type]);
  for (const [name, value] of own) {
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw new TypeError(`Cannot send a header called ${JSON.stringify(name)}`);
    }
    if (value !== null && LINE_BREAK.test(String(value))) {
      throw new TypeError(`Cannot send the header ${name}: its value has a line break`);
    }
  }
  return [
    ...common.filter(([name]) =>
      !has(name.toLowerCase()) && !(auth !== undefined && /^authorization$/i.test(name))
    ),
    ...own.flatMap(([name, value]): readonly HeaderLine[] => value === null ? [] : [[name, String(value)]]),
  ];
}

/** Whether nothing within can change. */
function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  // Bytes cannot be frozen.
  if (!Object.isFrozen(value) || ArrayBuffer.isView(value)) return false;
  return Object.values(value).every(isDeeplyFrozen);
}
