/** What code sends on a stream waits until it is wanted, is sent again when a server turned it away, and ends with the call. */
import { assertEquals } from "@std/assert";
import { StreamFeed } from "../../../../src/steps/code/grpc/stream_feed.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

Deno.test("StreamFeed gives messages in order, before and after they are asked for, and then the end", async () => {
  const feed = new StreamFeed();
  feed.begin();
  const first = feed.send(bytes(1));
  assertEquals(await feed.takePiece(), { bytes: bytes(1), isLast: false });
  await first;
  const wanted = feed.takePiece();
  await feed.send(bytes(2));
  assertEquals((await wanted).bytes, bytes(2));
  const end = feed.end();
  assertEquals(await feed.takePiece(), { bytes: bytes(), isLast: true });
  await end;
});

Deno.test("StreamFeed gives all again when the call begins anew, unless that is too much to be kept", async () => {
  const feed = new StreamFeed();
  feed.begin();
  void feed.send(bytes(1));
  void feed.send(bytes(2));
  await feed.takePiece();
  assertEquals(feed.isRepeatable, true);
  feed.begin();
  assertEquals((await feed.takePiece()).bytes, bytes(1));
  assertEquals((await feed.takePiece()).bytes, bytes(2));
  void feed.send(new Uint8Array(70_000));
  await feed.takePiece();
  assertEquals(feed.isRepeatable, false);
});

Deno.test("StreamFeed lets go of whoever sends when the call is over", async () => {
  const feed = new StreamFeed();
  feed.begin();
  const sending = feed.send(bytes(1));
  feed.close();
  await sending;
  await feed.send(bytes(2));
  await feed.end();
});
