/** Servers whose HTTP/2 responses are malformed: the stream ends, and the connection where it must. */
import { CODE, FLAG, FRAME, SETTING } from "../../../src/client/http2/frames.ts";
import type { FailureName } from "../../../src/metrics/failure.ts";
import { frameBytes, type FramePeer, type FrameRequest, uint32 } from "../../_support/frame_server.ts";
import { encodeFields, indexed, type TestField } from "../../_support/hpack_encoder.ts";
import { type Http2Case, http2Test, onFirst, respondToAll } from "../../_support/http2_case.ts";

const OK = [[":status", "200"]] as const;
const PATIENT = { timeoutMs: 20_000 };
const HASTY = { timeoutMs: 1000 };
const LARGE_POST = { method: "POST", body: "x".repeat(200_000) };

/** A malformed answer: its stream ends, the connection lives on. */
function malformed(
  title: string,
  kind: FailureName,
  act: readonly TestField[] | ((peer: FramePeer, stream: number) => void),
): Http2Case {
  return {
    title: `an answer with ${title} is "${kind}", and its connection lives on`,
    serve: onFirst((peer, { stream }) =>
      typeof act === "function" ? act(peer, stream) : peer.headers(stream, act, { end: true })
    ),
    kind,
    livesOn: true,
  };
}

/** Many frames that ask for work and bring nothing. */
function flood(title: string, frame: (stream: number) => Uint8Array): Http2Case {
  return {
    title: `a flood of ${title} ends the connection, not the run`,
    serve: onFirst(async (peer, { stream }) => {
      const one = frame(stream);
      const many = new Uint8Array(one.length * 1000);
      for (let i = 0; i < 1000; i++) many.set(one, i * one.length);
      for (let i = 0; i < 11; i++) {
        peer.raw(many);
        await peer.flushed();
      }
    }),
    kind: "http2_flood",
    detail: "ENHANCE_YOUR_CALM",
    spec: PATIENT,
  };
}

/** The request before, the connection after which the server ends it. */
function ending(
  title: string,
  kind: FailureName,
  act: (peer: FramePeer, request: FrameRequest) => void | Promise<void>,
  more: Partial<Http2Case> = {},
): Http2Case {
  return { title, serve: onFirst(act), kind, ...more };
}

