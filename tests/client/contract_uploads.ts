/** The part of the client contract about request bodies that lie in files, or wait for 100 (Continue). */
import { assertEquals, assertGreaterOrEqual, assertLess, assertStringIncludes } from "@std/assert";
import { headText } from "../../src/client/http1/encode_request.ts";
import { FAILURE } from "../../src/metrics/failure.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { prepare, send } from "../_support/prepare.ts";
import { response } from "../_support/raw_server.ts";
import { clientTest, type ClientUnderTest } from "./contract.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

/** A file for the length of a test. */
async function withFile(bytes: Uint8Array, run: (path: string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  const path = `${temp.path}/file`;
  await Deno.writeFile(path, bytes);
  await run(path);
}

/** A comparison that takes no time with large bodies. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function numbered(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i >> 8) ^ i);
}

/** Registers the tests. */
export function uploadsContract(under: ClientUnderTest): void {
  clientTest(under, "sends the very bytes of a large file, and counts them", {
    run: async (client) => {
      const bytes = numbered(3_000_001);
      await withFile(bytes, async (path) => {
        await using server = await under.startServer((connection) => connection.send(response("got it")));
        const body = { kind: "file", path, bytes: bytes.length } as const;
        const out = await send(client, prepare(server.origin, { method: "POST", body, client: NEVER_ASKS }));
        assertEquals([out.failure, out.status], [FAILURE.none, 200]);
        assertEquals(equal(server.requests[0]!.body, bytes), true);
        assertGreaterOrEqual(out.bytesSent, bytes.length);
      });
    },
  });

  clientTest(under, "fails of a file that has become shorter, and says so", {
    run: async (client) => {
      await withFile(numbered(100_000), async (path) => {
        await using server = await under.startServer((connection) => connection.send(response("")));
        const body = { kind: "file", path, bytes: 100_010 } as const;
        const out = await send(client, prepare(server.origin, { method: "PUT", body }));
        assertEquals(out.failure, FAILURE.request_body);
        assertStringIncludes(out.failureDetail, "10 bytes shorter than 100010");
        assertEquals(server.requests.length, 0);
        assertEquals(client.deadlineMs, Infinity);
        const next = await send(client, prepare(server.origin));
        assertEquals([next.failure, next.failureDetail, next.status], [FAILURE.none, "", 200]);
      });
    },
  });

  clientTest(under, "sends no more of a file that has grown than was announced", {
    run: async (client) => {
      await withFile(numbered(100_000), async (path) => {
        await using server = await under.startServer((connection) => connection.send(response("")));
        const body = { kind: "file", path, bytes: 70_000 } as const;
        for (let i = 0; i < 2; i++) {
          const out = await send(client, prepare(server.origin, { method: "PUT", body }));
          assertEquals(out.failure, FAILURE.none);
        }
        assertEquals(server.requests.map((request) => request.body.length), [70_000, 70_000]);
      });
    },
  });

  clientTest(under, "takes an answer that comes before the body was sent, and works on", {
    applies: !under.speaksHttp2,
    run: async (client) => {
      const early = response("no", { status: "413 Content Too Large", headers: ["Connection: close"] });
      await using server = await under.startServer(() => {}, {
        onConnection: ({ number, ...connection }) => connection.send(number === 1 ? early : response("fine")),
      });
      const request = prepare(server.origin, { method: "POST", body: "x".repeat(900_000) });
      const out = await send(client, request);
      assertEquals([out.failure, out.status, out.bodyBytes], [FAILURE.none, 413, 2]);
      const next = await send(client, prepare(server.origin));
      assertEquals([next.failure, next.status], [FAILURE.none, 200]);
      assertEquals(server.connections, 2);
    },
  });

  clientTest(under, "sends one file for many users at once", {
    run: async () => {
      const bytes = numbered(1_500_000);
      await withFile(bytes, async (path) => {
        await using server = await under.startServer((connection) => connection.send(response("got it")));
        const body = { kind: "file", path, bytes: bytes.length } as const;
        const request = prepare(server.origin, { method: "PUT", body, client: NEVER_ASKS });
        const spec = { ...PLAIN_CLIENT, kind: under.kind, http2: under.speaksHttp2, timeoutMs: 20_000 };
        const clients = Array.from({ length: 6 }, () => under.makeClient(spec));
        const results = await Promise.all(clients.map((client) => send(client, request)));
        for (const client of clients) client.close();
        assertEquals(results.map(({ failure, status }) => [failure, status]), clients.map(() => [0, 200]));
        for (const { body } of server.requests) assertEquals(equal(body, bytes), true);
      });
    },
  });

  const asks = under.asksForContinue;
  for (
    const [title, size, spec, isAsked] of [
      ["does not ask before a body unless told to", 1_048_577, {}, false],
      ["does not ask when told not to", 1_048_577, { expectContinue: false }, false],
      ["asks before any body when told to", 3, { expectContinue: true }, true],
      ["does not ask before no body at all", 0, { expectContinue: true }, false],
    ] as const
  ) {
    clientTest(under, `${title}, and sends it on 100`, {
      applies: asks,
      run: async (client) => {
        const seen: boolean[] = [];
        await using server = continuingServer("100 Continue", seen);
        const body = "x".repeat(size);
        const request = prepare(server.origin, { method: "POST", body, client: spec });
        for (let i = 0; i < 2; i++) {
          const out = await send(client, request);
          assertEquals([out.failureDetail, out.status], ["", 200]);
        }
        assertEquals(seen, [isAsked, isAsked]);
        assertEquals(server.lengths, [size, size]);
        assertEquals(server.connections(), 1);
      },
    });
  }

  clientTest(
    under,
    "sends the request again without asking when the server answers 417, and never asks it again",
    {
      applies: asks,
      run: async (client) => {
        const seen: boolean[] = [];
        await using server = continuingServer("417 Expectation Failed", seen);
        const request = prepare(server.origin, {
          method: "POST",
          body: "x".repeat(100_000),
          headers: [["Expect", "100-continue"], ["X-A", "b"]],
        });
        for (let i = 0; i < 3; i++) {
          const out = await send(client, request);
          assertEquals([out.failureDetail, out.status, out.wasRefused], ["", 200, i === 0]);
        }
        assertEquals([seen, server.lengths], [[true, false, false, false], [100_000, 100_000, 100_000]]);
      },
    },
  );

  for (const status of ["413 Content Too Large", "401 Unauthorized", "200 OK"]) {
    clientTest(under, `sends no body when ${status} comes instead of 100, and closes the connection`, {
      applies: asks,
      run: async (client) => {
        await using server = continuingServer(status, []);
        const request = prepare(server.origin, {
          method: "POST",
          body: "x",
          client: { expectContinue: true },
        });
        const out = await send(client, request);
        assertEquals([out.failure, out.status], [FAILURE.none, Number(status.slice(0, 3))]);
        assertEquals(out.bytesSent, headText(request, { keepAlive: true }).length);
        await send(client, request);
        assertEquals([server.connections(), server.lengths], [2, []]);
      },
    });
  }

  clientTest(under, "sends the body after a second without a response, and later ones at once", {
    applies: asks,
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("late")));
      const request = prepare(server.origin, { method: "POST", body: "x", client: { expectContinue: true } });
      const out = await send(client, request);
      assertEquals([out.failure, out.status], [FAILURE.none, 200]);
      assertGreaterOrEqual(out.endMs - out.startMs, 990);
      assertLess(out.endMs - out.startMs, 10_000);
      assertEquals(new TextDecoder().decode(server.requests[0]!.body), "x");
      const before = performance.now();
      for (let i = 0; i < 5; i++) {
        const again = await send(client, request);
        assertEquals([again.failure, again.status], [FAILURE.none, 200]);
      }
      assertLess(performance.now() - before, 4900);
    },
  });

  clientTest(under, "times the first byte of the answer, not that of 100", {
    applies: asks,
    spec: { phases: true },
    run: async (client) => {
      await using server = continuingServer("100 Continue", [], 80);
      const spec = { expectContinue: true, phases: true };
      const out = await send(client, prepare(server.origin, { method: "POST", body: "x", client: spec }));
      assertEquals(out.failure, FAILURE.none);
      assertGreaterOrEqual(out.ttfbMs, 75);
      assertLess(out.transferMs, out.ttfbMs);
    },
  });
}

