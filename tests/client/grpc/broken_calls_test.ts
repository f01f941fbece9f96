/** Servers that break the rules of gRPC, or end calls in every way there is: each call has its result, and the next is good. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { CallReader, type CallRules } from "../../../src/client/grpc/call_reader.ts";
import { frameMessage } from "../../../src/client/grpc/message_frames.ts";
import { GRPC_STATUSES } from "../../../src/client/grpc/status.ts";
import { Exchange, type HttpClient, type PreparedRequest } from "../../../src/client/exchange/http_client.ts";
import { CODE, FRAME } from "../../../src/client/http2/frames.ts";
import { FAILURE_KINDS, type FailureName } from "../../../src/metrics/failure.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import { type FramePeer, type FrameRequest, startFrameServer } from "../../_support/frame_server.ts";
import type { TestField } from "../../_support/hpack_encoder.ts";
import { watchedClient } from "../../_support/http2_case.ts";
import { prepare } from "../../_support/prepare.ts";

const TYPE = ["content-type", "application/grpc"] as const;
const HEAD: readonly TestField[] = [[":status", "200"], TYPE];
const GZIP: readonly TestField[] = [...HEAD, ["grpc-encoding", "gzip"]];
const DONE: readonly TestField[] = [["grpc-status", "0"]];
const text = (words: string) => new TextEncoder().encode(words);
const MESSAGE = frameMessage(text("hello"));

const RULES: CallRules = { maxMessageBytes: 1000, isSingle: true, keptBytes: 1000 };

function call(origin: string, size: number): PreparedRequest {
  const body = { kind: "base64", base64: frameMessage(new Uint8Array(size)).toBase64() } as const;
  return {
    ...prepare(`${origin}/a.B/C`, { method: "POST", headers: [["te", "trailers"]], body }),
    isCall: true,
  };
}

async function makeCall(client: HttpClient, request: PreparedRequest, rules = RULES) {
  const reader = new CallReader(rules);
  const out = new Exchange();
  reader.begin();
  out.reset(performance.now(), performance.now());
  out.call = out.stream = reader;
  await client.exchange(request, out);
  const messages = [...reader.kept()].map(({ bytes }) => new TextDecoder().decode(bytes));
  return { out, reader, kind: FAILURE_KINDS[out.failure]!.name, messages };
}

/** A good response. */
function respondWell(peer: FramePeer, stream: number): void {
  peer.headers(stream, HEAD);
  peer.data(stream, MESSAGE);
  peer.headers(stream, DONE, { end: true });
}

interface CallCase {
  readonly title: string;
  readonly serve: (peer: FramePeer, request: FrameRequest) => void | Promise<void>;
  readonly kind: FailureName;
  readonly detail?: string;
  readonly rules?: Partial<CallRules>;
  readonly spec?: Partial<ClientSpec>;
  readonly requestBytes?: number;
  readonly messages?: readonly string[];
  /** The deadline of the call. */
  readonly timeoutMs?: number;
}

function pieces(
  title: string,
  kind: FailureName,
  act: (peer: FramePeer, stream: number) => void,
  more: Partial<CallCase> = {},
): CallCase {
  return { title, kind, serve: (peer, { stream }) => act(peer, stream), ...more };
}

/** A response of a head, some bytes, and trailers. */
function response(
  title: string,
  kind: FailureName,
  { head = HEAD, body = MESSAGE, end = DONE, ...more }: Partial<CallCase> & {
    readonly head?: readonly TestField[];
    readonly body?: Uint8Array;
    readonly end?: readonly TestField[];
  },
): CallCase {
  return pieces(title, kind, (peer, stream) => {
    peer.headers(stream, head);
    if (body.length > 0) peer.data(stream, body);
    peer.headers(stream, end, { end: true });
  }, more);
}