const CASES: readonly Http2Case[] = [
  malformed("no status", "bad_header", [["server", "x"]]),
  malformed("an empty head", "bad_header", []),
  malformed("two statuses", "bad_header", [...OK, ...OK]),
  malformed("a status of two digits", "bad_header", [[":status", "20"]]),
  malformed("a status that is no number", "bad_header", [[":status", "2x0"]]),
  malformed("a pseudo-header of requests", "bad_header", [...OK, [":path", "/"]]),
  malformed("a status behind a field", "bad_header", [["server", "x"], ...OK]),
  malformed("an upper-case name", "bad_header", [...OK, ["Server", "x"]]),
  malformed("a space in a name", "bad_header", [...OK, ["ser ver", "x"]]),
  malformed("an empty name", "bad_header", [...OK, ["", "x"]]),
  malformed("a line end in a value", "bad_header", [...OK, ["a", "x\r\nb: c"]]),
  malformed("NUL in a value", "bad_header", [...OK, ["a", "\0"]]),
  malformed("a Connection field", "bad_header", [...OK, ["connection", "close"]]),
  malformed("a Transfer-Encoding field", "bad_header", [...OK, ["transfer-encoding", "chunked"]]),
  malformed("status 101", "bad_header", [[":status", "101"]]),
  malformed("a 1xx status at its end", "bad_header", [[":status", "103"]]),
  malformed("trailers that do not end it", "bad_header", (peer, stream) => {
    peer.headers(stream, OK);
    peer.headers(stream, [["x-sum", "1"]]);
  }),
  malformed("a status in its trailers", "bad_header", (peer, stream) => {
    peer.headers(stream, OK);
    peer.headers(stream, OK, { end: true });
  }),
  malformed("17 interim answers", "too_many_interim", (peer, stream) => {
    for (let i = 0; i < 17; i++) peer.headers(stream, [[":status", "103"]]);
    peer.respond(stream);
  }),
  malformed(
    "a body before its head",
    "http2_protocol",
    (peer, stream) => peer.data(stream, "hi", { end: true }),
  ),
  malformed(
    "an end before its head",
    "http2_protocol",
    (peer, stream) => peer.data(stream, "", { end: true }),
  ),
  malformed("fewer bytes than declared", "truncated", (peer, stream) => {
    peer.headers(stream, [...OK, ["content-length", "10"]]);
    peer.data(stream, "short", { end: true });
  }),
  malformed("a declared length and no body", "truncated", [...OK, ["content-length", "10"]]),
  malformed("more bytes than declared", "bad_length", (peer, stream) => {
    peer.headers(stream, [...OK, ["content-length", "2"]]);
    peer.data(stream, "long", { end: true });
  }),
  malformed("two lengths that differ", "bad_length", [...OK, ["content-length", "1"], [
    "content-length",
    "2",
  ]]),
  malformed("a length that is no number", "bad_length", [...OK, ["content-length", "many"]]),
  malformed("an empty length", "bad_length", [...OK, ["content-length", ""]]),
  malformed("status 204 and a body", "unexpected_bytes", (peer, stream) => {
    peer.headers(stream, [[":status", "204"]]);
    peer.data(stream, "hi", { end: true });
  }),
  {
    ...malformed("a body to HEAD", "unexpected_bytes", (peer, stream) => peer.respond(stream)),
    request: { method: "HEAD" },
  },
  malformed("WINDOW_UPDATE by 0", "http2_protocol", (peer, stream) => peer.window(stream, 0)),
  malformed("a window above 2^31 − 1", "http2_protocol", (peer, stream) => peer.window(stream, 0x7fff_ffff)),
  malformed("many fields", "head_too_large", (peer, stream) => {
    const fields = Array.from({ length: 500 }, (_, i) => [`x-${i}`, "x".repeat(100)] as const);
    const block = encodeFields([...OK, ...fields]);
    peer.headers(stream, block.subarray(0, 16_000), { isPartial: true });
    for (let at = 16_000; at < block.length; at += 16_000) {
      const part = block.subarray(at, at + 16_000);
      peer.frame(FRAME.continuation, at + 16_000 < block.length ? 0 : FLAG.endHeaders, stream, part);
    }
  }),
  malformed("a field that is repeated by one byte each", "head_too_large", (peer, stream) => {
    const large = encodeFields([...OK, ["bomb", "x".repeat(3000), { form: "incremental" }]]);
    peer.headers(stream, Uint8Array.from([...large, ...new Array<number>(10_000).fill(indexed(62)[0]!)]), {
      end: true,
    });
  }),
  ending('an endless head is "head_too_large"', "head_too_large", async (peer, { stream }) => {
    peer.headers(stream, OK, { isPartial: true });
    const part = encodeFields([["x", "y".repeat(16_000)]]);
    for (let i = 0; i < 10; i++) {
      peer.frame(FRAME.continuation, 0, stream, part);
      await peer.flushed();
    }
  }),
  ending('a head in endless empty pieces is "head_too_large"', "head_too_large", (peer, { stream }) => {
    peer.headers(stream, OK, { isPartial: true });
    const nothing = frameBytes(FRAME.continuation, 0, stream);
    for (let i = 0; i < 1100; i++) peer.raw(nothing);
  }),
  flood("PING", () => frameBytes(FRAME.ping, 0, 0, new Uint8Array(8))),
  flood("acknowledged PING", () => frameBytes(FRAME.ping, FLAG.ack, 0, new Uint8Array(8))),
  flood("SETTINGS", () => frameBytes(FRAME.settings, 0, 0)),
  flood("acknowledgements", () => frameBytes(FRAME.settings, FLAG.ack, 0)),
  flood("PRIORITY", (stream) => frameBytes(FRAME.priority, 0, stream, new Uint8Array(5))),
  flood("WINDOW_UPDATE", () => frameBytes(FRAME.windowUpdate, 0, 0, uint32(1))),
  flood("WINDOW_UPDATE on the stream", (stream) => frameBytes(FRAME.windowUpdate, 0, stream, uint32(1))),
  flood("frames of unknown types", () => frameBytes(99, 0, 0, [1, 2, 3])),
  flood("GOAWAY", (stream) => frameBytes(FRAME.goaway, 0, 0, [...uint32(stream), 0, 0, 0, 0])),
  flood("empty DATA", (stream) => frameBytes(FRAME.data, 0, stream)),
  ending('a connection that closes unasked is "no_response"', "no_response", (peer) => peer.end()),
  ending('a connection that is reset is "connection_reset"', "connection_reset", (peer) => peer.reset()),
  ending('a connection that closes behind the head is "truncated"', "truncated", (peer, { stream }) => {
    peer.headers(stream, OK);
    peer.end();
  }),
  ending('a connection that closes amid the body is "truncated"', "truncated", (peer, { stream }) => {
    peer.headers(stream, [...OK, ["content-length", "10"]]);
    peer.data(stream, "half");
    peer.end();
  }),
  ending('a connection that closes amid a frame is "truncated"', "truncated", (peer, { stream }) => {
    peer.headers(stream, OK);
    peer.raw(frameBytes(FRAME.data, 0, stream, new Uint8Array(100)).subarray(0, 50));
    peer.end();
  }),
  {
    title: 'a connection that closes before SETTINGS is "no_response"',
    serve: (peer) => peer.end(),
    kind: "no_response",
  },
];

