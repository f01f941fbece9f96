/** Servers that break HTTP/2's framing: the connection ends, with the failure that names it. */
import { assertEquals } from "@std/assert";
import { CODE, FLAG, FRAME, SETTING } from "../../../src/client/http2/frames.ts";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { type FramePeer, startFrameServer, uint32 } from "../../_support/frame_server.ts";
import { encodeFields, indexed, tableSize } from "../../_support/hpack_encoder.ts";
import { type Http2Case, http2Test, onFirst, watchedClient } from "../../_support/http2_case.ts";
import { prepare, send } from "../../_support/prepare.ts";

/** A frame that ends the connection, sent in place of the first answer. */
function broken(title: string, detail: string, act: (peer: FramePeer, stream: number) => void): Http2Case {
  return {
    title: `${title} ends the connection, not the run`,
    serve: onFirst((peer, { stream }) => act(peer, stream)),
    kind: "http2_protocol",
    detail,
  };
}

/** What comes before any SETTINGS: the server does not speak HTTP/2. */
function foreign(title: string, act: (peer: FramePeer, stream: number) => void): Http2Case {
  return {
    title: `${title} is another protocol`,
    serve: async (peer) => act(peer, (await peer.nextRequest())?.stream ?? 1),
    kind: "protocol",
  };
}

const OK = [[":status", "200"]] as const;