/** A response that is trailers alone. */
function trailersOnly(
  title: string,
  kind: FailureName,
  fields: readonly TestField[],
  detail?: string,
): CallCase {
  return pieces(title, kind, (peer, stream) => peer.headers(stream, fields, { end: true }), {
    ...(detail !== undefined && { detail }),
  });
}

const none = new Uint8Array(0);
const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const prefix = (flag: number, length: number) =>
  Uint8Array.of(flag, length >>> 24, length >>> 16, length >>> 8, length);

const CASES: readonly CallCase[] = [
  response("a good response", "none", { messages: ["hello"] }),
  pieces("a message cut into single bytes", "none", (peer, stream) => {
    peer.headers(stream, HEAD);
    for (const byte of MESSAGE) peer.data(stream, Uint8Array.of(byte));
    peer.headers(stream, DONE, { end: true });
  }, { messages: ["hello"] }),
  response("an empty message", "none", { body: prefix(0, 0), messages: [""] }),
  response("trailers of many other fields", "none", {
    end: [["x-a", "1"], ...DONE, ["grpc-message", ""], ["x-b", "2"]],
    messages: ["hello"],
  }),
  response("content type application/grpc+proto", "none", {
    head: [[":status", "200"], ["content-type", "application/grpc+proto"]],
  }),
  response("several messages where many may come", "none", {
    body: joined(MESSAGE, frameMessage(text("there")), prefix(0, 0)),
    rules: { isSingle: false },
    messages: ["hello", "there", ""],
  }),
  response("no message where many may come", "none", {
    body: none,
    rules: { isSingle: false },
    messages: [],
  }),
  response("padded DATA", "none", { messages: ["hello"] }),
  response("more messages than are kept", "none", {
    body: joined(...Array.from({ length: 300 }, () => MESSAGE)),
    rules: { isSingle: false, keptBytes: 10 },
    messages: ["hello", "hello"],
  }),
  ...GRPC_STATUSES.slice(1).map((name, i) =>
    response(`status ${name} in trailers`, `grpc_${name.toLowerCase()}` as FailureName, {
      body: none,
      end: [["grpc-status", String(i + 1)], ["grpc-message", "so it%20is"]],
      detail: "so it is",
    })
  ),
  trailersOnly("a status in a response of trailers alone", "grpc_not_found", [
    ...HEAD,
    ["grpc-status", "5"],
    ["grpc-message", "caf%C3%A9 100% gone %zz"],
  ], "café 100% gone %zz"),
  trailersOnly("status OK in trailers alone, without the message", "grpc_protocol", [...HEAD, ...DONE]),
  trailersOnly("a status without a content type", "grpc_unavailable", [[":status", "200"], [
    "grpc-status",
    "14",
  ]]),
  trailersOnly("a status beside an HTTP error", "grpc_unauthenticated", [[":status", "401"], TYPE, [
    "grpc-status",
    "16",
  ]]),
  response("a status after a message", "grpc_data_loss", { end: [["grpc-status", "15"]] }),
  response("a status that has no name", "grpc_unknown", {
    end: [["grpc-status", "99"]],
    detail: "grpc-status 99",
  }),
  response("a status that is no number", "grpc_no_status", { end: [["grpc-status", "fine"]] }),
  response("an empty status", "grpc_no_status", { end: [["grpc-status", ""]] }),
  response("trailers without a status", "grpc_no_status", { end: [["x-a", "1"]] }),
  response("a message of hostile characters", "grpc_internal", {
    end: [["grpc-status", "13"], ["grpc-message", "%1B[2J%0Aoops"]],
    detail: "\\x1b[2J\\noops",
  }),
  pieces("an end with DATA, without trailers", "grpc_no_status", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.data(stream, MESSAGE, { end: true });
  }),
  trailersOnly("a head that ends everything", "grpc_no_status", HEAD),
  response("a web page", "grpc_content_type", {
    head: [[":status", "200"], ["content-type", "text/html"]],
    body: text("<html>"),
    detail: "text/html",
  }),
  response("no content type", "grpc_content_type", { head: [[":status", "200"]] }),
  response("a content type that only begins like gRPC's", "grpc_content_type", {
    head: [[":status", "200"], ["content-type", "application/grpcish"]],
  }),
  pieces("a gateway's error", "http_status", (peer, stream) => {
    peer.headers(stream, [[":status", "503"], ["content-type", "text/plain"]]);
    peer.data(stream, "no healthy upstream", { end: true });
  }),
  response("a message that is cut short", "grpc_cut", { body: MESSAGE.subarray(0, 7) }),
  response("a prefix that is cut short", "grpc_cut", { body: MESSAGE.subarray(0, 3) }),
  response("a length beyond the end", "grpc_cut", { body: joined(prefix(0, 900), text("hello")) }),
  response("a length above the limit", "grpc_too_large", {
    body: joined(prefix(0, 1001), text("x")),
    detail: "1001",
  }),
  response("a length of 4 GiB", "grpc_too_large", { body: prefix(0, 0xffff_ffff), detail: "4294967295" }),
  response("a first byte that is neither 0 nor 1", "grpc_protocol", {
    body: joined(prefix(2, 5), text("hello")),
  }),
  response("a second message in a unary response", "grpc_protocol", { body: joined(MESSAGE, MESSAGE) }),
  response("no message and status OK", "grpc_protocol", { body: none }),
  response("a compressed message without grpc-encoding", "grpc_encoding", {
    body: joined(prefix(1, 5), text("hello")),
  }),
  response("an encoding that nobody asked for", "grpc_encoding", {
    head: [...HEAD, ["grpc-encoding", "snappy"]],
    detail: "snappy",
  }),
  response("a message in gzip", "none", { head: GZIP, body: frameMessage(text("hello"), true) }),
  response("a plain message where gzip is announced", "none", { head: GZIP, messages: ["hello"] }),
  {
    title: "messages without an end",
    kind: "timeout",
    rules: { isSingle: false },
    spec: { timeoutMs: 1000 },
    async serve(peer, { stream }) {
      peer.headers(stream, HEAD);
      for (let i = 0; i < 2000; i++) {
        peer.data(stream, MESSAGE);
        await peer.flushed();
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (peer.frames.some(({ type }) => type === FRAME.rstStream)) return;
      }
    },
  },
  pieces("no word until the deadline", "grpc_deadline_exceeded", () => {}, { timeoutMs: 100 }),
  pieces(
    "a stream that is reset",
    "stream_reset",
    (peer, stream) => peer.rstStream(stream, CODE.internalError),
  ),
  pieces("a stream that is reset after a message", "stream_reset", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.data(stream, MESSAGE);
    peer.rstStream(stream, CODE.cancel);
  }),
  {
    title: "a status before the request has come whole",
    kind: "grpc_resource_exhausted",
    requestBytes: 300_000,
    serve: (peer, { stream }) => peer.headers(stream, [...HEAD, ["grpc-status", "8"]], { end: true }),
  },
  pieces("two heads", "bad_header", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.headers(stream, HEAD);
  }),
  pieces("a status behind a field of HTTP/1.1", "bad_header", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.headers(stream, [["connection", "close"], ...DONE], { end: true });
  }),
  pieces("trailers that do not end the stream", "bad_header", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.headers(stream, DONE);
  }),
  pieces("a connection that ends before the status", "truncated", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.data(stream, MESSAGE);
    peer.end();
  }),
  pieces("DATA after the trailers", "none", (peer, stream) => {
    respondWell(peer, stream);
    peer.data(stream, "more");
  }),
  pieces("GOAWAY in the midst of a call that goes on", "none", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.goaway(stream, CODE.noError);
    peer.data(stream, MESSAGE);
    peer.headers(stream, DONE, { end: true });
  }),
  pieces("GOAWAY and the end of the connection", "goaway", (peer, stream) => {
    peer.headers(stream, HEAD);
    peer.goaway(stream, CODE.enhanceYourCalm, "too many pings");
    peer.end();
  }),
  {
    title: "a window that is never opened",
    kind: "grpc_deadline_exceeded",
    requestBytes: 300_000,
    timeoutMs: 1000,
    serve: () => {},
  },
  response("a head of many fields", "head_too_large", {
    head: [...HEAD, ...Array.from({ length: 40 }, (_, i) => [`x-${i}`, "y".repeat(2000)] as const)],
  }),
];

