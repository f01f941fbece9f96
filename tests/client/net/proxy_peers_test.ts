/** Proxies from Debian: tinyproxy (HTTP) and microsocks (SOCKS5), each with a password. Skipped where they are missing. */
import { assertEquals } from "@std/assert";
import { createClients } from "../../../src/client/registry.ts";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { freePort, programPath } from "../../_support/peers.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { tempDir } from "../../_support/temp_dir.ts";
import { pause } from "../../_support/wait.ts";

interface RealProxy {
  readonly program: string;
  readonly scheme: string;
  /** Its arguments, given a port and a directory of its own. */
  args(port: number, directory: string): Promise<readonly string[]>;
}

const PROXIES: readonly RealProxy[] = [
  {
    program: "tinyproxy",
    scheme: "http",
    async args(port, directory) {
      const lines = [
        `Port ${port}`,
        "Listen 127.0.0.1",
        "Allow 127.0.0.1",
        "BasicAuth me secret",
        `PidFile "${directory}/pid"`,
      ];
      await Deno.writeTextFile(`${directory}/conf`, `${lines.join("\n")}\n`);
      return ["-d", "-c", `${directory}/conf`];
    },
  },
  {
    program: "microsocks",
    scheme: "socks5h",
    args: (port) => Promise.resolve(["-i", "127.0.0.1", "-p", String(port), "-u", "me", "-P", "secret"]),
  },
];

/** Resolves when something listens on the port. */
async function listening(port: number): Promise<void> {
  for (let left = 200; left > 0; left--) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      // Not yet.
      await pause(25);
    }
  }
  throw new Error(`Nothing listens on port ${port}`);
}

for (const { program, scheme, args } of PROXIES) {
  const ignore = programPath(program) === undefined;
  // deno-lint-ignore no-console -- a skipped test must be seen
  if (ignore) console.warn(`Skipped: ${program} is not installed`);
  Deno.test({
    name: `RawClient goes through ${program}, to http and to https`,
    ignore,
    async fn() {
      await using temp = await tempDir();
      const directory = temp.path;
      const port = freePort();
      const child = new Deno.Command(programPath(program)!, {
        args: [...await args(port, directory)],
        stdout: "null",
        stderr: "null",
      }).spawn();
      try {
        await listening(port);
        for (const isTls of [false, true]) {
          await using server = await startRawServer(
            (connection) => connection.send(response("hello")),
            isTls ? { tls: certificate("server") } : {},
          );
          const url = `${isTls ? "https" : "http"}://localhost:${server.port}/`;
          assertEquals(await outcomesOf(`${scheme}://me:secret@127.0.0.1:${port}`, url), [
            "none 200",
            "none 200",
          ]);
        }
        const wrong = await outcomesOf(`${scheme}://me:wrong@127.0.0.1:${port}`, "https://localhost:9/");
        assertEquals(wrong[0], "proxy_auth 0");
        const nowhere = await outcomesOf(`${scheme}://me:secret@127.0.0.1:${port}`, "https://localhost:2/");
        assertEquals(nowhere[0], "proxy 0");
      } finally {
        child.kill("SIGTERM");
        await child.status;
      }
    },
  });
}

/** What two requests through a proxy came to. */
async function outcomesOf(proxy: string, url: string): Promise<readonly string[]> {
  const spec = {
    ...PLAIN_CLIENT,
    tls: { verify: true, caCerts: [ROOT] },
    proxy: { http: proxy, https: proxy, bypass: [] },
  };
  const client = createClients(spec)();
  const request = prepare(url, { client: spec });
  const outcomes: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { failure, status } = await send(client, request);
    outcomes.push(`${FAILURE_KINDS[failure]!.name} ${status}`);
  }
  client.close();
  return outcomes;
}
