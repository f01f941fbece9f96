/** The cheaper clock of threads with native sockets is that of `performance.now()`. */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { loadLibc } from "../../../../src/client/net/native/libc.ts";
import { nativeClock } from "../../../../src/client/net/native/native_clock.ts";
import { pause } from "../../../_support/wait.ts";

const libc = Deno.build.os === "linux" ? loadLibc() : null;

/** Both are read one after the other: so far apart they may be, in ms. */
const SLACK_MS = 0.05;

Deno.test({
  name: "a native clock gives the time of performance.now(), now and later, and never goes back",
  ignore: libc === null,
  async fn() {
    const read = nativeClock(libc!);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 1000; i++) {
        const before = performance.now();
        const between = read();
        const after = performance.now();
        assertGreaterOrEqual(between, before - SLACK_MS);
        assertLessOrEqual(between, after + SLACK_MS);
      }
      await pause(20);
    }
    const times = Array.from({ length: 1000 }, read);
    assertEquals(times, times.toSorted((a, b) => a - b));
  },
});