for (const { title, serve, kind, detail, rules, spec, messages, requestBytes = 20, timeoutMs } of CASES) {
  Deno.test(`gRPC: ${title} is "${kind}"`, async () => {
    let isFirst = true;
    await using server = await startFrameServer(async (peer) => {
      peer.settings();
      for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
        const { stream } = request;
        if (isFirst) {
          isFirst = false;
          await serve(peer, request);
        } else respondWell(peer, stream);
      }
    });
    using client = watchedClient(spec ?? {});
    const request = { ...call(server.origin, requestBytes), ...(timeoutMs !== undefined && { timeoutMs }) };
    const first = await makeCall(client, request, { ...RULES, ...rules });
    assertEquals(first.kind, kind, first.out.failureDetail);
    if (detail !== undefined) assertStringIncludes(first.out.failureDetail, detail);
    if (messages !== undefined) assertEquals(first.messages, messages);
    const next = await makeCall(client, call(server.origin, 20));
    assertEquals([next.kind, next.messages], ["none", ["hello"]], next.out.failureDetail);
  });
}

Deno.test("gRPC: heads and trailers that are known already say the same, and others are read", async () => {
  const endings: (readonly TestField[])[] = [DONE, DONE, [["grpc-status", "5"]], DONE, [["x", "1"]], DONE];
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      peer.headers(request.stream, HEAD);
      peer.data(request.stream, MESSAGE);
      peer.headers(request.stream, endings.shift()!, { end: true });
    }
  });
  using client = watchedClient({});
  const request = { ...call(server.origin, 5), isRepeated: true };
  const kinds: string[] = [];
  while (endings.length > 0) kinds.push((await makeCall(client, request)).kind);
  assertEquals(kinds, ["none", "none", "grpc_not_found", "none", "grpc_no_status", "none"]);
  assert(server.connections === 1, "the connection lives on");
});

