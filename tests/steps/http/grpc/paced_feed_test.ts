/** Messages of a call are sent one by one: after a reply to the one before, after a time, and again from the first on. */
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { frameMessage } from "../../../../src/client/grpc/message_frames.ts";
import { PacedFeed } from "../../../../src/steps/http/grpc/paced_feed.ts";

const FRAMES = [[1], [2, 3], []].map((bytes) => frameMessage(Uint8Array.from(bytes)));
const BODY = Uint8Array.from(FRAMES.flatMap((frame) => [...frame]));

Deno.test("PacedFeed gives a message only when the one before has a reply, and begins anew when it must", async () => {
  const feed = new PacedFeed({ awaitsReply: true });
  for (let turn = 0; turn < 2; turn++) {
    feed.begin(BODY);
    assertEquals(await feed.takePiece(), { bytes: FRAMES[0]!, isLast: false });
    let second: unknown;
    const taking = feed.takePiece().then((piece) => second = piece);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(second, undefined);
    feed.noteReply();
    await taking;
    assertEquals(second, { bytes: FRAMES[1]!, isLast: false });
    feed.noteReply();
    assertEquals(await feed.takePiece(), { bytes: FRAMES[2]!, isLast: true });
  }
});

Deno.test("PacedFeed waits between two messages, and not before the first; no message at all is the end", async () => {
  const feed = new PacedFeed({ intervalMs: 20 });
  feed.begin(BODY);
  await feed.takePiece();
  const beganMs = performance.now();
  assertEquals((await feed.takePiece()).isLast, false);
  assertEquals((await feed.takePiece()).isLast, true);
  assertGreaterOrEqual(performance.now() - beganMs, 38);
  feed.begin(new Uint8Array(0));
  assertEquals(await feed.takePiece(), { bytes: new Uint8Array(0), isLast: true });
});
