/** Servers that commands start, and the CPU time of who listens on a port. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { freePort, startServer } from "../../../../src/run/conduct/duel/server_process.ts";
import { cpuSecondsOf, pidsListeningOn } from "../../../../src/run/conduct/duel/server_cpu.ts";
import { until } from "../../../_support/wait.ts";

const isUnix = Deno.build.os !== "windows";

Deno.test({
  name: "a server that ends by itself says how, with what it said last",
  ignore: !isUnix,
  fn: async () => {
    await using server = startServer("echo no such port >&2; exit 3", { name: "A", port: undefined });
    await until(() => server.ended.aborted);
    assertMatch(String(server.ended.reason), /A's server ended with exit code 3(: no such port)?$/);
  },
});

Deno.test({
  name: "a server and what it started end with the duel, and its port is in its environment",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const port = freePort();
    const code =
      "Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT')) }, () => new Response('x'))";
    const command = `"${Deno.execPath()}" eval --no-lock "${code}" & wait`;
    const url = `http://127.0.0.1:${port}/`;
    {
      await using _server = startServer(command, { name: "B", port });
      await until(() => pidsListeningOn(port).length > 0);
      const pids = pidsListeningOn(port);
      assertEquals(pids.length, 1);
      assertEquals(await (await fetch(url)).text(), "x");
      assertEquals((cpuSecondsOf(pids) ?? 0) > 0, true);
    }
    await assertRejects(() => fetch(url));
    assertEquals(pidsListeningOn(port), []);
    assertEquals(cpuSecondsOf([]), undefined);
  },
});

Deno.test({
  name: "what threads used counts when they have ended",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const read = () => cpuSecondsOf([Deno.pid])!;
    const code = "const end = performance.now() + 100; while (performance.now() < end); postMessage(1);";
    const worker = new Worker(`data:application/javascript,${encodeURIComponent(code)}`, { type: "module" });
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = read();
    worker.onmessage = () => resolve();
    await promise;
    const busy = read();
    worker.terminate();
    const stats = () => [...Deno.readDirSync(`/proc/${Deno.pid}/task`)].length;
    const threads = stats();
    for (let i = 0; i < 20 && stats() >= threads; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const after = read();
    assert(before < busy && busy <= after, `${before}, ${busy}, ${after}`);
  },
});