Deno.test("gRPC: calls with the same head send their own messages, and no length", async () => {
  const bodies: string[] = [];
  const names: string[] = [];
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      names.push(...request.fields.map(([name]) => name));
      const { payload } = await peer.next(FRAME.data, request.stream);
      bodies.push(new TextDecoder().decode(payload.subarray(5)));
      respondWell(peer, request.stream);
    }
  });
  using client = watchedClient({});
  const sameHead = {};
  for (const words of ["one", "three", "two"]) {
    const request = { ...call(server.origin, 0), sameHead, body: frameMessage(text(words)) };
    assertEquals((await makeCall(client, request)).kind, "none");
  }
  assertEquals(bodies, ["one", "three", "two"]);
  assertEquals(names.filter((name) => name === "content-length"), []);
  assertEquals(names.filter((name) => name === "te").length, 3);
});

Deno.test("gRPC: a server that speaks HTTP/2 and not gRPC is told apart", async () => {
  await using listener = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("hi"),
  );
  using client = watchedClient({ http2: true });
  const { kind } = await makeCall(client, call(`http://127.0.0.1:${listener.addr.port}`, 5));
  assertEquals(kind, "grpc_content_type");
});

Deno.test("gRPC: gzip is what others undo", () => {
  const framed = frameMessage(text("hello".repeat(100)), true);
  assertEquals(framed[0], 1);
  assertEquals(framed.length - 5, gzipSync(text("hello".repeat(100))).length);
});
