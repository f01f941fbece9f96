/** What many streams write goes out whole and in order, in few writes. */
import { assertEquals } from "@std/assert";
import { WriteQueue } from "../../../src/client/http2/write_queue.ts";
import type { Socket } from "../../../src/client/net/socket.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { pause } from "../../_support/wait.ts";

function put(queue: WriteQueue, text: string): void {
  const at = queue.reserve(text.length);
  queue.bytes.set(new TextEncoder().encode(text), at);
}

function written(socket: MemorySocket): readonly string[] {
  return socket.writes.map((bytes) => new TextDecoder().decode(bytes));
}

function turn(): Promise<void> {
  return pause(0);
}

function owner(): { readonly events: string[]; drained(): void; writeFailed(error: unknown): void } {
  const events: string[] = [];
  return {
    events,
    drained: () => void events.push("drained"),
    writeFailed: (error) => void events.push(String(error)),
  };
}

Deno.test("WriteQueue writes at once what many put in, over several turns of microtasks", async () => {
  const socket = new MemorySocket();
  const queue = new WriteQueue(socket, owner());
  put(queue, "a");
  await Promise.resolve();
  put(queue, "b");
  await Promise.resolve().then(() => {});
  put(queue, "c");
  await turn();
  assertEquals(written(socket), ["abc"]);
});

Deno.test("WriteQueue fills the next write while one is under way", async () => {
  const socket = new MemorySocket();
  const events = owner();
  const queue = new WriteQueue(socket, events);
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.blocked = promise;
  put(queue, "first");
  await turn();
  for (let i = 0; i < 1000; i++) put(queue, "more");
  assertEquals([written(socket), queue.length, events.events], [["first"], 4000, []]);
  socket.blocked = null;
  resolve();
  await turn();
  assertEquals([written(socket)[1]?.length, socket.writes.length, events.events], [4000, 2, ["drained"]]);
});

Deno.test("WriteQueue goes on after short writes", async () => {
  const taken: number[] = [];
  const socket: Socket = {
    read: () => Promise.resolve(null),
    peek: () => null,
    write(bytes) {
      taken.push(...bytes.subarray(0, 3));
      return Promise.resolve(Math.min(3, bytes.length));
    },
    close() {},
  };
  const queue = new WriteQueue(socket, owner());
  put(queue, "0123456789");
  await turn();
  assertEquals(String.fromCharCode(...taken), "0123456789");
});

Deno.test("WriteQueue tells its owner of a failure, once, and writes nothing when it is closed", async () => {
  const socket = new MemorySocket();
  const events = owner();
  const queue = new WriteQueue(socket, events);
  socket.close();
  put(queue, "lost");
  await turn();
  put(queue, "lost too");
  await turn();
  assertEquals(events.events, ["Error: The connection is closed"]);
  const closed = new WriteQueue(socket, events);
  put(closed, "never");
  closed.close();
  await turn();
  assertEquals([socket.writes.length, events.events.length], [0, 1]);
});
