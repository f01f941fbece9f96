import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../_support/peers.ts";
import { fleetTest, peakBytes, startRemembering, watch } from "./_fleet.ts";
import { type Stranger, STRANGERS } from "./_rogue_strangers.ts";

const SECRET = { BENCH_SECRET: "correct horse battery" };
const MAX_BYTES = 300e6;
/** What a port takes of a stranger, and what lies in the system's buffers when it closes. */
const MAX_TAKEN = 10e6;

/** So many connections that say nothing, held open. */
async function idle(port: number, count: number): Promise<readonly Deno.TcpConn[]> {
  const connections: Deno.TcpConn[] = [];
  for (let i = 0; i < count; i++) {
    const connecting = Deno.connect({ hostname: "127.0.0.1", port, signal: AbortSignal.timeout(1000) });
    const connection = await connecting.catch(() => undefined);
    if (connection) connections.push(connection);
  }
  return connections;
}

function closeAll(connections: readonly Deno.TcpConn[]): void {
  for (const connection of connections) {
    try {
      connection.close();
    } catch {
      // The other end was quicker.
    }
  }
}

/** Plays a stranger until the connection ends; resolves to the bytes that were taken of it. */
async function play(port: number, { first, again }: Stranger): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let taken = 0;
  let isOver = false;
  const reading = (async () => {
    const buffer = new Uint8Array(4096);
    while (await connection.read(buffer).catch(() => null) !== null);
    isOver = true;
  })();
  try {
    for (let next: Uint8Array | null = first; next !== null && !isOver; next = again) {
      for (let at = 0; at < next.length; at += await connection.write(next.subarray(at)));
      taken += next.length;
      // Others have their turn, and so has the other end.
      if (next.length < 1000 || taken > 1e6) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } catch {
    // It was closed: what it was for.
  }
  await reading;
  closeAll([connection]);
  return taken;
}

fleetTest("strangers in any number neither end a master nor fill it nor keep its workers out", async () => {
  assert(STRANGERS.length >= 60);
  await using server = startRemembering(5);
  const port = freePort();
  // Fewer descriptors than strangers.
  const few = Deno.build.os === "windows" ? [] : ["/bin/sh", "-c", 'ulimit -n 256; exec "$0" "$@"'];
  const args = ["--port", String(port), "--expect-workers", "1", "-d", "3", "-c", "2", "--json", "-"];
  const run = watch(["--master", ...args, `${server.url}/`], SECRET, few);
  await run.says("Waiting for 1 workers");
  const held = [...await idle(port, 600)];
  const taken = await Promise.all(STRANGERS.map((stranger) => play(port, stranger)));
  STRANGERS.forEach(({ name }, i) => assert(taken[i]! < MAX_TAKEN, `${name}: ${taken[i]} bytes were taken`));
  held.push(...await idle(port, 300));
  const worker = watch(["--worker", `127.0.0.1:${port}`, "-t", "1"], SECRET);
  await worker.says("Joined the master");
  held.push(...await idle(port, 300));
  await worker.says("Run 1: done");
  const bytes = peakBytes(run.child.pid);
  const { code, out, err } = await run.ended;
  closeAll(held);
  assertEquals(code, 0, err);
  assertEquals(JSON.parse(out).workers, { expected: 1, reported: 1 });
  assert(bytes < MAX_BYTES, `the master took ${Math.round(bytes / 1e6)} MB`);
  assertStringIncludes(err, "Refused 127.0.0.1:");
  assert(!err.includes("\x1b[2J"), "a name moved the cursor");
  assertEquals((await worker.ended).code, 0);
});
