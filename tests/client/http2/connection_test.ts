/** One HTTP/2 connection: its streams' numbers and ends, whatever the server sends. */
import fc from "fast-check";
import { assert, assertEquals, assertLess } from "@std/assert";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { Connection } from "../../../src/client/http2/connection.ts";
import { encodeForHttp2 } from "../../../src/client/http2/encode_request.ts";
import { CODE, FLAG, FRAME, SETTING, settingsPayload } from "../../../src/client/http2/frames.ts";
import { Stream, type StreamEnd } from "../../../src/client/http2/stream.ts";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { frameBytes, uint32 } from "../../_support/frame_server.ts";
import { encodeFields } from "../../_support/hpack_encoder.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare } from "../../_support/prepare.ts";
import { pause } from "../../_support/wait.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

const SETTINGS = frameBytes(FRAME.settings, 0, 0);
const HEAD = encodeFields([[":status", "200"]]);

interface Opened {
  readonly stream: Stream;
  readonly out: Exchange;
  /** How the stream ended; each exchange ends exactly once. */
  readonly ends: StreamEnd[];
}

function open(connection: Connection, changes: Parameters<typeof prepare>[1] = {}): Opened {
  const ends: StreamEnd[] = [];
  const stream = new Stream({ streamEnded: (end) => void ends.push(end) });
  const out = new Exchange();
  stream.request = prepare("http://a.test/", changes);
  stream.encoded = encodeForHttp2(stream.request);
  stream.out = out;
  stream.begin(null);
  connection.open(stream);
  return { stream, out, ends };
}

function connect(firstStream?: number): { readonly socket: MemorySocket; readonly connection: Connection } {
  const socket = new MemorySocket();
  const connection = new Connection(socket, {
    spec: { ...PLAIN_CLIENT, http2: true },
    address: "",
    onClosed() {},
    ...(firstStream !== undefined && { firstStream }),
  });
  return { socket, connection };
}

function turn(): Promise<void> {
  return pause(0);
}

Deno.test("Connection says that many use its socket", () => {
  const { socket, connection } = connect();
  assert(socket.isShared);
  connection.close();
});

Deno.test("Connection opens no stream beyond the last number, finishes what is open, and closes", async () => {
  const { socket, connection } = connect(0x7fff_fffd);
  socket.give(SETTINGS);
  const first = open(connection);
  assert(connection.isOpen);
  const second = open(connection);
  assertEquals([connection.isOpen, first.stream.id, second.stream.id], [false, 0x7fff_fffd, 0x7fff_ffff]);
  socket.give(frameBytes(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 0x7fff_fffd, HEAD));
  await turn();
  assertEquals([first.ends.map(({ failure }) => failure), socket.isClosed], [[0], false]);
  socket.give(frameBytes(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 0x7fff_ffff, HEAD));
  await turn();
  assertEquals([second.ends.map(({ failure }) => failure), socket.isClosed], [[0], true]);
});

Deno.test("Connection hands back those in line when its stream numbers are used up", async () => {
  const { socket, connection } = connect(0x7fff_ffff);
  socket.give(frameBytes(FRAME.settings, 0, 0, settingsPayload([[SETTING.maxConcurrentStreams, 0]])));
  await turn();
  const opened = [open(connection), open(connection)];
  socket.give(frameBytes(FRAME.settings, 0, 0, settingsPayload([[SETTING.maxConcurrentStreams, 1]])));
  await turn();
  assertEquals(opened.map(({ stream, ends }) => [stream.id, ends[0]?.isUnprocessed]), [
    [0x7fff_ffff, undefined],
    [0, true],
  ]);
  socket.give(frameBytes(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 0x7fff_ffff, HEAD));
  await turn();
  assertEquals([opened[0]!.ends.map(({ failure }) => failure), socket.isClosed], [[0], true]);
});

