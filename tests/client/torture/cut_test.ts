/**
 * Representative answers, each cut behind every one of its bytes, by a close and by a reset. What must be reported is
 * computed from where the parts of the answer end, by the rule of RFC 9112, 8: an answer is whole when its head and the
 * body that the head announces are; a body without announced end is whole at the close, and never after a reset.
 */
import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { runLocally } from "../../../src/fleet/coordination/run_local.ts";
import type { TlsSpec } from "../../../src/plan/client_spec.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { planFor } from "../../_support/plan.ts";
import { startRawServer } from "../../_support/raw_server.ts";
import { assertConserved, assertNothingOpen, type End, endsOf } from "./_behaviour.ts";
import { settle } from "../../_support/wait.ts";

/** An answer in its parts. */
interface CutResponse {
  readonly title: string;
  readonly method?: "HEAD";
  /** Answers before the final one. */
  readonly interim?: string;
  readonly head: string;
  /** With its framing. */
  readonly body: string | Uint8Array;
  /** The body ends with the connection. */
  readonly endsWithConnection?: true;
}

const OK = "HTTP/1.1 200 OK\r\n";
const PACKED = gzipSync("many words, many words");

const RESPONSES: readonly CutResponse[] = [
  { title: "with a length", head: `${OK}Content-Length: 12\r\n\r\n`, body: "hello, world" },
  {
    title: "in chunks with extensions and trailers",
    head: `${OK}Transfer-Encoding: chunked\r\n\r\n`,
    body: "5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\nX-T: 2\r\n\r\n",
  },
  {
    title: "up to the close",
    head: `${OK}Server: x\r\n\r\n`,
    body: "hello, world",
    endsWithConnection: true,
  },
  {
    title: "behind interim answers",
    interim: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    head: `${OK}Content-Length: 2\r\n\r\n`,
    body: "hi",
  },
  {
    title: "packed",
    head: `${OK}Content-Encoding: gzip\r\nContent-Length: ${PACKED.length}\r\n\r\n`,
    body: PACKED,
  },
  { title: "without a body", head: "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", body: "" },
  { title: "to HEAD", method: "HEAD", head: `${OK}Content-Length: 99\r\n\r\n`, body: "" },
  { title: "in bare lines", head: "HTTP/1.1 200\nTransfer-Encoding: chunked\n\n", body: "2\nhi\n0\n\n" },
  { title: "of HTTP/1.0", head: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n", body: "hi" },
];

/** The bytes of an answer, and how a request ends whose answer is cut behind `count` of them. */
function prepared(
  response: CutResponse,
): { readonly bytes: Uint8Array; end(count: number, how: "close" | "reset"): End } {
  const encoder = new TextEncoder();
  const head = encoder.encode((response.interim ?? "") + response.head);
  const body = typeof response.body === "string" ? encoder.encode(response.body) : response.body;
  const bytes = Uint8Array.from([...head, ...body]);
  return {
    bytes,
    end(count, how) {
      const isWhole = response.endsWithConnection
        ? how === "close" && count >= head.length
        : count === bytes.length;
      if (isWhole) return "ok";
      if (how === "reset") return "connection_reset";
      return count === 0 ? "no_response" : "truncated";
    },
  };
}

const WAYS: readonly (readonly [how: "close" | "reset", over: string, tls?: TlsSpec])[] = [
  ["close", "plain"],
  ["reset", "plain"],
  ["close", "TLS", { verify: true, caCerts: [ROOT] }],
  ["close", "unverified TLS", { verify: false, caCerts: [] }],
];

for (const response of RESPONSES) {
  for (const [how, over, tls] of WAYS) {
    // A handshake for every byte is worth it for the kinds of bodies, not for the rest.
    if (tls && !/length|chunks|close/.test(response.title)) continue;
    Deno.test(`an answer ${response.title} over ${over}, cut at every byte by ${how}, is told from a whole one`, async () => {
      const { bytes, end } = prepared(response);
      await using server = await startRawServer(async (connection, { head }) => {
        const count = Number(/\/(\d+) /.exec(head)![1]);
        if (count > 0) await connection.send(bytes.subarray(0, count));
        if (how === "close") connection.end();
        else {
          // A whole answer has been taken by then, and the reset finds an idle connection.
          if (count === bytes.length) await settle(20);
          connection.reset();
        }
      }, tls ? { tls: certificate("server") } : {});
      const counts = Array.from({ length: bytes.length + 1 }, (_, count) => count);
      const plan = planFor(
        counts.map((count) => `${server.origin}/${count}`),
        { kind: "requests", unit: "requests", amount: counts.length, connections: 1 },
        {
          step: { method: response.method ?? "GET" },
          client: { timeoutMs: 20_000, ...(tls && { tls }) },
        },
      );
      const result = await runLocally(plan, { threads: 1 });
      assertEquals(endsOf(result), counts.map((count) => end(count, how)));
      assertConserved(result, server, counts.length);
      assertEquals(overallStats(result).counts.unfinished, 0);
      await assertNothingOpen(server);
    });
  }
}
