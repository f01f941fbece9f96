/** Bodies that wait for the server's word over HTTP/2. */
import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { FLAG, FRAME } from "../../../src/client/http2/frames.ts";
import { type FramePeer, startFrameServer } from "../../_support/frame_server.ts";
import { respondToAll, watchedClient } from "../../_support/http2_case.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { pause } from "../../_support/wait.ts";

const ASKS = { method: "POST", body: "x".repeat(1000), client: { expectContinue: true } } as const;

/** Bytes of DATA on a stream so far. */
function dataOf(peer: FramePeer, stream: number): number {
  return peer.frames.filter((frame) => frame.type === FRAME.data && frame.stream === stream)
    .reduce((sum, { payload }) => sum + payload.length, 0);
}

Deno.test("HTTP/2: a body that waits for 100 is sent on it, and not before", async () => {
  const before: number[] = [];
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      assertEquals(request.fields.find(([name]) => name === "expect")?.[1], "100-continue");
      await pause(20);
      before.push(dataOf(peer, request.stream));
      peer.headers(request.stream, [[":status", "100"]]);
      for (let isLast = false; !isLast;) {
        isLast = ((await peer.next(FRAME.data, request.stream)).flags & FLAG.endStream) !== 0;
      }
      peer.respond(request.stream);
    }
  });
  using client = watchedClient({ phases: true });
  for (let i = 0; i < 2; i++) {
    const out = await send(client, prepare(server.origin, ASKS));
    assertEquals([out.failureDetail, out.status], ["", 200]);
    assertGreaterOrEqual(out.ttfbMs, 15);
  }
  assertEquals([before, dataOf(server.peers[0]!, 1), server.connections], [[0, 0], 1000, 1]);
});

Deno.test("HTTP/2: a body that is answered before it was asked for stays here, and the connection lives on", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    const request = await peer.nextRequest();
    peer.headers(request!.stream, [[":status", "413"]], { end: true });
    await peer.next(FRAME.rstStream);
    await respondToAll(peer);
  });
  using client = watchedClient({});
  const out = await send(client, prepare(server.origin, ASKS));
  assertEquals([out.failure, out.status, dataOf(server.peers[0]!, 1)], [0, 413, 0]);
  const next = await send(client, prepare(server.origin));
  assertEquals([next.failure, next.status, server.connections], [0, 200, 1]);
});

Deno.test("HTTP/2: a request that is answered with 417 is sent again without asking, later ones at once", async () => {
  const asked: boolean[] = [];
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      const asks = request.fields.some(([name]) => name === "expect");
      asked.push(asks);
      if (asks) peer.headers(request.stream, [[":status", "417"]], { end: true });
      else {
        await peer.next(FRAME.data, request.stream);
        peer.respond(request.stream);
      }
    }
  });
  using client = watchedClient({});
  for (let i = 0; i < 3; i++) {
    const out = await send(client, prepare(server.origin, ASKS));
    assertEquals([out.failureDetail, out.status, out.wasRefused], ["", 200, i === 0]);
  }
  assertEquals([asked, server.connections], [[true, false, false, false], 1]);
});

Deno.test("HTTP/2: a server that ignores the question gets the body after a second, later ones at once", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      await peer.next(FRAME.data, request.stream);
      peer.respond(request.stream);
    }
  });
  using client = watchedClient({});
  const first = await send(client, prepare(server.origin, ASKS));
  assertEquals([first.failure, first.status], [0, 200]);
  assertGreaterOrEqual(first.endMs - first.startMs, 990);
  const before = performance.now();
  for (let i = 0; i < 5; i++) assertEquals((await send(client, prepare(server.origin, ASKS))).status, 200);
  assertLess(performance.now() - before, 4900);
});

Deno.test("HTTP/2: an answer like the one before it keeps the body here, too, however long it takes", async () => {
  await using server = await startFrameServer(async (peer) => {
    peer.settings();
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      peer.headers(request.stream, [[":status", "413"]]);
      if (request.number === 2) await pause(1200);
      peer.data(request.stream, "too large", { end: true });
    }
  });
  using client = watchedClient({});
  const request = prepare(server.origin, ASKS);
  for (let i = 0; i < 3; i++) assertEquals((await send(client, request)).status, 413);
  assertEquals([1, 3, 5].map((stream) => dataOf(server.peers[0]!, stream)), [0, 0, 0]);
});
