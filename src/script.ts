/**
 * Scenarios in TypeScript: the types of what `bench shop.ts` hands to the functions of a module.
 *
 * ```ts
 * import type { Bench, Options } from "@x/bench/script";
 *
 * export const options: Options = { url: "http://localhost:8080", connections: 50, duration: "30s" };
 *
 * export default async function shop({ http, check, pause }: Bench) {
 *   const response = await http.get("/items");
 *   check(response, { "there are items": (r) => r.json().items.length > 0 });
 *   await pause("1s");
 * }
 * ```
 *
 * Import nothing but types from here: all that a module works with is handed to its functions.
 *
 * @module
 */

/** A time: seconds as a number, or a text such as `"500ms"`, `"1.5s"` or `"1m30s"`. */
export type Duration = number | string;

/** What a form field, a query parameter or a row may hold. */
export type Scalar = string | number | boolean;

/** A file of a multipart form. */
export interface FilePart {
  /** Its bytes, or its text. */
  readonly content: string | Uint8Array;
  /** The name that the server is told; absent: none. */
  readonly filename?: string;
  /** Its media type, such as `image/png`; absent: `application/octet-stream`. */
  readonly type?: string;
}

/** How one request differs from a plain one. Of `body`, `json`, `form` and `multipart`, one at most. */
export interface RequestOptions {
  /** Header fields, in place of those that all requests have; `null` leaves one of those out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The body as it is. */
  readonly body?: string | Uint8Array;
  /** A value that is sent as JSON. */
  readonly json?: unknown;
  /** Fields of a URL-encoded form. */
  readonly form?: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  /** Fields and files of a multipart form. */
  readonly multipart?: Readonly<Record<string, Scalar | FilePart>>;
  /** Parameters added to the URL; those that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, Scalar | readonly Scalar[] | undefined>>;
  /** What reports call this request; absent: its method and path, with `{id}` for numbers and ids. */
  readonly name?: string;
  /** How long the whole request may take; absent: `--timeout`. */
  readonly timeout?: Duration;
  /** A bearer token, or user and password for basic authentication. */
  readonly auth?: string | { readonly user: string; readonly password: string };
  /** Statuses that are no failure; absent: all below 400. */
  readonly expect?: number | readonly number[];
}

/** When things happened, in ms. */
export interface Timings {
  /** From the start of the request to the last byte of its response. */
  readonly duration: number;
  /* The phases are there with `--latency-breakdown` alone. */
  /** Looking up the name. */
  readonly dns?: number;
  /** Opening the connection. */
  readonly connect?: number;
  /** The TLS handshake. */
  readonly tls?: number;
  /** From sending the request to the first byte of its response. */
  readonly waiting?: number;
  /** From the first byte to the last. */
  readonly receiving?: number;
}

/** A response whose body is there. Nothing of it is decoded before it is asked for. */
export interface HttpResponse {
  /** 0 when no whole response came. */
  readonly status: number;
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  /** Why no whole response came, such as `timeout` or `connection_refused`; absent when one did. */
  readonly error?: string;
  /** The URL that it came from, after redirects. */
  readonly url: string;
  /** The header fields. */
  readonly headers: Headers;
  /** When things happened, in ms. */
  readonly timings: Timings;
  /** The body as text. */
  text(): string;
  /**
   * The body as JSON.
   * @throws {SyntaxError} when it is not JSON
   */
  // deno-lint-ignore no-explicit-any -- what a server sends has no type; give one: json<Item[]>()
  json<T = any>(): T;
  /** The body's bytes. */
  bytes(): Uint8Array;
}

/** Sends requests. A failed request is a response too: look at `status` and `error`. */
export interface Http {
  /** Sends a GET request. A path is relative to the URL of the command line or of `options.url`. */
  get(url: string, options?: RequestOptions): Promise<HttpResponse>;
  /** Sends a HEAD request. */
  head(url: string, options?: RequestOptions): Promise<HttpResponse>;
  /** Sends a POST request. */
  post(url: string, options?: RequestOptions): Promise<HttpResponse>;
  /** Sends a PUT request. */
  put(url: string, options?: RequestOptions): Promise<HttpResponse>;
  /** Sends a PATCH request. */
  patch(url: string, options?: RequestOptions): Promise<HttpResponse>;
  /** Sends a DELETE request. */
  del(url: string, options?: RequestOptions): Promise<HttpResponse>;
  /** Sends a request with any method. */
  request(method: string, url: string, options?: RequestOptions): Promise<HttpResponse>;
}

