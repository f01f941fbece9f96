/** What a load of a thread of our own leaves open must not hold up what the thread does next. */
import { assertEquals, assertRejects } from "@std/assert";
import { endConnections, transportFor } from "../../../../src/client/net/choose_transport.ts";
import { loadLibc } from "../../../../src/client/net/native/libc.ts";
import { takeOverThread } from "../../../../src/client/net/native/own_thread.ts";
import { threadPoller } from "../../../../src/client/net/native/poller.ts";
import { PLAIN_CLIENT } from "../../../_support/plan.ts";
import { startRawServer } from "../../../_support/raw_server.ts";

Deno.test({
  name: "when a load is over, connections that it left open are closed, and nothing is waited for",
  ignore: Deno.build.os !== "linux" || loadLibc() === null,
  async fn() {
    const closed = Promise.withResolvers<void>();
    await using server = await startRawServer(() => {}, {
      onConnection: async (connection) => {
        await connection.closed;
        closed.resolve();
      },
    });
    takeOverThread();
    const transport = transportFor({ ...PLAIN_CLIENT, sockets: "native" });
    const to = { address: "127.0.0.1", port: server.port, isTls: false };
    const socket = await transport.connect(to, new AbortController().signal);
    const reading = assertRejects(() => socket.read(new Uint8Array(2048)), Error, "closed");
    assertEquals(threadPoller()!.waiting, 1);
    endConnections();
    assertEquals(threadPoller()!.waiting, 0);
    await reading;
    await closed.promise;
    // Closing it once more is nothing: another may have the descriptor by then.
    const next = await transport.connect(to, new AbortController().signal);
    socket.close();
    assertEquals(await next.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")), 18);
    next.close();
  },
});
