/** A thread that is ended in the middle of its work leaves no descriptor open. */
import { assertEquals } from "@std/assert";
import { closeLeftOver, createNotes, MARK } from "../../../../src/client/net/native/descriptors.ts";
import { loadLibc } from "../../../../src/client/net/native/libc.ts";

const COUNT = 20;

/** Where a descriptor leads; `undefined`: it is not open. */
function targetOf(fd: number | string): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** How many sockets at a port this process has open, at either end: whatever else is open is the runtime's affair. */
function socketsAt(port: number): number {
  const inPort = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = Deno.readTextFileSync("/proc/self/net/tcp").trim().split("\n").slice(1);
  const inodes = rows.map((row) => row.trim().split(/ +/)).filter(([, local, remote]) =>
    [local, remote].some((address) => address!.endsWith(`:${inPort}`))
  ).map((fields) => `socket:[${fields[9]}]`);
  const open = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => targetOf(name));
  return open.filter((target) => target !== undefined && inodes.includes(target)).length;
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
    const { port } = listener.addr;
    assertEquals(socketsAt(port), 1, "the listener");
    const worker = new Worker(new URL("_holding_thread.ts", import.meta.url), { type: "module" });
    const notes = createNotes();
    const opened = new Promise<number>((resolve) => worker.onmessage = ({ data }) => resolve(data));
    worker.postMessage({ notes, port, count: COUNT });
    assertEquals(await opened, COUNT);
    const connections = await accepted;
    assertEquals(socketsAt(port), 1 + 2 * COUNT, "theirs and the server's");
    const pollers = [...new Uint8Array(notes)].flatMap((mark, fd) => mark === MARK.poller ? [fd] : []);
    assertEquals(pollers.map(targetOf), ["anon_inode:[eventpoll]"]);
    worker.terminate();
    closeLeftOver(notes);
    const ends = await Promise.all(connections.map((connection) => connection.read(new Uint8Array(8))));
    assertEquals(ends, Array(COUNT).fill(null));
    for (const connection of connections) connection.close();
    assertEquals(socketsAt(port), 1);
    // Whatever has the poller's number by now, it was closed with them.
    assertEquals(new Uint8Array(notes).some((mark) => mark !== 0), false);
  },
});
