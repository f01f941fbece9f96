/** The part of the client contract about well-formed requests and answers. */
import { DEFAULT_BODY_LIMIT_BYTES } from "../../src/lib/size_limits.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "@std/assert";
import { Exchange } from "../../src/client/exchange/http_client.ts";
import { FAILURE } from "../../src/metrics/failure.ts";
import { prepare, send } from "../_support/prepare.ts";
import { response } from "../_support/raw_server.ts";
import { assertConnections, clientTest, type ClientUnderTest } from "./contract.ts";
import { tempDir } from "../_support/temp_dir.ts";

interface ResponseCase {
  readonly title: string;
  readonly method?: string;
  readonly bytes: string;
  /** The server ends the connection behind the answer. */
  readonly ends?: true;
  readonly status: number;
  readonly bodyBytes: number;
  /** Where it is not that of the body: what it says of its length, or that it says nothing. */
  readonly declaredLength?: number | "none";
  /** Where it is not HTTP/1.1: `HttpClient`'s number for its protocol. */
  readonly protocol?: number;
}

const RESPONSES: readonly ResponseCase[] = [
  { title: "a declared body", bytes: response("hello"), status: 200, bodyBytes: 5, declaredLength: 5 },
  { title: "an empty body", bytes: response(""), status: 200, bodyBytes: 0, declaredLength: 0 },
  {
    title: "a chunked body",
    bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n",
    status: 200,
    bodyBytes: 6,
    declaredLength: "none",
  },
  {
    title: "a chunked body with trailers",
    bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
    status: 200,
    bodyBytes: 5,
    declaredLength: "none",
  },
  {
    title: "a body that ends with the connection",
    bytes: "HTTP/1.1 200 OK\r\n\r\nhello, all of you",
    ends: true,
    status: 200,
    bodyBytes: 17,
    declaredLength: "none",
  },
  {
    title: "HTTP/1.0",
    bytes: "HTTP/1.0 200 OK\r\n\r\nold",
    ends: true,
    status: 200,
    bodyBytes: 3,
    declaredLength: "none",
    protocol: 10,
  },
  {
    title: "204 without a body",
    bytes: "HTTP/1.1 204 No Content\r\n\r\n",
    status: 204,
    bodyBytes: 0,
    declaredLength: "none",
  },
  {
    title: "304 with a length but no body",
    bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
    status: 304,
    bodyBytes: 0,
    declaredLength: 99,
  },
  {
    title: "the answer to HEAD, with a length but no body",
    method: "HEAD",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
    status: 200,
    bodyBytes: 0,
    declaredLength: 99,
  },
  {
    title: "a redirect, which it does not follow",
    bytes: response("moved", { status: "302 Found", headers: ["Location: /elsewhere"] }),
    status: 302,
    bodyBytes: 5,
  },
  { title: "404", bytes: response("no", { status: "404 Not Found" }), status: 404, bodyBytes: 2 },
  { title: "500", bytes: response("oops", { status: "500 Oops" }), status: 500, bodyBytes: 4 },
  { title: "a status without a reason", bytes: response("x", { status: "299" }), status: 299, bodyBytes: 1 },
  {
    title: "interim answers before the final one",
    bytes: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response("ok")}`,
    status: 200,
    bodyBytes: 2,
  },
];

/** Registers the tests. */
export function responsesContract(under: ClientUnderTest): void {
  for (const testCase of RESPONSES) {
    const { title, bytes, method = "GET" } = testCase;
    clientTest(under, `reads ${title}, whole and byte by byte`, {
      run: async (client) => {
        await using server = await under.startServer(async (connection, { number }) => {
          if (number === 1) await connection.send(bytes);
          else await connection.sendInPieces(bytes);
          if (testCase.ends) connection.end();
        });
        for (const number of [1, 2]) {
          const out = await send(client, prepare(server.origin, { method }));
          assertEquals(out.failureDetail, "");
          assertEquals(out.failure, FAILURE.none);
          assertEquals(out.status, testCase.status);
          assertEquals(out.bodyBytes, testCase.bodyBytes);
          if (testCase.declaredLength !== "none") {
            assertEquals(out.declaredLength, testCase.declaredLength ?? testCase.bodyBytes);
          }
          if (under.tellsVersion) assertEquals(out.protocol, testCase.protocol ?? 11);
          if (under.countsConnectionBytes) assertEquals(out.bytesReceived, bytes.length);
          assertEquals(server.requests.length, number);
        }
      },
    });
  }

  clientTest(under, "reads every answer to a request that is sent again and again", {
    run: async (client) => {
      const responses = [
        response("hello", { headers: ["Date: 1"] }),
        response("hello", { headers: ["Date: 1"] }),
        response("hello", { headers: ["Date: 2"] }),
        response("hello!", { headers: ["Date: 2"] }),
        response("hello", { status: "500 No", headers: ["Date: 2"] }),
        response("hello", { status: "503 No", headers: ["Date: 2"] }),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        response("hello", { headers: ["Date: 1"] }),
      ];
      const bytes = responses.flatMap((text) => [text, text]);
      await using server = await under.startServer(async (connection, { number }) => {
        const text = bytes[number - 1]!;
        // The second of two equal answers arrives in two pieces.
        await connection.sendInPieces(text, number % 2 === 1 ? text.length : text.length - 3);
      });
      const request = prepare(server.origin, { isRepeated: true });
      const seen: unknown[] = [];
      for (let i = 0; i < bytes.length; i++) {
        const out = await send(client, request);
        assertEquals(out.failure, FAILURE.none);
        if (under.countsConnectionBytes) assertEquals(out.bytesReceived, bytes[i]!.length);
        seen.push([out.status, out.bodyBytes, out.declaredLength]);
      }
      const expected = [[200, 5, 5], [200, 5, 5], [200, 5, 5], [200, 6, 6], [500, 5, 5], [503, 5, 5], [
        200,
        3,
        -1,
      ]]
        .concat([[200, 5, 5]]);
      assertEquals(seen, expected.flatMap((row) => [row, row]));
    },
  });

  clientTest(under, "counts a large body exactly, declared and chunked", {
    run: async (client) => {
      const size = 10_000_000;
      const body = new Uint8Array(size).fill(65);
      await using server = await under.startServer(async (connection, { head }) => {
        if (head.startsWith("GET /declared")) {
          await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
          await connection.send(body);
        } else {
          await connection.send(
            `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n`,
          );
          await connection.send(body);
          await connection.send("\r\n0\r\n\r\n");
        }
      });
      for (const path of ["/declared", "/chunked"]) {
        const out = await send(client, prepare(server.origin + path));
        assertEquals([out.failure, out.status, out.bodyBytes], [FAILURE.none, 200, size]);
      }
      assertConnections(under, server, 1);
    },
  });

  clientTest(under, "sends method, path and query as given", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("")));
      await send(client, prepare(`${server.origin}/a%20b/c?x=1&y=%C3%A9`, { method: "DELETE" }));
      assertStringIncludes(server.requests[0]!.head, "DELETE /a%20b/c?x=1&y=%C3%A9 HTTP/1.1\r\n");
    },
  });

  clientTest(under, "sends bodies whole, with their length", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("")));
      const large = "x".repeat(300_000);
      const bodies = ["name=value", "é€", large];
      for (const body of bodies) {
        const out = await send(client, prepare(server.origin, { method: "POST", body }));
        assertEquals(out.failure, FAILURE.none);
        if (under.countsConnectionBytes) assertGreaterOrEqual(out.bytesSent, body.length);
      }
      assertEquals(server.requests.map(({ body }) => new TextDecoder().decode(body)), bodies);
      assertEquals(server.requests.map(({ head }) => Number(/content-length: (\d+)/i.exec(head)?.[1])), [
        10,
        5,
        large.length,
      ]);
    },
  });

  clientTest(under, "says that a POST without a body has none", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("")));
      await send(client, prepare(server.origin, { method: "POST" }));
      assert(/^content-length: 0$/im.test(server.requests[0]!.head));
    },
  });

  clientTest(under, "sends a file as body", {
    run: async (client) => {
      await using temp = await tempDir();
      const path = `${temp.path}/file`;
      await Deno.writeTextFile(path, "from a file ".repeat(20_000));
      const { size } = await Deno.stat(path);
      await using server = await under.startServer((connection) => connection.send(response("")));
      const body = { kind: "file", path, bytes: size } as const;
      const out = await send(client, prepare(server.origin, { method: "PUT", body }));
      assertEquals(out.failure, FAILURE.none);
      assertEquals(server.requests[0]!.body.length, size);
    },
  });

  clientTest(under, "sends all header fields, repeats in their order, and the caller's Host", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("")));
      const headers = [["X-Two", "1"], ["Host", "other.example"], ["x-one", "a  b"], ["X-Two", "2"]] as const;
      await send(client, prepare(server.origin, { headers }));
      const { head } = server.requests[0]!;
      const lines = head.split("\r\n").slice(1).filter((line) => /^(?:host|x-)/i.test(line));
      const sent = headers.map(([name, value]) => `${name}: ${value}`);
      if (under.keepsHeaders) assertEquals(lines, sent);
      else assertEquals(lines.toSorted(), sent.map((line) => line.replace(/^[^:]+/, lowerCase)).toSorted());
      assertEquals(lines.filter((line) => /^x-two/i.test(line)).map((line) => line.at(-1)), ["1", "2"]);
    },
  });

  clientTest(under, "does not ask for coded answers by itself", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("")));
      await send(client, prepare(server.origin));
      assert(!/^accept-encoding:.*(?:gzip|br|deflate)/im.test(server.requests[0]!.head));
    },
  });

  clientTest(under, "counts a gzip body that was asked for as it came", {
    run: async (client) => {
      const plain = new Blob(["a".repeat(10_000)]).stream().pipeThrough(new CompressionStream("gzip"));
      const coded = new Uint8Array(await new Response(plain).arrayBuffer());
      await using server = await under.startServer(async (connection) => {
        await connection.send(
          `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\n\r\n`,
        );
        await connection.send(coded);
      });
      for (const value of ["gzip", "identity"]) {
        const out = await send(client, prepare(server.origin, { headers: [["Accept-Encoding", value]] }));
        assertEquals([out.failure, out.bodyBytes], [FAILURE.none, coded.length]);
      }
    },
  });

  clientTest(under, "keeps head and body only when wanted", {
    run: async (client) => {
      const bytes = response("hello", {
        headers: ["X-Answer: forty-two", "Set-Cookie: a=1", "Set-Cookie: b=2"],
      });
      await using server = await under.startServer((connection) => connection.send(bytes));
      const kept = await send(client, prepare(server.origin, { wantsHead: true, wantsBody: true }));
      const head = new TextDecoder().decode(kept.head!);
      assert(/^HTTP\/(?:1\.1 200 OK|2 200)\r\n/.test(head), head);
      assert(/^x-answer: forty-two\r\n/im.test(head), head);
      assertEquals(head.match(/^set-cookie: .*$/gim)?.map((line) => line.slice(-3)), ["a=1", "b=2"]);
      assert(head.endsWith("\r\n\r\n"), head);
      assertEquals(new TextDecoder().decode(kept.body!), "hello");
      const plain = await send(client, prepare(server.origin));
      assertEquals([plain.head, plain.body], [null, null]);
    },
  });

  clientTest(under, "keeps the heads of answers that set cookies when only these are wanted", {
    run: async (client) => {
      let count = 0;
      await using server = await under.startServer((connection) => {
        const headers = ++count > 2 ? ["set-COOKIE: a=1"] : ["x-cookies: set"];
        return connection.send(response("hello", { headers }));
      });
      const request = prepare(server.origin, { isRepeated: true, wantsCookies: true });
      for (const isKept of [false, false, true, true]) {
        const { head, status } = await send(client, request);
        assertEquals([status, /^set-cookie: a=1\r$/im.test(new TextDecoder().decode(head ?? undefined))], [
          200,
          isKept,
        ]);
        assertEquals(head === null, !isKept);
      }
    },
  });

  clientTest(under, "keeps the start of a body that is too long to be kept, and counts all of it", {
    run: async (client) => {
      const size = DEFAULT_BODY_LIMIT_BYTES + 70_000;
      await using server = await under.startServer(async (connection) => {
        await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        await connection.send(new Uint8Array(size).fill(97));
      });
      const out = await send(client, prepare(server.origin, { wantsBody: true }));
      assertEquals([out.failure, out.bodyBytes, out.body!.length], [
        FAILURE.none,
        size,
        DEFAULT_BODY_LIMIT_BYTES,
      ]);
      assert(out.body!.every((byte) => byte === 97));
    },
  });

  clientTest(under, "keeps apart fields that repeat, and long ones whole", {
    run: async (client) => {
      const long = "v".repeat(20_000);
      const headers = ["Set-Cookie: a=1; Path=/", "Set-Cookie: b=2, c", `X-Long: ${long}`];
      for (let i = 0; i < 60; i++) headers.push(`X-Field-${i}: ${i}`);
      await using server = await under.startServer((connection) =>
        connection.send(response("x", { headers }))
      );
      const out = await send(client, prepare(server.origin, { wantsHead: true }));
      assertEquals(out.failure, FAILURE.none);
      const head = new TextDecoder().decode(out.head!);
      assertEquals(head.match(/^set-cookie: .*$/gim)?.map((line) => line.slice(12).trim()), [
        "a=1; Path=/",
        "b=2, c",
      ]);
      assertStringIncludes(head, long);
      assertEquals(head.match(/^x-field-\d+: \d+\r$/gim)?.length, 60);
    },
  });

  clientTest(under, "gives an empty body, not none, when one is wanted and the answer has none", {
    run: async (client) => {
      await using server = await under.startServer((connection) =>
        connection.send("HTTP/1.1 204 No Content\r\n\r\n")
      );
      const out = await send(client, prepare(server.origin, { wantsBody: true }));
      assertEquals(out.body?.length, 0);
    },
  });

  clientTest(under, "keeps a deadline while, and only while, an exchange is under way", {
    spec: { timeoutMs: 12_345 },
    run: async (client) => {
      const seen: number[] = [];
      await using server = await under.startServer((connection) => {
        seen.push(client.deadlineMs);
        return connection.send(response(""));
      });
      assertEquals(client.deadlineMs, Infinity);
      const out = new Exchange();
      let finished = 0;
      out.onFinished = () => finished++;
      const startMs = performance.now();
      out.reset(startMs, startMs);
      await client.exchange(prepare(server.origin), out);
      assertEquals(seen, [startMs + 12_345]);
      assertEquals(client.deadlineMs, Infinity);
      assertEquals(finished, 1);
      assertGreaterOrEqual(out.endMs, startMs);
    },
  });
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}