/** How a WebSocket is connected to. */
export interface SocketOptions {
  /** Header fields of the handshake, in place of those that all requests have; `null` leaves one of those out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Parameters added to the URL; those that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, Scalar | readonly Scalar[] | undefined>>;
  /** Subprotocols to offer, best first. */
  readonly subprotocols?: readonly string[];
  /** Offer to compress messages. */
  readonly compressed?: boolean;
  /** What reports call this connection; absent: `WS` and its path, with `{id}` for numbers and ids. */
  readonly name?: string;
  /** How long connecting may take, and each message that is waited for; absent: `--timeout`. */
  readonly timeout?: Duration;
  /** A bearer token, or user and password for basic authentication. */
  readonly auth?: string | { readonly user: string; readonly password: string };
}

/** A message that came. */
export interface SocketMessage {
  /** Its text; of a binary message, its bytes read as UTF-8. */
  text(): string;
  /**
   * The message as JSON.
   * @throws {SyntaxError} when it is not JSON
   */
  // deno-lint-ignore no-explicit-any -- what a server sends has no type; give one: json<Price>()
  json<T = any>(): T;
  /** Its bytes. */
  bytes(): Uint8Array;
  /** It was sent as a binary message, not as text. */
  readonly binary: boolean;
}

/**
 * A WebSocket. It counts as one request, from connecting to the end of what is done on it; it is closed when the iteration
 * ends, if it was not before. Nothing of it throws for what the server does: a message that does not come is a failure of
 * the request, and `undefined` to the code.
 *
 * `for await (const message of socket)` takes message after message until the connection or the load ends.
 */
export interface Socket extends AsyncIterable<SocketMessage> {
  /** Whether it is open. */
  readonly open: boolean;
  /** Why it could not be opened or has ended, such as `connection_refused` or `ws_cut`; absent: it is or was fine. */
  readonly error?: string;
  /** The subprotocol that the server chose; `""`: none. */
  readonly protocol: string;
  /** The server's close code; `undefined` while it is open. */
  readonly code: number | undefined;
  /** Sends a text, bytes, or any other value as JSON. Resolves when it is out. */
  send(message: unknown): Promise<void>;
  /** The next message. */
  receive(options?: { readonly timeout?: Duration }): Promise<SocketMessage | undefined>;
  /** The next message that contains a text, matches a pattern, or satisfies a function. Others are passed over. */
  expect(
    what: string | RegExp | ((message: SocketMessage) => boolean),
    options?: { readonly timeout?: Duration },
  ): Promise<SocketMessage | undefined>;
  /** Sends a ping; reports say how many were answered. */
  ping(): void;
  /** Closes it. Resolves when the server has closed, too. */
  close(code?: number): Promise<void>;
}

/** Opens WebSockets. */
export interface Ws {
  /** Connects to a ws or wss URL, or a path relative to the URL of the command line or of `options.url`. */
  connect(url: string, options?: SocketOptions): Promise<Socket>;
  /** A text to put into a message: it times the message's way to all other users. */
  stamp(): string;
}

/** A status of gRPC. */
export type GrpcStatus =
  | ("OK" | "CANCELLED" | "UNKNOWN" | "INVALID_ARGUMENT" | "DEADLINE_EXCEEDED" | "NOT_FOUND")
  | ("ALREADY_EXISTS" | "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED" | "FAILED_PRECONDITION" | "ABORTED")
  | ("OUT_OF_RANGE" | "UNIMPLEMENTED" | "INTERNAL" | "UNAVAILABLE" | "DATA_LOSS" | "UNAUTHENTICATED");

/** How one gRPC call differs from a plain one. */
export interface CallOptions {
  /**
   * Metadata, in place of that which all calls have; `null` leaves one of those out. Bytes for keys that end in `-bin`.
   */
  readonly metadata?: Readonly<Record<string, string | Uint8Array | null>>;
  /** When the call must be over: the server is told, and it is kept here, too. Absent: `--deadline`. */
  readonly deadline?: Duration;
  /** What reports call this call; absent: its service and method. */
  readonly name?: string;
  /** Statuses that are no failure; absent: `OK`. */
  readonly expect?: GrpcStatus | readonly GrpcStatus[];
  /** Messages are sent in gzip, and may come so; absent: as `--compressed` says. */
  readonly compressed?: boolean;
}

