/** The turn of a thread with native sockets, on kernels that lack the precise wait. */
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
      poller.add(fd, { ready: resolve, release: () => {} });
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