for (const one of CASES) http2Test(one);

http2Test(ending("a late stream is reset, and its connection lives on", "timeout", async (peer) => {
  await peer.next(FRAME.rstStream);
}, { spec: HASTY, livesOn: true }));

http2Test(ending("a late body is reset, and its connection lives on", "timeout", async (peer, { stream }) => {
  peer.headers(stream, OK);
  peer.data(stream, "half");
  await peer.next(FRAME.rstStream);
  // What was under way when the stream was reset is no fault.
  peer.data(stream, "more");
  peer.headers(stream, [["x-sum", "1"]], { end: true });
}, { spec: HASTY, livesOn: true }));

http2Test({
  title: 'a window that is never opened is "timeout"',
  serve: async (peer) => {
    peer.settings([SETTING.initialWindowSize, 0]);
    await peer.nextRequest();
    await peer.next(FRAME.rstStream);
    peer.settings([SETTING.initialWindowSize, 65_535]);
    await respondToAll(peer);
  },
  kind: "timeout",
  request: LARGE_POST,
  spec: HASTY,
  livesOn: true,
});

http2Test({
  title: 'a server that allows no streams is "timeout"',
  serve: async (peer) => {
    peer.settings([SETTING.maxConcurrentStreams, 0]);
    await peer.nextRequest();
    await peer.next(FRAME.rstStream);
    peer.settings([SETTING.maxConcurrentStreams, 1]);
    await respondToAll(peer);
  },
  kind: "timeout",
  spec: HASTY,
  livesOn: true,
});

for (
  const [code, name] of [[CODE.internalError, "INTERNAL_ERROR"], [CODE.noError, "NO_ERROR"], [
    0x77,
    "error 0x77",
  ]] as const
) {
  http2Test(ending(`RST_STREAM with ${name} is "stream_reset"`, "stream_reset", (peer, { stream }) => {
    peer.rstStream(stream, code);
  }, { detail: name, livesOn: true }));
}

http2Test(ending('RST_STREAM amid the body is "stream_reset"', "stream_reset", (peer, { stream }) => {
  peer.headers(stream, OK);
  peer.data(stream, "half");
  peer.rstStream(stream, CODE.refusedStream);
}, { detail: "REFUSED_STREAM", livesOn: true }));

http2Test(ending("a stream that is refused once is sent again, POST included", "none", (peer, { stream }) => {
  peer.rstStream(stream, CODE.refusedStream);
}, { request: { method: "POST", body: "once" }, requests: 3, livesOn: true }));

http2Test({
  title: 'streams that are always refused are "stream_reset" in the end',
  serve: async (peer) => {
    peer.settings();
    for (let i = 0; i < 11; i++) {
      const request = await peer.nextRequest();
      if (request) peer.rstStream(request.stream, CODE.refusedStream);
    }
    await respondToAll(peer);
  },
  kind: "stream_reset",
  detail: "REFUSED_STREAM",
  requests: 12,
  livesOn: true,
});

http2Test(ending("a request that GOAWAY leaves out is sent again, POST included", "none", (peer) => {
  peer.goaway(0, CODE.noError);
}, { request: { method: "POST", body: "once" }, requests: 3 }));

http2Test(ending("an answer behind GOAWAY is taken", "none", async (peer, { stream }) => {
  peer.goaway(stream, CODE.noError);
  await peer.flushed();
  peer.respond(stream);
}));

http2Test(
  ending('GOAWAY with an error is "goaway", with the server\'s words', "goaway", (peer, { stream }) => {
    peer.goaway(stream, CODE.internalError, "out of order");
    peer.end();
  }, { detail: "INTERNAL_ERROR: out of order" }),
);