/** What came of a gRPC call. No message is decoded before it is asked for. */
// deno-lint-ignore no-explicit-any -- what a server sends has no type; give one: call<Item>(…)
export interface GrpcReply<Message = any> {
  /** The call's status; `""` when none came. */
  readonly status: GrpcStatus | "";
  /** The status is OK, and all of the response is there. */
  readonly ok: boolean;
  /** The server's words about the status, or empty. */
  readonly details: string;
  /** Why the call is a failure, such as `grpc_not_found` or `connection_refused`; absent: it is none. */
  readonly error?: string;
  /** Metadata of the response, from before and behind its messages. */
  readonly metadata: Headers;
  /** When things happened, in ms. */
  readonly timings: Timings;
  /**
   * The message as JSON, the first if there are several; `undefined` without any.
   * @throws {SyntaxError} when it is not of the method's type
   */
  readonly message: Message;
  /**
   * All messages; of a stream, those that were not taken before.
   * @throws {SyntaxError} when one is not of the method's type
   */
  readonly messages: readonly Message[];
}

/**
 * A gRPC call whose messages are sent and taken one at a time. It counts as one request, to its status. One that is open
 * when its iteration ends is cancelled, which is no failure. `for await (const message of stream)` takes message after
 * message until the call is over; leaving the loop early cancels it.
 */
// deno-lint-ignore no-explicit-any -- as in GrpcReply
export interface GrpcStream<Message = any> extends AsyncIterable<Message> {
  /** Sends a message. Resolves when it is on its way; once the call is over it is not sent, and nothing happens. */
  send(message: object): Promise<void>;
  /** The next message; `undefined` when the call is over. */
  receive(): Promise<Message | undefined>;
  /** Says that no more messages are sent. More may come. */
  end(): Promise<void>;
  /** Ends sending if need be, and waits for the status. */
  finish(): Promise<GrpcReply<Message>>;
  /** Gives the call up; the server is told. That is no failure. */
  cancel(): Promise<void>;
}

/** Makes gRPC calls. The schema is that of `--proto`, `--protoset`, or of the reflection of the run's `grpc://` target. */
export interface Grpc {
  /**
   * Calls `package.Service/Method`, at the URL of the command line or of `options.url`, or a whole `grpc://` URL. A method
   * that takes many messages takes a list of them. A call that fails is a reply, too: look at `status` and `error`.
   */
  // deno-lint-ignore no-explicit-any -- as in GrpcReply
  call<T = any>(method: string, message?: object, options?: CallOptions): Promise<GrpcReply<T>>;
  /** Begins a call whose messages are sent and taken one at a time. `message`: what is sent at once. */
  // deno-lint-ignore no-explicit-any -- as in GrpcReply
  stream<T = any>(method: string, message?: object, options?: CallOptions): GrpcStream<T>;
}

/** Claims about a value, by name: functions of it, or what is known already. */
export type Checks<T> = Readonly<Record<string, ((value: T) => boolean) | boolean>>;

/** Counts whether claims hold. */
export interface Check {
  /**
   * Judges a response; each claim that does not hold makes its request a failure. Returns whether all hold. Call it before
   * the next request or pause.
   */
  (response: HttpResponse, checks: Checks<HttpResponse>): boolean;
  /** Judges the reply of a call, in the same way. */
  (reply: GrpcReply, checks: Checks<GrpcReply>): boolean;
  /** Judges any other value; returns whether all claims hold. */
  <T>(value: T, checks: Checks<T>): boolean;
  /** Counts a condition. Returns it. */
  (name: string, condition: boolean): boolean;
}

/** Metrics of your own, made when they are first used. Thresholds name them: `orders count >= 40`. */
export interface Metrics {
  /** Something that adds up, from 0 when it is first named: `orders count > 100`, `orders rate > 5` (per second). */
  counter(name: string): { add(amount?: number): void };
  /** Something that has a value at a time: `queue value < 10`, `queue max < 50`. */
  gauge(name: string): { set(value: number): void };
  /** How often something holds: `cached rate > 90%`. */
  rate(name: string): { add(holds: boolean): void };
  /** Values with a distribution: `basket p95 < 30`, `basket avg < 10`, `basket max < 100`. */
  trend(name: string): { add(value: number): void };
}

