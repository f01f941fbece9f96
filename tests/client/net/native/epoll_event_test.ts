/** What the kernel tells of descriptors is read where the C library's headers put it, on either architecture. */
import { assertEquals } from "@std/assert";
import { EVENT, eventLayoutOn } from "../../../../src/client/net/native/epoll_event.ts";

/** `struct epoll_event` as a C compiler lays it out: 12 bytes with the data at 4, or 16 with the data at 8. */
const ROWS = [
  { arch: "x86_64", bytes: 12, dataAt: 4 },
  { arch: "aarch64", bytes: 16, dataAt: 8 },
] as const;

for (const { arch, bytes, dataAt } of ROWS) {
  Deno.test(`an array of epoll_event on ${arch} holds each descriptor behind its events`, () => {
    const { words, descriptorWord } = eventLayoutOn(arch);
    assertEquals([words * 4, descriptorWord * 4], [bytes, dataAt]);
    const memory = new ArrayBuffer(3 * bytes);
    const view = new DataView(memory);
    for (const i of [0, 1, 2]) {
      view.setUint32(i * bytes, EVENT.in | EVENT.readHangUp, true);
      view.setInt32(i * bytes + dataAt, 100 + i, true);
    }
    const read = new Int32Array(memory);
    assertEquals(
      [0, 1, 2].map((i) => [read[i * words], read[i * words + descriptorWord]]),
      [0, 1, 2].map((i) => [EVENT.in | EVENT.readHangUp, 100 + i]),
    );
  });
}
