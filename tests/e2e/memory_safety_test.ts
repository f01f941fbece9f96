/**
 * Memory that the C library and OpenSSL see: the real command runs with forced collections and freed memory overwritten,
 * while connections are opened and given up at random moments, in connecting, in the handshake, and later. What touches
 * memory too late ends the process with a signal; and once more with every call looked at (`_support/native`): no memory
 * too small, collected or movable, nothing used after it was closed or freed, nothing left open.
 *
 * `RECONNECTS=100000` makes so many connections one after another in the second way.
 */
import { assertEquals, assertGreater } from "@std/assert";
import type { Findings } from "../_support/native/checked_calls.ts";
import { startNginx } from "../_support/nginx.ts";
import { peerTest } from "../_support/peers.ts";
import { SOCKETS } from "../_support/sockets.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CHECKED = new URL("../_support/native/checked_main.ts", import.meta.url).pathname;
const REQUESTS = 600;
const RECONNECTS = Deno.env.get("RECONNECTS") ?? "100";
/** The collector runs behind every so many calls, more or less. */
const COLLECT_EVERY = "200";
/** The first connections see no delay: they look whether the target is there. */
const PROMPT = 25;
const MAX_DELAY_MS = 80;

/** Passes bytes on to a port, each piece after a random time. */
function startDawdler(toPort: number): { readonly port: number; [Symbol.dispose](): void } {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  let count = 0;
  const pass = async (from: Deno.Conn, to: Deno.Conn, isPrompt: boolean) => {
    const buffer = new Uint8Array(16_384);
    try {
      for (let got = await from.read(buffer); got !== null; got = await from.read(buffer)) {
        if (!isPrompt) await pause(Math.random() * MAX_DELAY_MS);
        for (let at = 0; at < got;) at += await to.write(buffer.subarray(at, got));
      }
    } catch {
      // Given up by either side.
    }
    for (const side of [from, to]) {
      try {
        side.close();
      } catch {
        // Closed by the other direction.
      }
    }
  };
  (async () => {
    for await (const client of listener) {
      const isPrompt = ++count <= PROMPT;
      const server = await Deno.connect({ port: toPort, hostname: "127.0.0.1" });
      pass(client, server, isPrompt);
      pass(server, client, isPrompt);
    }
  })();
  return { port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

if (SOCKETS.includes("native") && Deno.build.os === "linux") {
  for (const scheme of ["http", "https"] as const) {
    peerTest(
      `${scheme}: connections given up at random moments touch no memory too late`,
      ["nginx"],
      async () => {
        await using nginx = await startNginx("", { "index.html": "x".repeat(40_000) });
        using dawdler = startDawdler(scheme === "https" ? nginx.tlsPort : nginx.port);
        await using temp = await tempDir();
        const path = `${temp.path}/result.json`;
        const command = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", "--v8-flags=--gc-interval=1000", MAIN]
            .concat("-c", "20", "-n", `${REQUESTS}`, "-t", "2", "--timeout", "150ms", "--no-keepalive")
            .concat("--insecure", "--no-progress", "--json", path, `${scheme}://127.0.0.1:${dawdler.port}/`),
          env: { MALLOC_PERTURB_: "165", NO_COLOR: "1" },
          stdin: "null",
          stdout: "null",
          stderr: "piped",
        });
        // A busy machine may be too slow for the timeout: then the target was not there, or nothing succeeded.
        let said = "";
        for (let tries = 0; tries < 3; tries++) {
          const { code, signal, stderr } = await command.output();
          said = new TextDecoder().decode(stderr);
          assertEquals([code < 2, signal], [true, null], said.slice(-2000));
          if (!said.includes("Cannot connect")) break;
        }
        if (said.includes("Cannot connect")) return;
        const document = JSON.parse(await Deno.readTextFile(path));
        assertEquals(document.total_requests, REQUESTS);
        const { timeout = 0, connect_timeout = 0 } = document.error_types;
        assertGreater(timeout + connect_timeout, 0);
      },
    );

    peerTest(
      `${scheme}: every call has memory that is there, and what is opened is closed once`,
      ["nginx"],
      async () => {
        await using nginx = await startNginx("", { "index.html": "x".repeat(40_000) });
        using dawdler = startDawdler(scheme === "https" ? nginx.tlsPort : nginx.port);
        const port = scheme === "https" ? nginx.tlsPort : nginx.port;
        // Made one after another; then used again and again, and given up at random moments.
        const prompt = await checkedRun(`${scheme}://127.0.0.1:${port}/`, [
          ...["-n", RECONNECTS, "-c", "20", "--no-keepalive"],
        ]);
        const givenUp = await checkedRun(`${scheme}://127.0.0.1:${dawdler.port}/`, [
          ...["-n", "150", "-c", "20", "--timeout", "150ms"],
        ]);
        for (const { isReached, problems, left } of [prompt, givenUp]) {
          // The poller lives as long as its thread.
          assertEquals([problems, isReached ? left : null], [{}, isReached ? { descriptor: 1 } : null]);
        }
        assertGreater(prompt.calls, 5 * Number(RECONNECTS));
        assertGreater(prompt.collections, 0);
      },
    );
  }
}

/** Runs the command with every call looked at: what was found, and whether the target was there in time. */
async function checkedRun(
  url: string,
  words: readonly string[],
): Promise<Findings & { readonly isReached: boolean }> {
  await using temp = await tempDir();
  const file = `${temp.path}/findings.json`;
  const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", CHECKED, file, COLLECT_EVERY]
      .concat(words, "-t", "1", "--sockets", "native", "--insecure", "--no-progress", url),
    env: { MALLOC_PERTURB_: "165", NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals([code < 2, signal], [true, null], said.slice(-2000));
  return { ...JSON.parse(await Deno.readTextFile(file)), isReached: !said.includes("Cannot connect") };
}
