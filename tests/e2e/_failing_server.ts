/**
 * A server in a process of its own: `PORT DEED`. It answers 20 requests, and does something with the next one; then it
 * goes on, if it still can. Says `ready` when it listens.
 */
// deno-lint-ignore-file no-console -- its parent reads that
import { pause } from "../_support/wait.ts";

const [port, deed] = Deno.args;
const GOOD = 20;
const SLOW_MS = 600_000;
const RESPONSE = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

const listener = Deno.listen({ port: Number(port), hostname: "127.0.0.1" });
const open = new Set<Deno.TcpConn>();
let count = 0;
console.log("ready");
for await (const connection of listener) serve(connection).catch(() => {});

async function serve(connection: Deno.TcpConn): Promise<void> {
  open.add(connection);
  const buffer = new Uint8Array(4096);
  while (await connection.read(buffer) !== null) {
    count++;
    if (count === GOOD + 1) misbehave();
    if (count > GOOD && deed === "slow") await pause(SLOW_MS);
    await connection.write(RESPONSE);
  }
}

function misbehave(): void {
  if (deed === "kill") Deno.kill(Deno.pid, "SIGKILL");
  if (deed === "stop") Deno.kill(Deno.pid, "SIGSTOP");
  if (deed === "restart") {
    for (const connection of open) connection.close();
    open.clear();
  }
}