/** A row of a data file: its values by the names of its columns. */
export type DataRow = Readonly<Record<string, string>>;

/** Rows of the files that `--data NAME=FILE` or `options.data` name. */
export interface Data {
  /** This iteration's row, drawn as `--data-strategy` says when it is first asked for. */
  row(name: string): DataRow;
  /** All rows. */
  rows(name: string): readonly DataRow[];
}

/** What an iteration works with. `Vars`: what `setup` returned. */
// deno-lint-ignore no-explicit-any -- whatever setup returns; name its type: Bench<{ token: string }>
export interface Bench<Vars = any> {
  /** Sends requests. */
  readonly http: Http;
  /** Opens WebSockets. */
  readonly ws: Ws;
  /** Makes gRPC calls. */
  readonly grpc: Grpc;
  /** Counts whether claims hold. */
  readonly check: Check;
  /** Waits, as a user thinks. With two times: for a random one between them. */
  pause(time: Duration, upTo?: Duration): Promise<void>;
  /** Times what is done within it, as one transaction with a name. */
  group<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Metrics of your own. */
  readonly metric: Metrics;
  /** Rows of data files. */
  readonly data: Data;
  /** What `setup` returned; the same in every thread and worker. */
  readonly vars: Vars;
  /** The user's number, from 0. */
  readonly user: number;
  /** The iteration's number in the whole run, from 0. */
  readonly iteration: number;
  /** A random number from 0 (included) to 1 (excluded). The same seed draws the same ones for an iteration, wherever it runs. */
  random(): number;
  /** Shows a line with `-v`; a thread shows 100 a second at most. */
  log(...values: readonly unknown[]): void;
  /** Ends the iteration, which is counted as an error with this message. */
  fail(message: string): never;
}

/** One of several scenarios of a module: a function, its load, and when it starts. */
export interface ScriptScenario {
  /** The function, or the name that it is exported under; the function of the scenario's name if absent, else `default`. */
  // deno-lint-ignore no-explicit-any -- whatever setup returns, as in Bench
  readonly exec?: string | ((bench: Bench<any>) => unknown);
  /** When it starts, since the start of the run; at once if absent. */
  readonly start?: Duration;
  /** Users at work at the same time, without pauses of their own; with `rate`, connections at most. */
  readonly connections?: number;
  /** Simulated users. */
  readonly users?: number;
  /** Users that come and go: `"30s@50,1m@200,30s@0"`. */
  readonly stages?: string;
  /** Iterations per second, whatever the responses do. */
  readonly rate?: number | string;
  /** How long it lasts, from its own start; 10 seconds if nothing else ends it. */
  readonly duration?: Duration;
  /** Ends it after so many iterations. */
  readonly iterations?: number;
  /** `"ramp-up"`, `"rate-ramp"`, `"traffic-profile"` and `arrivals` as in a configuration file. */
  readonly [option: string]: unknown;
}

/** What a module may export as `scenarios`: several functions side by side in one run, each with a load of its own. */
export type Scenarios = Readonly<Record<string, ScriptScenario>>;

/** Options of the run: the keys of a configuration file. The command line goes before them. */
export interface Options {
  /** What paths are relative to; a URL on the command line replaces it. */
  readonly url?: string;
  /** Users at work at the same time, without pauses of their own. */
  readonly connections?: number;
  /** Simulated users. */
  readonly users?: number;
  /** How long the load lasts. */
  readonly duration?: Duration;
  /** Ends the run after so many iterations. */
  readonly iterations?: number;
  /** Iterations per second, whatever the responses do. */
  readonly rate?: number | string;
  /** Load threads. */
  readonly threads?: number;
  /** Conditions that must hold, such as `p95 < 300ms`. */
  readonly threshold?: string | readonly string[];
  /** Data files, `NAME=FILE`, relative to the module. */
  readonly data?: string | readonly string[];
  /** `.proto` files that declare what `grpc` calls, relative to the module. */
  readonly proto?: string | readonly string[];
  /** Any other option by its key in a configuration file, such as `"ramp-up": "10s"`. */
  readonly [option: string]: unknown;
}
