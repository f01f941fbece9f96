/** A thread that is ended in the middle of its work leaves no descriptor open. */
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { closeLeftOver, createNotes } from "../../../../src/client/net/native/descriptors.ts";
import { loadLibc } from "../../../../src/client/net/native/libc.ts";
import { pause } from "../../../_support/wait.ts";

const COUNT = 20;

/** What the process has open of sockets and pollers. */
function openOnes(): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      const target = Deno.readLinkSync(`/proc/self/fd/${name}`);
      if (/^socket:|eventpoll/.test(target)) count++;
    } catch {
      // The one that lists them.
    }
  }
  return count;
}

/** The first thread of a process has the platform open something for good. */
async function startAnyThread(): Promise<void> {
  const worker = new Worker("data:application/javascript,postMessage(0)", { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.terminate();
  await pause(1000);
}

Deno.test({
  name: "connections and poller of a thread that was ended are closed, and the server sees their end",
  ignore: Deno.build.os !== "linux" || loadLibc() === null,
  async fn() {
    using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const accepted = (async () => {
      const connections: Deno.TcpConn[] = [];
      while (connections.length < COUNT) connections.push(await listener.accept());
      return connections;
    })();
    await startAnyThread();
    const before = openOnes();
    const worker = new Worker(new URL("_holding_thread.ts", import.meta.url), { type: "module" });
    const notes = createNotes();
    const opened = new Promise<number>((resolve) => worker.onmessage = ({ data }) => resolve(data));
    worker.postMessage({ notes, port: listener.addr.port, count: COUNT });
    assertEquals(await opened, COUNT);
    const connections = await accepted;
    assertGreaterOrEqual(openOnes(), before + 2 * COUNT + 1, "theirs, the server's, and the poller");
    worker.terminate();
    closeLeftOver(notes);
    const ends = await Promise.all(connections.map((connection) => connection.read(new Uint8Array(8))));
    assertEquals(ends, Array(COUNT).fill(null));
    for (const connection of connections) connection.close();
    // The runtime of a thread goes a little later than its code.
    for (let tries = 0; tries < 100 && openOnes() > before; tries++) await pause(50);
    assertEquals(openOnes(), before);
  },
});
