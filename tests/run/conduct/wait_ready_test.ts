/** Waiting for a target: any response is one, but a gateway's that has nobody behind it. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RunError } from "../../../src/lib/errors.ts";
import type { Printer } from "../../../src/run/printer.ts";
import { waitReady } from "../../../src/run/conduct/wait_ready.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { planFor } from "../../_support/plan.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";

const LOAD = { kind: "requests", unit: "requests", amount: 1, connections: 1 } as const;

function listening() {
  const lines: string[] = [];
  const stream = { print: (text: string) => void lines.push(text), wantsColor: () => false };
  const printer: Printer = { out: stream, error: stream };
  return { lines, printer };
}

Deno.test("a target that responds is ready at once, whatever its status, and nothing is said", async () => {
  for (const status of ["200 OK", "404 Not Found", "500 Oops"]) {
    await using server = await startRawServer((connection) => connection.send(response("", { status })));
    const { lines, printer } = listening();
    const plan = planFor(`${server.origin}/path`, LOAD);
    await waitReady(plan, { timeoutMs: 60_000, signal: new AbortController().signal, printer });
    assertEquals([lines, server.requests.length], [[], 1]);
    assertStringIncludes(server.requests[0]!.head, "HEAD /path HTTP/1.1");
  }
});

Deno.test("a gateway without a server behind it is waited for, and told once", async () => {
  await using server = await startRawServer((connection, { number }) =>
    connection.send(response("", { status: number < 4 ? "503 Starting" : "200 OK" }))
  );
  const { lines, printer } = listening();
  const plan = planFor(server.origin, LOAD);
  await waitReady(plan, { timeoutMs: 60_000, signal: new AbortController().signal, printer });
  assertEquals(lines, ["bench: Waiting up to 1m for the target (HTTP status 503)\n"]);
  assertEquals(server.requests.length, 4);
});

Deno.test("a target that does not come in time is one message with the last reason", async () => {
  const { printer } = listening();
  const plan = planFor(`http://127.0.0.1:${REFUSING_PORT}/`, LOAD);
  await assertRejects(
    () => waitReady(plan, { timeoutMs: 1, signal: new AbortController().signal, printer }),
    RunError,
    `The target was not ready within 1ms (127.0.0.1:${REFUSING_PORT}: connection refused)`,
  );
});

Deno.test("who interrupts the wait waits no longer", async () => {
  const { printer } = listening();
  const plan = planFor(`http://127.0.0.1:${REFUSING_PORT}/`, LOAD);
  await waitReady(plan, { timeoutMs: 60_000, signal: AbortSignal.abort(), printer });
});