Deno.test("Connection lets a server open its windows again for every piece of a long body", async () => {
  const { socket, connection } = connect();
  socket.give(frameBytes(FRAME.settings, 0, 0, settingsPayload([[SETTING.initialWindowSize, 0x7000_0000]])));
  await turn();
  const body = { kind: "file", path: "never read", bytes: 20_000 } as const;
  const { stream, ends } = open(connection, { method: "POST", body, client: { expectContinue: false } });
  for (let sent = 0; sent < 20_000; sent++) {
    connection.sendPiece(stream, new Uint8Array(1), sent === 19_999);
    socket.give(frameBytes(FRAME.windowUpdate, 0, 0, uint32(1)));
    if (sent % 1000 === 0) await turn();
  }
  await turn();
  assertEquals([ends, connection.isOpen], [[], true]);
  socket.give(frameBytes(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, HEAD));
  await turn();
  assertEquals(ends.map(({ failure }) => failure), [0]);
  connection.close();
});

Deno.test("Connection gives a server that answers no PING no more streams, and one that does its time", async () => {
  const { socket, connection } = connect();
  socket.give(SETTINGS);
  const delayed = open(connection);
  await turn();
  connection.cancel(delayed.stream);
  connection.suspect();
  await turn();
  assert(socket.writes.some((bytes) => bytes.includes(FRAME.ping)));
  connection.suspect();
  assert(connection.isOpen, "half the timeout must pass first");
  socket.give(frameBytes(FRAME.ping, FLAG.ack, 0, new Uint8Array(8)));
  await turn();
  connection.suspect();
  assert(connection.isOpen);
  connection.close();
});

Deno.test("Connection tells each stream once that it has been closed", async () => {
  const { socket, connection } = connect();
  const opened = [open(connection), open(connection, { method: "POST", body: "x".repeat(200_000) })];
  await turn();
  connection.close();
  connection.close();
  socket.give(null);
  await turn();
  for (const { ends } of opened) {
    assertEquals(ends.map(({ failure }) => FAILURE_KINDS[failure]!.name), ["unfinished"]);
  }
});

Deno.test("Connection queues no more of a large body than a server takes", async () => {
  const { socket, connection } = connect();
  socket.give(SETTINGS);
  socket.give(frameBytes(FRAME.windowUpdate, 0, 0, uint32(0x7000_0000)));
  await turn();
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.blocked = promise;
  open(connection, { method: "POST", body: "x".repeat(5_000_000) });
  socket.give(frameBytes(FRAME.windowUpdate, 0, 1, uint32(0x7000_0000)));
  await turn();
  assertLess(connection.out.queuedBytes, 600_000, `${connection.out.queuedBytes} bytes wait`);
  connection.close();
  resolve();
});

/** Frames that more or less make sense, and bytes that do not. */
const anyFrame = fc.oneof(
  fc.tuple(
    fc.constantFrom(...Object.values(FRAME), 99),
    fc.constantFrom(0, 1, 4, 5, 8, 12, 32, 255),
    fc.constantFrom(0, 1, 3, 5, 2, 77),
    fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom(HEAD, uint32(1), new Uint8Array(8), new Uint8Array(0), new Uint8Array(1000)),
    ),
  ).map(([type, flags, stream, payload]) => frameBytes(type, flags, stream, payload)),
  fc.constantFrom(
    SETTINGS,
    frameBytes(FRAME.headers, FLAG.endHeaders, 1, HEAD),
    frameBytes(FRAME.data, FLAG.endStream, 1, new Uint8Array(5)),
    frameBytes(FRAME.rstStream, 0, 3, uint32(CODE.refusedStream)),
    frameBytes(FRAME.goaway, 0, 0, new Uint8Array(8)),
  ),
  fc.uint8Array({ maxLength: 40 }),
);

Deno.test("Connection ends every exchange exactly once, whatever the server sends and however it ends", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFrame, { maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      async (frames, greets, resets) => {
        const { socket, connection } = connect();
        const opened = [
          open(connection),
          open(connection, { method: "POST", body: "x".repeat(70_000) }),
          open(connection, { method: "HEAD" }),
        ];
        if (greets) socket.give(SETTINGS);
        for (const frame of frames) if (frame.length > 0) socket.give(frame);
        socket.give(resets ? new Error("Connection reset by peer (os error 104)") : null);
        await turn();
        for (const { ends, stream } of opened) assertEquals([ends.length, stream.isOver], [1, true]);
        assertEquals([connection.isClosed, connection.isOpen, socket.isClosed], [true, false, true]);
        assertLess(socket.writes.reduce((sum, { length }) => sum + length, 0), 500_000);
      },
    ),
    { numRuns: fuzzRuns(2000) },
  );
});
