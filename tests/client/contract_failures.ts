/** The part of the client contract about servers that answer badly or not at all. */
import { assert, assertEquals } from "@std/assert";
import { Exchange } from "../../src/client/exchange/http_client.ts";
import { FAILURE, FAILURE_KINDS, type FailureName } from "../../src/metrics/failure.ts";
import { REFUSING_PORT } from "../_support/peers.ts";
import { prepare, send } from "../_support/prepare.ts";
import { type RawHandler, response } from "../_support/raw_server.ts";
import { clientTest, type ClientUnderTest } from "./contract.ts";
import { settle } from "../_support/wait.ts";

interface FailureCase {
  readonly title: string;
  readonly handler: RawHandler;
  readonly kind: FailureName;
  /** Cannot be said in HTTP/2. */
  readonly isHttp1?: true;
}

/** Sends bytes and closes. */
function ending(bytes: string): RawHandler {
  return (connection) => connection.end(bytes);
}

/** Sends the start of an answer and resets once the client has had the time to read it. */
const resetAmidBody: RawHandler = async (connection) => {
  await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
  await settle(20);
  connection.reset();
};

const FAILURES: readonly FailureCase[] = [
  { title: "closed without a response", handler: (connection) => connection.end(), kind: "no_response" },
  { title: "reset before an answer", handler: (connection) => connection.reset(), kind: "connection_reset" },
  { title: "head cut short", handler: ending("HTTP/1.1 200 OK\r\nContent-Le"), kind: "truncated" },
  {
    title: "declared body cut short",
    handler: ending("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
    kind: "truncated",
  },
  {
    title: "chunk cut short",
    handler: ending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
    kind: "truncated",
  },
  {
    title: "chunked body without its last chunk",
    handler: ending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
    kind: "truncated",
  },
  { title: "reset amid the body", handler: resetAmidBody, kind: "connection_reset" },
  { title: "not HTTP", handler: ending("SSH-2.0-OpenSSH_9.2\r\n\r\n"), kind: "not_http", isHttp1: true },
  {
    title: "HTTP/2 spoken unasked",
    handler: ending("HTTP/2.0 200 OK\r\n\r\n"),
    kind: "not_http",
    isHttp1: true,
  },
  {
    title: "header line without a colon",
    handler: ending("HTTP/1.1 200 OK\r\nFoo bar\r\nContent-Length: 0\r\n\r\n"),
    kind: "bad_header",
    isHttp1: true,
  },
  {
    title: "two lengths that differ",
    handler: ending("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
    kind: "bad_length",
    isHttp1: true,
  },
  {
    title: "length that is no number",
    handler: ending("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabc"),
    kind: "bad_length",
    isHttp1: true,
  },
  {
    title: "chunk size that is no number",
    handler: ending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
    kind: "bad_chunk",
    isHttp1: true,
  },
  {
    title: "endless head",
    handler: ending(`HTTP/1.1 200 OK\r\nX: ${"a".repeat(1_000_000)}\r\n\r\n`),
    kind: "head_too_large",
    isHttp1: true,
  },
];

/** Registers the tests. */
export function failuresContract(under: ClientUnderTest): void {
  for (const { title, handler, kind, isHttp1 = false } of FAILURES) {
    clientTest(under, `reports ${title} as a failure and works on`, {
      applies: !(isHttp1 && under.speaksHttp2),
      run: async (client) => {
        let isBad = true;
        await using server = await under.startServer((connection, request) =>
          isBad ? handler(connection, request) : connection.send(response("fine"))
        );
        const out = await send(client, prepare(server.origin));
        assertEquals(nameOf(out.failure), under.reportsAs[title] ?? kind);
        assertEquals(server.requests.length, 1);
        isBad = false;
        const next = await send(client, prepare(server.origin));
        assertEquals([nameOf(next.failure), next.status, server.connections], ["none", 200, 2]);
      },
    });
  }

  clientTest(under, "reports a refused connection", {
    run: async (client) => {
      const out = await send(client, prepare(`http://127.0.0.1:${REFUSING_PORT}/`));
      assertEquals([nameOf(out.failure), out.status], ["connection_refused", 0]);
      assert(out.failureDetail !== "");
    },
  });

  clientTest(under, "reports a name that does not exist", {
    run: async (client) => {
      const out = await send(client, prepare("http://no-such-host.invalid/"));
      assertEquals(nameOf(out.failure), "dns");
    },
  });

  clientTest(under, "is not misled by words in the URL", {
    run: async (client) => {
      const path = "/certificate/proxy/reset/content-length";
      const out = await send(client, prepare(`http://127.0.0.1:${REFUSING_PORT}${path}`));
      assertEquals(nameOf(out.failure), "connection_refused");
    },
  });

  clientTest(under, "reports a body file that is not there, and sends nothing", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("")));
      const body = { kind: "file", path: "/no/such/file", bytes: 10 } as const;
      const out = await send(client, prepare(server.origin, { method: "PUT", body }));
      assertEquals(nameOf(out.failure), "request_body");
      assertEquals(server.requests.length, 0);
    },
  });

  for (const place of ["before the answer", "amid the body"]) {
    clientTest(under, `ends an exchange that is aborted ${place} with the given failure`, {
      run: async (client) => {
        const { promise: arrived, resolve: onArrived } = Promise.withResolvers<void>();
        const closed: Promise<void>[] = [];
        await using server = await under.startServer(async (connection, { number }) => {
          closed.push(connection.closed);
          if (number > 1) return connection.send(response("fine"));
          if (place === "amid the body") {
            await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
          }
          onArrived();
        });
        const exchange = send(client, prepare(server.origin));
        await arrived;
        if (place === "amid the body") await settle(20);
        client.abort(FAILURE.timeout);
        assertEquals(nameOf((await exchange).failure), "timeout");
        assertEquals(client.deadlineMs, Infinity);
        if (!under.speaksHttp2) await closed[0];
        const next = await send(client, prepare(server.origin));
        assertEquals([nameOf(next.failure), next.status], ["none", 200]);
      },
    });
  }

  clientTest(under, "ignores an abort when no exchange is under way", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("hi")));
      client.abort(FAILURE.timeout);
      await send(client, prepare(server.origin));
      client.abort(FAILURE.timeout);
      const out = await send(client, prepare(server.origin));
      assertEquals([nameOf(out.failure), out.status, server.connections], ["none", 200, 1]);
    },
  });

  clientTest(under, "ends the exchange under way when it is closed", {
    run: async (client) => {
      const { promise: arrived, resolve: onArrived } = Promise.withResolvers<void>();
      await using server = await under.startServer(() => onArrived());
      const exchange = send(client, prepare(server.origin));
      await arrived;
      client.close();
      const out = await exchange;
      assert(out.failure !== FAILURE.none);
      assertEquals(out.status, 0);
      await server.close();
    },
  });

  clientTest(under, "forgets a failure when the exchange object is used again", {
    run: async (client) => {
      await using server = await under.startServer((connection, { number }) => {
        if (number === 1) connection.end();
        else return connection.send(response("hi"));
      });
      const out = new Exchange();
      for (const expected of ["no_response", "none"]) {
        out.reset(performance.now(), performance.now());
        await client.exchange(prepare(server.origin), out);
        assertEquals(nameOf(out.failure), expected);
      }
      assertEquals(out.failureDetail, "");
    },
  });
}

function nameOf(failure: number): FailureName {
  return FAILURE_KINDS[failure]!.name;
}
