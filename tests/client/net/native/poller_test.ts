/** The turn of a thread with native sockets. */
import { assertEquals, assertGreater } from "@std/assert";
import { type Libc, loadLibc } from "../../../../src/client/net/native/libc.ts";
import { Poller } from "../../../../src/client/net/native/poller.ts";

const libc = Deno.build.os === "linux" ? loadLibc() : null;

for (const [where, lacking] of [["kernel", () => -1], ["C library", null]] as const) {
  Deno.test({
    name: `where the ${where} has no epoll_pwait2, epoll_wait does`,
    ignore: libc === null,
    async fn() {
      let waits = 0;
      const old: Libc = {
        ...libc!,
        epoll_pwait2: lacking,
        epoll_wait: (epoll, events, max, timeoutMs) => {
          waits++;
          return libc!.epoll_wait(epoll, events, max, timeoutMs);
        },
      };
      const poller = new Poller(old);
      const { promise, resolve } = Promise.withResolvers<number>();
      // A socket that nobody has connected is at its end at once.
      const fd = libc!.socket(2, 1, 0);
      poller.add(fd, { ready: resolve, release: () => {}, close: () => {} });
      poller.waiting++;
      poller.schedule();
      assertGreater(await promise, 0);
      poller.waiting--;
      await new Promise<void>((done) => poller.at(performance.now() + 2, done));
      poller.close(fd);
      assertEquals(waits > 1, true);
    },
  });
}

for (const isShared of [true, false]) {
  const whose = isShared ? "a connection of many" : "one user's connection";
  Deno.test({
    name: `what follows from bytes on ${whose} is sent before the thread sleeps`,
    ignore: libc === null || libc.epoll_pwait2 === null,
    async fn() {
      let isBusy = false;
      let sleptBusy = false;
      const times = new Int32Array(4);
      const watched: Libc = {
        ...libc!,
        epoll_pwait2: (epoll, events, max, timeout, mask) => {
          const view = new Deno.UnsafePointerView(timeout!);
          times.set([view.getInt32(0), view.getInt32(8)]);
          if (isBusy && (times[0]! > 0 || times[1]! > 0)) sleptBusy = true;
          return libc!.epoll_pwait2!(epoll, events, max, timeout, mask);
        },
      };
      const poller = new Poller(watched);
      // Rounds follow one another without the platform only while they are quick: some of these will be.
      for (let socket = 0; socket < 100; socket++) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const fd = libc!.socket(2, 1, 0);
        poller.add(fd, {
          async ready() {
            isBusy = true;
            if (isShared) poller.holdSleep();
            else poller.waiting--;
            for (let i = 0; i < 12; i++) await null;
            isBusy = false;
            if (!isShared) poller.waiting++;
            resolve();
          },
          release: () => {},
          close: () => {},
        });
        poller.waiting++;
        poller.schedule();
        await promise;
        poller.waiting--;
        poller.close(fd);
      }
      assertEquals(sleptBusy, false);
    },
  });
}

Deno.test({
  name: "turns that come before what is due set no timer of their own, and what is due comes in time",
  ignore: libc === null,
  async fn() {
    const poller = new Poller(libc!);
    const original = globalThis.setTimeout;
    let timers = 0;
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      timers++;
      return original(run, ms);
    }) as typeof setTimeout;
    try {
      const { promise, resolve } = Promise.withResolvers<void>();
      const dueMs = performance.now() + 300;
      poller.at(dueMs, resolve);
      for (let turn = 0; turn < 50; turn++) {
        poller.schedule();
        await new Promise((done) => setImmediate(done));
      }
      assertEquals(timers <= 2, true, `${timers} timers for 50 turns`);
      // Sooner than what the timer waits for.
      let soonMs = 0;
      poller.at(performance.now() + 10, () => soonMs = performance.now());
      await promise;
      assertGreater(soonMs, 0);
      assertGreater(performance.now(), dueMs - 0.001);
    } finally {
      globalThis.setTimeout = original;
    }
  },
});
