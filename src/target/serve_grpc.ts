/**
 * The built-in target's gRPC server, over HTTP/2 without TLS.
 *
 * @module
 */
import type { Http2Server, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { nodeModule } from "../lib/node_modules.ts";
import { MessageDecoder } from "../protobuf/decode_message.ts";
import { MessageEncoder } from "../protobuf/encode_message.ts";
import { MalformedMessageError } from "../protobuf/message_reader.ts";
import { MessageWriter } from "../protobuf/message_writer.ts";
import type { ProtoMethod } from "../protobuf/schema.ts";
import { type Question, QUESTION_TYPES, reflect, REFLECTION_PATHS } from "./grpc_reflection.ts";
import { type CallCounts, type Handler, SHOP_METHODS, SHOP_SCHEMA, StatusError } from "./grpc_service.ts";

/** A running server. */
export interface GrpcTarget extends AsyncDisposable {
  /** `grpc://host:port`. */
  readonly url: string;
  /** What was received since the start. */
  readonly counts: Readonly<CallCounts>;
}

const PREFIX_BYTES = 5;
const MAX_MESSAGE_BYTES = 16 * 1024 ** 2;
const OK = 0, RESOURCE_EXHAUSTED = 8, UNIMPLEMENTED = 12, INTERNAL = 13;

const SERVICE = "shop.Shop";
const TYPES = SHOP_SCHEMA.typesOf([...SHOP_SCHEMA.messages.keys()]);

/** How a method's calls are answered. */
interface Route {
  decode(bytes: Uint8Array): Readonly<Record<string, unknown>>;
  encode(value: object): Uint8Array;
  readonly handler: Handler;
  /** It is one of the target's own. */
  readonly isCounted: boolean;
}

/** Starts a server. Rejects when it cannot listen. */
export async function startGrpcTarget(
  { port, hostname }: { readonly port: number; readonly hostname: string },
): Promise<GrpcTarget> {
  const { createServer } = nodeModule("node:http2");
  const counts: CallCounts = { calls: 0, messages: 0 };
  const routes = routesByPath();
  const server: Http2Server = createServer({ settings: { maxConcurrentStreams: 1000 } });
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    void serveCall(stream as ServerHttp2Stream, { route: routes.get(String(headers[":path"])), counts });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => resolve());
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `grpc://${hostname.includes(":") ? `[${hostname}]` : hostname}:${own}`,
    counts,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

function routesByPath(): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  const encoder = new MessageEncoder(TYPES);
  const decoder = new MessageDecoder(TYPES);
  const writer = new MessageWriter();
  for (const method of SHOP_SCHEMA.services.get(SERVICE)!.methods) {
    routes.set(`/${SERVICE}/${method.name}`, routeOf(method, { encoder, decoder, writer }));
  }
  const questions = new MessageDecoder(QUESTION_TYPES);
  const reflection: Route = {
    decode: (bytes) => questions.decode("Question", bytes) as Readonly<Record<string, unknown>>,
    encode: (question) => reflect(question as Question),
    handler: (given) => given,
    isCounted: false,
  };
  for (const path of REFLECTION_PATHS) routes.set(path, reflection);
  return routes;
}

function routeOf(
  { name, request, response }: ProtoMethod,
  { encoder, decoder, writer }: {
    readonly encoder: MessageEncoder;
    readonly decoder: MessageDecoder;
    readonly writer: MessageWriter;
  },
): Route {
  return {
    decode: (bytes) => decoder.decode(request, bytes) as Readonly<Record<string, unknown>>,
    encode(value) {
      writer.begin();
      encoder.encode(response, value, writer);
      return writer.written();
    },
    handler: SHOP_METHODS[name]!,
    isCounted: name !== "GetStats",
  };
}

async function serveCall(
  stream: ServerHttp2Stream,
  { route, counts }: { readonly route: Route | undefined; readonly counts: CallCounts },
): Promise<void> {
  let code = OK;
  let words = "";
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => {
    if (stream.destroyed) return;
    stream.sendTrailers({
      "grpc-status": String(code),
      ...(words !== "" && { "grpc-message": encodeURIComponent(words).replaceAll("%20", " ") }),
    });
  });
  try {
    if (route === undefined) throw new StatusError(UNIMPLEMENTED, "there is no such method");
    if (route.isCounted) counts.calls++;
    const given = decodeAll(stream, route, counts);
    for await (const value of route.handler(given, counts)) {
      if (stream.destroyed) return;
      if (!stream.write(frameOf(route.encode(value)))) await waitForDrain(stream);
    }
  } catch (error) {
    code = error instanceof StatusError ? error.code : INTERNAL;
    words = error instanceof Error ? error.message : "";
  }
  if (!stream.destroyed) stream.end();
}

function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

async function waitForDrain(stream: ServerHttp2Stream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.once("drain", resolve);
    stream.once("close", resolve);
  });
}

/** The messages of a request as they come in. @throws {StatusError} */
async function* decodeAll(
  stream: ServerHttp2Stream,
  route: Route,
  counts: CallCounts,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const { bytes, isCompressed } of messagesIn(stream)) {
    if (route.isCounted) counts.messages++;
    try {
      yield route.decode(isCompressed ? nodeModule("node:zlib").gunzipSync(bytes, LIMIT) : bytes);
    } catch (error) {
      if (error instanceof MalformedMessageError) throw new StatusError(INTERNAL, error.message);
      throw error;
    }
  }
}

const LIMIT = { maxOutputLength: MAX_MESSAGE_BYTES };

async function* messagesIn(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly isCompressed: boolean }> {
  let kept = new Uint8Array(0);
  for await (const chunk of stream) {
    kept = joined(kept, chunk);
    let at = 0;
    while (kept.length - at >= PREFIX_BYTES) {
      const length = new DataView(kept.buffer, kept.byteOffset + at).getUint32(1);
      if (length > MAX_MESSAGE_BYTES) throw new StatusError(RESOURCE_EXHAUSTED, "the message is too large");
      if (kept.length - at < PREFIX_BYTES + length) break;
      const from = at + PREFIX_BYTES;
      yield { bytes: kept.subarray(from, from + length), isCompressed: kept[at] === 1 };
      at = from + length;
    }
    kept = kept.slice(at);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
