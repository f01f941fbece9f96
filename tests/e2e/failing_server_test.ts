/**
 * Servers that are killed, stopped, restarted or slowed while they are under load: with either kind of sockets a run
 * ends with the same failures, kind by kind and in the same numbers.
 */
import { assertEquals } from "@std/assert";
import { freePort } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { SOCKETS } from "../_support/sockets.ts";

const SERVER = new URL("_failing_server.ts", import.meta.url).pathname;
interface Situation {
  readonly name: string;
  /** What the server does with its 21st request. */
  readonly deed: "kill" | "stop" | "restart" | "slow";
  readonly requests: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly reconnects: number;
}

/** No response takes so long, on whatever machine, but those that never come. */
const TIMEOUT = "3s";

const SITUATIONS: readonly Situation[] = [
  { name: "is killed", deed: "kill", requests: 28, errors: { connection_refused: 8 }, reconnects: 1 },
  { name: "is stopped by a signal", deed: "stop", requests: 22, errors: { timeout: 2 }, reconnects: 0 },
  { name: "drops its connections and goes on", deed: "restart", requests: 30, errors: {}, reconnects: 1 },
  { name: "becomes slow", deed: "slow", requests: 22, errors: { timeout: 2 }, reconnects: 0 },
];

for (const { name, deed, requests, errors, reconnects } of SITUATIONS) {
  Deno.test({
    name: `a server ${name} under load: the same failures over all sockets`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const runs = await Promise.all(SOCKETS.map((sockets) => run({ deed, requests, sockets })));
      for (const found of runs) {
        assertEquals(found, {
          requests,
          succeeded: requests - Object.values(errors).reduce((sum, count) => sum + count, 0),
          errors,
          reconnects,
        });
      }
    },
  });
}

async function run({ deed, requests, sockets }: Pick<Situation, "deed" | "requests"> & { sockets: string }) {
  const port = freePort();
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SERVER, `${port}`, deed],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const said = server.stdout.getReader();
  try {
    await said.read();
    const { out, err } = await program([
      ...["-c", "1", "-n", `${requests}`, "--timeout", TIMEOUT, "--sockets", sockets, "--json", "-"],
      `http://127.0.0.1:${port}/`,
    ]);
    const document = JSON.parse(out || `{ "error": ${JSON.stringify(err)} }`);
    // Its port dies a moment after its connections: what reaches it in between is reset.
    const { connection_reset: resets = 0, ...errors } = document.error_types;
    if (deed === "kill" && resets <= 1) errors.connection_refused += resets;
    else if (resets > 0) errors.connection_reset = resets;
    return {
      requests: document.total_requests,
      succeeded: document.status_codes["200"],
      errors,
      reconnects: document.reconnects,
    };
  } finally {
    try {
      server.kill("SIGKILL");
    } catch {
      // It has killed itself.
    }
    await said.cancel();
    await server.status;
  }
}
