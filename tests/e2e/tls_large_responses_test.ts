/**
 * Large responses over TLS come whole, one after the other and side by side: how records fall into what a socket gives is
 * a matter of chance, so there are several runs.
 */
import { assertEquals } from "@std/assert";
import { ROOT_PATH } from "../_support/certificates.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { startNginx } from "../_support/nginx.ts";
import { peerTest } from "../_support/peers.ts";
import { SOCKETS } from "../_support/sockets.ts";

const BODY_BYTES = 100_000;
/** The TLS of native sockets is the program's own to read. */
const RUNS: Readonly<Record<string, number>> = { native: 3, platform: 1 };

/** Requests, and how they are sent. */
const WAYS: Readonly<Record<string, readonly [requests: number, words: readonly string[]]>> = {
  "one HTTP/2 connection of 50 streams": [300, ["--http2", "-c", "1", "--streams", "50"]],
  "ten HTTP/2 connections of 10 streams": [300, ["--http2", "-c", "10", "--streams", "10"]],
  "HTTP/1.1 connections": [300, ["-c", "20"]],
};

for (const sockets of SOCKETS) {
  peerTest(`large responses over TLS come whole: ${sockets} sockets`, ["nginx"], async () => {
    await using nginx = await startNginx(
      "keepalive_requests 100000;",
      { "large.bin": "x".repeat(BODY_BYTES) },
      { tlsWords: "http2" },
    );
    const rows = Object.entries(WAYS).flatMap(([title, [requests, words]]) =>
      Array.from({ length: RUNS[sockets]! }, () => ({ title, requests, words }))
    );
    const ended = await manyPrograms(rows.map(({ requests, words }) => ({
      args: [
        ...["-n", `${requests}`, "-t", "1", "--sockets", sockets, "--timeout", "60s", "--json", "-"],
        ...["--ssl-verify", "--ca-bundle", ROOT_PATH, ...words, `${nginx.tlsOrigin}/large.bin`],
      ],
    })));
    for (const [i, { title, requests }] of rows.entries()) {
      const { code, out, err } = ended[i]!;
      const { total_requests, total_errors, total_bytes, error_types } = JSON.parse(out || "{}");
      assertEquals(
        { code, total_requests, total_errors, total_bytes, error_types },
        {
          code: 0,
          total_requests: requests,
          total_errors: 0,
          total_bytes: requests * BODY_BYTES,
          error_types: {},
        },
        `${title}, run ${i}: ${err}`,
      );
    }
  });
}
