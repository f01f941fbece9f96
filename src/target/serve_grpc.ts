/**
 * The built-in target's gRPC server, over HTTP/2 without TLS.
 *
 * @module
 */
import { nodeModule } from "../lib/node_modules.ts";
import { MessageDecoder } from "../protobuf/decode_message.ts";
import { MessageEncoder } from "../protobuf/encode_message.ts";
import { MalformedMessageError } from "../protobuf/message_reader.ts";
import { MessageWriter } from "../protobuf/message_writer.ts";
import type { ProtoMethod } from "../protobuf/schema.ts";
import type { CallStream } from "./call_stream.ts";
import { type Question, QUESTION_TYPES, reflect, REFLECTION_PATHS } from "./grpc_reflection.ts";
import { type CallCounts, type Handler, SHOP_METHODS, SHOP_SCHEMA, StatusError } from "./grpc_service.ts";

import { H2Connection } from "./h2_connection.ts";

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

/** Starts a server. Throws what listening throws. */
export function startGrpcTarget(
  { port, hostname }: { readonly port: number; readonly hostname: string },
): GrpcTarget {
  const counts: CallCounts = { calls: 0, messages: 0 };
  const routes = routesByPath();
  const listener = Deno.listen({ port, hostname });
  const connections = new Map<H2Connection, Promise<void>>();
  const accepting = (async () => {
    for await (const socket of listener) {
      socket.setNoDelay();
      const connection = new H2Connection(socket, (path, stream) => {
        void serveCall(stream, { route: routes.get(path), counts });
      });
      connections.set(connection, connection.run().finally(() => connections.delete(connection)));
    }
  })();
  return {
    url: `grpc://${hostname.includes(":") ? `[${hostname}]` : hostname}:${listener.addr.port}`,
    counts,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      const running = [...connections.values()];
      for (const connection of connections.keys()) connection.close();
      await Promise.all(running);
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
  stream: CallStream,
  { route, counts }: { readonly route: Route | undefined; readonly counts: CallCounts },
): Promise<void> {
  let code = OK;
  let words = "";
  stream.sendHead();
  try {
    if (route === undefined) throw new StatusError(UNIMPLEMENTED, "there is no such method");
    if (route.isCounted) counts.calls++;
    const given = decodeAll(stream, route, counts);
    for await (const value of route.handler(given, counts)) {
      if (stream.isCancelled) return;
      await stream.write(frameOf(route.encode(value)));
    }
  } catch (error) {
    code = error instanceof StatusError ? error.code : INTERNAL;
    words = error instanceof Error ? error.message : "";
  }
  const message = encodeURIComponent(words).replaceAll("%20", " ");
  stream.finish([
    ["grpc-status", String(code)],
    ...(message === "" ? [] : [["grpc-message", message] as const]),
  ]);
}

function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** The messages of a request as they come in. @throws {StatusError} */
async function* decodeAll(
  stream: CallStream,
  route: Route,
  counts: CallCounts,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const { bytes, isCompressed } of messagesIn(stream.chunks())) {
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
