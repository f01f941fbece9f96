/** What HTTP/2 servers may do in their own way, and how users move on when a connection ends. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { CODE, FLAG, FRAME, SETTING, uint32At } from "../../../src/client/http2/frames.ts";
import { FAILURE, FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { frameBytes, type FramePeer, startFrameServer } from "../../_support/frame_server.ts";
import { encodeFields, indexed } from "../../_support/hpack_encoder.ts";
import {
  type Http2Case,
  http2Test,
  onFirst,
  respondToAll,
  watchedClient,
} from "../../_support/http2_case.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { pause } from "../../_support/wait.ts";

const OK = [[":status", "200"]] as const;

function good(
  title: string,
  act: (peer: FramePeer, stream: number) => void | Promise<void>,
  bodyBytes = 4,
): Http2Case {
  return {
    title,
    serve: onFirst((peer, { stream }) => act(peer, stream)),
    kind: "none",
    livesOn: true,
    bodyBytes,
  };
}

const GOOD: readonly Http2Case[] = [
  good("a plain answer", (peer, stream) => peer.respond(stream)),
  good("an answer without a body", (peer, stream) => peer.headers(stream, OK, { end: true }), 0),
  good("an answer that ends with empty DATA", (peer, stream) => {
    peer.headers(stream, OK);
    peer.data(stream, "fine");
    peer.data(stream, "", { end: true });
  }),
  good("padding everywhere", (peer, stream) => {
    peer.headers(stream, OK, { padding: 255 });
    peer.data(stream, "fi", { padding: 0 });
    peer.data(stream, "ne", { end: true, padding: 200 });
  }),
  good("a priority in HEADERS", (peer, stream) => {
    peer.frame(FRAME.headers, FLAG.priority | FLAG.endHeaders, stream, [0, 0, 0, 0, 7, ...encodeFields(OK)]);
    peer.data(stream, "fine", { end: true });
  }),
  good("a head in three pieces, one of them empty", (peer, stream) => {
    const block = encodeFields([...OK, ["server", "x"]]);
    peer.headers(stream, block.subarray(0, 3), { isPartial: true });
    peer.frame(FRAME.continuation, 0, stream);
    peer.frame(FRAME.continuation, FLAG.endHeaders, stream, block.subarray(3));
    peer.data(stream, "fine", { end: true });
  }),
  good("trailers", (peer, stream) => {
    peer.headers(stream, OK);
    peer.data(stream, "fine");
    peer.headers(stream, [["x-sum", "1"]], { end: true });
  }),
  good("16 interim answers", (peer, stream) => {
    for (let i = 0; i < 16; i++) peer.headers(stream, [[":status", "103"], ["link", "</a>"]]);
    peer.respond(stream);
  }),
  good("frames and settings that nobody knows", (peer, stream) => {
    peer.frame(99, 255, stream, [1, 2, 3]);
    peer.settings([77, 1]);
    peer.respond(stream);
  }),
  good("Huffman code, and a table that was not wanted", (peer, stream) => {
    const how = { form: "incremental", huffman: true } as const;
    const first = encodeFields([[":status", "200", how], ["content-length", "4", how]]);
    peer.headers(stream, first);
    peer.data(stream, "fine", { end: true });
  }),
  good("one byte at a time", async (peer, stream) => {
    const bytes = [
      ...frameBytes(FRAME.headers, FLAG.endHeaders, stream, encodeFields([...OK, ["content-length", "4"]])),
      ...frameBytes(FRAME.data, FLAG.endStream, stream, [102, 105, 110, 101]),
    ];
    for (const byte of bytes) {
      peer.raw(Uint8Array.of(byte));
      await peer.flushed();
      await pause(0);
    }
  }),
  good("RST_STREAM behind a whole answer", (peer, stream) => {
    peer.respond(stream);
    peer.rstStream(stream, CODE.noError);
  }),
  good("WINDOW_UPDATE behind a whole answer", (peer, stream) => {
    peer.respond(stream);
    peer.window(stream, 100);
  }),
  good("a head in white space", (peer, stream) => {
    peer.headers(stream, [...OK, ["x", "  \t"]]);
    peer.data(stream, "fine", { end: true });
  }),
];

for (const one of GOOD) http2Test(one);

Deno.test("HTTP/2: a table that a server fills unasked is used for later answers", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    const how = { form: "incremental" } as const;
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      peer.headers(
        request.stream,
        request.number === 1
          ? encodeFields([[":status", "299", how], ["content-length", "2", how]])
          : Uint8Array.from([...indexed(63), ...indexed(62)]),
      );
      peer.data(request.stream, "ok", { end: true });
    }
  });
  using client = watchedClient({});
  const request = prepare(server.origin, { isRepeated: true });
  for (let i = 0; i < 4; i++) {
    const out = await send(client, request);
    assertEquals([out.failure, out.status, out.declaredLength, out.bodyBytes], [0, 299, 2, 2]);
  }
});

Deno.test("HTTP/2: a client says who it is, acknowledges SETTINGS and answers PING with its own bytes", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings([SETTING.maxConcurrentStreams, 7]);
    peer.frame(FRAME.ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
    await respondToAll(peer);
  });
  using client = watchedClient({ h2WindowBytes: 100_000 });
  await send(client, prepare(server.origin));
  await send(client, prepare(server.origin));
  const { frames } = server.peers[0]!;
  assertEquals(
    frames.find(({ type, flags }) => type === FRAME.settings && flags === FLAG.ack)?.payload.length,
    0,
  );
  const pong = frames.find(({ type }) => type === FRAME.ping)!;
  assertEquals([pong.flags, [...pong.payload]], [FLAG.ack, [1, 2, 3, 4, 5, 6, 7, 8]]);
  const [settings, window] = frames;
  const pairs = Array.from({ length: settings!.payload.length / 6 }, (_, i) => [
    settings!.payload[i * 6 + 1]!,
    uint32At(settings!.payload, i * 6 + 2),
  ]);
  assertEquals(pairs, [[1, 0], [2, 0], [4, 100_000], [6, 65_536]]);
  assertEquals([window!.type, uint32At(window!.payload, 0)], [FRAME.windowUpdate, 100_000 - 65_535]);
});

Deno.test("HTTP/2: a body larger than every window arrives whole, however small the pieces allowed", async () => {
  const body = "0123456789".repeat(20_000);
  let received = "";
  await using server = await startFrameServer(async (peer) => {
    peer.settings([SETTING.initialWindowSize, 1000], [SETTING.maxFrameSize, 16_384]);
    const request = await peer.nextRequest();
    if (request === null) return;
    for (let isLast = false; !isLast;) {
      const frame = await peer.next(FRAME.data);
      received += new TextDecoder().decode(frame.payload);
      isLast = (frame.flags & FLAG.endStream) !== 0;
      // The stream's first 1000 are 65,535 for one sent before the settings arrived: both windows open by what came.
      if (frame.payload.length > 0) {
        peer.window(0, frame.payload.length);
        peer.window(request.stream, frame.payload.length);
      }
    }
    peer.respond(request.stream);
    await respondToAll(peer);
  });
  using client = watchedClient({});
  const out = await send(client, prepare(server.origin, { method: "POST", body }));
  assertEquals([out.failure, out.status, received.length], [0, 200, body.length]);
  assert(received === body);
  assertGreater(out.bytesSent, body.length);
});

Deno.test("HTTP/2: a window that shrinks below what is under way is waited for", async () => {
  const sizes: number[] = [];
  await using server = await startFrameServer(async (peer) => {
    peer.settings([SETTING.initialWindowSize, 65_535]);
    const request = await peer.nextRequest();
    if (request === null) return;
    let total = (await peer.next(FRAME.data)).payload.length;
    while (total < 65_535) total += (await peer.next(FRAME.data)).payload.length;
    peer.settings([SETTING.initialWindowSize, 100]);
    peer.window(0, 1_000_000);
    // 65,435 below what is allowed; opened by one more than that.
    peer.window(request.stream, 65_436);
    sizes.push((await peer.next(FRAME.data)).payload.length);
    peer.window(request.stream, 1_000_000);
    for (let isLast = false; !isLast;) {
      const frame = await peer.next(FRAME.data);
      isLast = (frame.flags & FLAG.endStream) !== 0;
    }
    peer.respond(request.stream);
    await respondToAll(peer);
  });
  using client = watchedClient({});
  const out = await send(client, prepare(server.origin, { method: "POST", body: "x".repeat(100_000) }));
  assertEquals([out.failure, out.status, sizes], [0, 200, [1]]);
});

Deno.test("HTTP/2: an answer before the whole body was sent ends the request", async () => {
  await using server = await startFrameServer(onFirst(async (peer, { stream }) => {
    peer.respond(stream, "fine", "200");
    const reset = await peer.next(FRAME.rstStream);
    assertEquals(uint32At(reset.payload, 0), CODE.cancel);
    peer.window(0, 1_000_000);
  }));
  using client = watchedClient({});
  const out = await send(client, prepare(server.origin, { method: "POST", body: "x".repeat(300_000) }));
  assertEquals([out.failure, out.status], [0, 200]);
  const next = await send(client, prepare(server.origin));
  assertEquals([next.failure, next.status, server.connections], [0, 200, 1]);
});

Deno.test("HTTP/2: windows are opened again for a body larger than them", async () => {
  const size = 1_000_000;
  await using server = await startFrameServer(onFirst(async (peer, { stream }) => {
    peer.headers(stream, OK);
    let streamWindow = 65_535;
    let window = 65_535;
    const take = (at: number) => {
      for (; at < peer.frames.length; at++) {
        const frame = peer.frames[at]!;
        if (frame.type !== FRAME.windowUpdate) continue;
        if (frame.stream === 0) window += uint32At(frame.payload, 0);
        else streamWindow += uint32At(frame.payload, 0);
      }
      return at;
    };
    let at = 0;
    for (let sent = 0; sent < size;) {
      at = take(at);
      const count = Math.min(16_384, size - sent, window, streamWindow);
      if (count > 0) {
        sent += count;
        window -= count;
        streamWindow -= count;
        peer.data(stream, new Uint8Array(count), { end: sent === size });
      } else await pause(1);
    }
  }));
  using client = watchedClient({ h2WindowBytes: 65_535 });
  const out = await send(client, prepare(server.origin));
  assertEquals([FAILURE_KINDS[out.failure]!.name, out.bodyBytes], ["none", size]);
  assertGreater(out.bytesReceived, size);
});

Deno.test("HTTP/2: an exchange that is given up in line is not sent", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings([SETTING.maxConcurrentStreams, 0]);
    await peer.next(FRAME.settings);
    await peer.next(FRAME.settings);
    peer.settings([SETTING.maxConcurrentStreams, 1]);
    await respondToAll(peer);
  });
  using client = watchedClient({});
  await client.warm(prepare(server.origin), new Exchange());
  const exchange = send(client, prepare(server.origin));
  client.abort(FAILURE.timeout);
  assertEquals((await exchange).failure, FAILURE.timeout);
  assertEquals((await send(client, prepare(server.origin))).status, 200);
  assertEquals(server.requests, 1);
});

Deno.test("HTTP/2: GOAWAY moves users to a new connection, and nothing is lost", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let count = 1; count <= 5; count++) {
      const request = await peer.nextRequest();
      if (request === null) return;
      if (count === 5) peer.goaway(request.stream, CODE.noError);
      peer.respond(request.stream);
    }
    await peer.closed;
  });
  using client = watchedClient({});
  const request = prepare(server.origin, { method: "POST", body: "x" });
  let connects = 0;
  for (let i = 0; i < 20; i++) {
    const out = await send(client, request);
    assertEquals([out.failure, out.status], [0, 200]);
    connects += out.connects;
  }
  assertEquals([connects, server.connections], [4, 4]);
});