const CASES: readonly Http2Case[] = [
  foreign(
    "an answer in HTTP/1.1",
    (peer) => peer.raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
  ),
  foreign("garbage", (peer) => peer.raw(new Uint8Array(4000).fill(0x5a))),
  foreign("a first frame that is HEADERS", (peer, stream) => peer.headers(stream, OK, { end: true })),
  foreign("a first frame that is DATA", (peer, stream) => peer.data(stream, "hi")),
  foreign("a first frame that acknowledges", (peer) => peer.frame(FRAME.settings, FLAG.ack, 0)),
  foreign("a first frame that is PING", (peer) => peer.frame(FRAME.ping, 0, 0, new Uint8Array(8))),
  broken("DATA on stream 0", "which is not open", (peer) => peer.data(0, "hi")),
  broken("DATA on a stream that was never opened", "stream 77", (peer) => peer.data(77, "hi")),
  broken("HEADERS on stream 0", "which is not open", (peer) => peer.headers(0, OK)),
  broken("HEADERS on a stream of the server's", "stream 2", (peer) => peer.headers(2, OK)),
  broken("HEADERS on a stream that was never opened", "stream 77", (peer) => peer.headers(77, OK)),
  broken("RST_STREAM on stream 0", "which is not open", (peer) => peer.rstStream(0, CODE.cancel)),
  broken("RST_STREAM on a stream that was never opened", "stream 77", (peer) => peer.rstStream(77, 8)),
  broken(
    "RST_STREAM of a wrong size",
    "FRAME_SIZE_ERROR",
    (peer, stream) => peer.frame(FRAME.rstStream, 0, stream, [0, 0, 0]),
  ),
  broken(
    "WINDOW_UPDATE of a wrong size",
    "FRAME_SIZE_ERROR",
    (peer) => peer.frame(FRAME.windowUpdate, 0, 0, [0, 0, 1]),
  ),
  broken("WINDOW_UPDATE by 0", "WINDOW_UPDATE by 0", (peer) => peer.window(0, 0)),
  broken("a window above 2^31 − 1", "FLOW_CONTROL_ERROR", (peer) => peer.window(0, 0x7fff_ffff)),
  broken("WINDOW_UPDATE on a stream that was never opened", "stream 77", (peer) => peer.window(77, 1)),
  broken(
    "SETTINGS on a stream",
    "SETTINGS on a stream",
    (peer, stream) => peer.frame(FRAME.settings, 0, stream),
  ),
  broken(
    "SETTINGS of a wrong size",
    "FRAME_SIZE_ERROR",
    (peer) => peer.frame(FRAME.settings, 0, 0, [0, 1, 0]),
  ),
  broken(
    "an acknowledgement of SETTINGS with a payload",
    "FRAME_SIZE_ERROR",
    (peer) => peer.frame(FRAME.settings, FLAG.ack, 0, new Uint8Array(6)),
  ),
  broken(
    "a MAX_FRAME_SIZE that is too small",
    "MAX_FRAME_SIZE 16383",
    (peer) => peer.settings([SETTING.maxFrameSize, 16_383]),
  ),
  broken(
    "a MAX_FRAME_SIZE that is too large",
    "MAX_FRAME_SIZE 16777216",
    (peer) => peer.settings([SETTING.maxFrameSize, 2 ** 24]),
  ),
  broken(
    "an INITIAL_WINDOW_SIZE that is too large",
    "FLOW_CONTROL_ERROR",
    (peer) => peer.settings([SETTING.initialWindowSize, 2 ** 31]),
  ),
  broken(
    "a server that allows itself to push",
    "ENABLE_PUSH",
    (peer) => peer.settings([SETTING.enablePush, 1]),
  ),
  broken(
    "PING on a stream",
    "PING on a stream",
    (peer, stream) => peer.frame(FRAME.ping, 0, stream, new Uint8Array(8)),
  ),
  broken("PING of a wrong size", "FRAME_SIZE_ERROR", (peer) => peer.frame(FRAME.ping, 0, 0, [1, 2, 3])),
  broken(
    "GOAWAY on a stream",
    "GOAWAY on a stream",
    (peer, stream) => peer.frame(FRAME.goaway, 0, stream, new Uint8Array(8)),
  ),
  broken(
    "GOAWAY of a wrong size",
    "FRAME_SIZE_ERROR",
    (peer) => peer.frame(FRAME.goaway, 0, 0, [0, 0, 0, 0]),
  ),
  broken(
    "PRIORITY on stream 0",
    "PRIORITY without a stream",
    (peer) => peer.frame(FRAME.priority, 0, 0, new Uint8Array(5)),
  ),
  broken(
    "PRIORITY of a wrong size",
    "FRAME_SIZE_ERROR",
    (peer, stream) => peer.frame(FRAME.priority, 0, stream, [0, 0, 0, 0]),
  ),
  broken(
    "PUSH_PROMISE",
    "PUSH_PROMISE",
    (peer, stream) => peer.frame(FRAME.pushPromise, FLAG.endHeaders, stream, [...uint32(2), 0x82]),
  ),
  broken(
    "CONTINUATION without HEADERS",
    "CONTINUATION",
    (peer, stream) => peer.frame(FRAME.continuation, FLAG.endHeaders, stream, encodeFields(OK)),
  ),
  broken("a header block interrupted by DATA", "interrupted", (peer, stream) => {
    peer.headers(stream, OK, { isPartial: true });
    peer.data(stream, "hi", { end: true });
  }),
  broken("a header block interrupted by HEADERS", "interrupted", (peer, stream) => {
    peer.headers(stream, OK, { isPartial: true });
    peer.headers(stream, OK, { end: true });
  }),
  broken("a header block interrupted by PING", "interrupted", (peer, stream) => {
    peer.headers(stream, OK, { isPartial: true });
    peer.frame(FRAME.ping, 0, 0, new Uint8Array(8));
  }),
  broken("a header block continued on another stream", "interrupted", (peer, stream) => {
    peer.headers(stream, OK, { isPartial: true });
    peer.frame(FRAME.continuation, FLAG.endHeaders, stream + 2);
  }),
  broken("a frame above 16 KiB", "frame of 16385 bytes", (peer, stream) => {
    peer.headers(stream, OK);
    peer.data(stream, new Uint8Array(16_385));
  }),
  broken(
    "a frame of 16 MiB, of which only the head comes",
    "frame of 16777215 bytes",
    (peer) => peer.raw(Uint8Array.of(255, 255, 255, 0, 0, 0, 0, 0, 1)),
  ),
  broken("padding longer than its DATA frame", "padding", (peer, stream) => {
    peer.headers(stream, OK);
    peer.frame(FRAME.data, FLAG.padded, stream, [9, 1, 2]);
  }),
  broken("a padded DATA frame without a length of the padding", "padding", (peer, stream) => {
    peer.headers(stream, OK);
    peer.frame(FRAME.data, FLAG.padded, stream);
  }),
  broken(
    "padding longer than its HEADERS frame",
    "padding",
    (peer, stream) => peer.frame(FRAME.headers, FLAG.padded | FLAG.endHeaders, stream, [9, 0x88]),
  ),
  broken(
    "a padded HEADERS frame without a length of the padding",
    "padding",
    (peer, stream) => peer.frame(FRAME.headers, FLAG.padded | FLAG.endHeaders, stream),
  ),
  broken(
    "a HEADERS frame too short for its priority",
    "padding or priority",
    (peer, stream) => peer.frame(FRAME.headers, FLAG.priority | FLAG.endHeaders, stream, [0, 0, 0]),
  ),
  broken(
    "a table entry that does not exist",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, Uint8Array.from(indexed(100))),
  ),
  broken("table entry 0", "COMPRESSION_ERROR", (peer, stream) => peer.headers(stream, Uint8Array.of(0x80))),
  broken(
    "an integer cut short",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, Uint8Array.of(0xff, 0x80)),
  ),
  broken(
    "an endless integer",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, new Uint8Array(50).fill(0xff)),
  ),
  broken(
    "a string cut short",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, Uint8Array.of(0x88, 0x00, 0x05, 97)),
  ),
  broken(
    "a malformed Huffman string",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, Uint8Array.of(0x88, 0x00, 0x84, 255, 255, 255, 255, 0x01, 97)),
  ),
  broken(
    "a table larger than the protocol's default",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, Uint8Array.from([...tableSize(4097), 0x88])),
  ),
  broken(
    "a table size amid a block",
    "COMPRESSION_ERROR",
    (peer, stream) => peer.headers(stream, Uint8Array.from([0x88, ...tableSize(0)])),
  ),
];

for (const one of CASES) http2Test(one);

http2Test({
  title: "DATA on a stream that has ended ends the connection, behind the good answer",
  serve: onFirst((peer, { stream }) => {
    peer.respond(stream);
    peer.data(stream, "more");
  }),
  kind: "none",
});

http2Test({
  title: "HEADERS on a stream that has ended end the connection, behind the good answer",
  serve: onFirst((peer, { stream }) => {
    peer.respond(stream);
    peer.headers(stream, OK);
  }),
  kind: "none",
});

Deno.test("HTTP/2: more data than the window allows ends the connection, not the run", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    peer.frame(FRAME.settings, FLAG.ack, 0);
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      if (request.number === 2) {
        peer.headers(request.stream, OK);
        peer.data(request.stream, new Uint8Array(10_001));
      } else peer.respond(request.stream);
    }
  });
  using client = watchedClient({ h2WindowBytes: 10_000 });
  const ends: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { failure, failureDetail } = await send(client, prepare(server.origin));
    ends.push(`${FAILURE_KINDS[failure]!.name} ${failureDetail}`.trim());
  }
  assertEquals(ends, ["none", "http2_protocol FLOW_CONTROL_ERROR: more data than was allowed", "none"]);
  assertEquals(server.connections, 2);
});
