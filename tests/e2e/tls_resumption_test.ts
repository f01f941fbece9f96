/**
 * TLS sessions are resumed by new connections, or not where that is not wanted: the real command runs, and nginx and
 * OpenSSL's own server say what they saw.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { certificatePaths, ROOT_PATH } from "../_support/certificates.ts";
import { startNginx } from "../_support/nginx.ts";
import { freePort, peerTest } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { SOCKETS } from "../_support/sockets.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

/** 201: the server resumed a session. */
const TOLD_BY_STATUS = `location / { if ($ssl_session_reused = "r") { return 201; } return 200; }`;

interface Handshakes {
  readonly full: number;
  readonly resumed: number;
}

interface Ran {
  readonly told: Handshakes | undefined;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly tls: string;
  readonly report: string;
}

async function run(words: readonly string[]): Promise<Ran> {
  await using temp = await tempDir();
  const path = `${temp.path}/result.json`;
  const ran = await program(
    [...["--full", "--no-progress", "--json", path, "--ca-bundle", ROOT_PATH, "--ssl-verify"], ...words],
  );
  assertEquals(ran.code, 0, ran.err);
  const document = JSON.parse(await Deno.readTextFile(path));
  return {
    told: document.tls_handshakes,
    statuses: document.status_codes,
    errors: document.total_errors,
    tls: document.client_health.tls,
    report: ran.out,
  };
}

if (SOCKETS.includes("native")) {
  peerTest(
    "connections resume the TLS sessions of earlier ones, as nginx sees it, too",
    ["nginx"],
    async () => {
      await using nginx = await startNginx(TOLD_BY_STATUS);
      const each = ["-c", "4", "-n", "40", "--no-keepalive"];
      const rows: readonly (readonly [words: readonly string[], told: Handshakes])[] = [
        [[...each, "-t", "1"], { full: 4, resumed: 36 }],
        [[...each, "-t", "2"], { full: 4, resumed: 36 }],
        [[...each, "-t", "1", "--tls-max", "1.2"], { full: 4, resumed: 36 }],
        [[...each, "-t", "1", "--no-tls-resumption"], { full: 40, resumed: 0 }],
        [["-c", "4", "-n", "40", "-t", "1"], { full: 4, resumed: 0 }],
      ];
      for (const [words, told] of rows) {
        const ran = await run([...words, nginx.tlsOrigin]);
        assertEquals([ran.told, ran.errors], [told, 0], words.join(" "));
        if (words.includes("--no-keepalive")) {
          const { "200": full = 0, "201": resumed = 0 } = ran.statuses;
          assertEquals({ full, resumed }, told, words.join(" "));
        }
        assertStringIncludes(ran.report, `${told.full} full, ${told.resumed} resumed`);
        assertStringIncludes(ran.tls, "OpenSSL 3.");
      }
    },
  );

  peerTest("OpenSSL's own server tells resumed handshakes from full ones", ["openssl"], async () => {
    const port = freePort();
    const { cert, key } = certificatePaths("server");
    const url = `https://localhost:${port}/`;
    const server = new Deno.Command("openssl", {
      args: ["s_server", "-quiet", "-www", "-accept", `127.0.0.1:${port}`, "-cert", cert, "-key", key],
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await accepting(port);
      await using temp = await tempDir();
      const path = `${temp.path}/scenario.yaml`;
      for (
        const [words, page, told, errors] of [
          [[], "Reused, TLSv1.", { full: 1, resumed: 11 }, 1],
          [["--no-tls-resumption"], "New, TLSv1.", { full: 12, resumed: 0 }, 0],
        ] as const
      ) {
        await Deno.writeTextFile(
          path,
          `steps: [{ name: a, path: /, assert_body_contains: "${page}" }]\n`,
        );
        const ran = await run(["--scenario", path, "-c", "1", "-n", "12", "--no-keepalive", ...words, url]);
        assertEquals([ran.told, ran.errors], [told, errors]);
      }
    } finally {
      server.kill();
      await server.status;
    }
  });
}

/** Resolves when a port accepts connections. */
async function accepting(port: number): Promise<void> {
  while (true) {
    try {
      (await Deno.connect({ port })).close();
      return;
    } catch {
      await pause(50);
    }
  }
}

peerTest("with the platform's sockets nobody claims to know", ["nginx"], async () => {
  await using nginx = await startNginx(TOLD_BY_STATUS);
  const ran = await run([
    ...["-c", "2", "-n", "10", "--no-keepalive", "--sockets", "platform"],
    nginx.tlsOrigin,
  ]);
  assertEquals([ran.told, ran.tls, ran.errors], [undefined, "platform", 0]);
});