const NEVER_ASKS = { expectContinue: false };

interface ContinuingServer extends AsyncDisposable {
  readonly origin: string;
  /** Lengths of the bodies received. */
  readonly lengths: readonly number[];
  connections(): number;
}

/** Answers a head that asks with a status, and what follows on 100 after `delayMs`; notes for each head if it asked. */
function continuingServer(
  status: string,
  seen: boolean[],
  delayMs = 0,
): ContinuingServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const lengths: number[] = [];
  const serving: Promise<void>[] = [];
  const open = new Set<Deno.TcpConn>();
  let connections = 0;
  const accepting = (async () => {
    for await (const conn of listener) {
      connections++;
      open.add(conn);
      serving.push(serve(conn).catch(() => {}).finally(() => open.delete(conn)));
    }
  })();

  async function serve(conn: Deno.TcpConn): Promise<void> {
    const encoder = new TextEncoder();
    let text = "";
    const more = async () => {
      const buffer = new Uint8Array(65_536);
      const got = await conn.read(buffer);
      if (got === null) throw new Error("closed");
      text += new TextDecoder("latin1").decode(buffer.subarray(0, got));
    };
    while (true) {
      while (!text.includes("\r\n\r\n")) await more();
      const headEnd = text.indexOf("\r\n\r\n") + 4;
      const head = text.slice(0, headEnd);
      const asks = /^expect: 100-continue$/im.test(head);
      seen.push(asks);
      text = text.slice(headEnd);
      if (asks) {
        if (text !== "") throw new Error("a body before 100");
        const isFinal = !status.startsWith("100");
        await conn.write(
          encoder.encode(`HTTP/1.1 ${status}\r\n${isFinal ? "Content-Length: 0\r\n" : ""}\r\n`),
        );
        if (isFinal) {
          await more();
          lengths.push(text.length);
        }
      }
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
      while (text.length < length) await more();
      text = text.slice(length);
      lengths.push(length);
      if (delayMs > 0) await pause(delayMs);
      await conn.write(encoder.encode(response("got it")));
    }
  }

  return {
    origin: `http://127.0.0.1:${listener.addr.port}`,
    lengths,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) conn.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}
