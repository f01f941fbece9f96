/** The part of the client contract about connections: opened, used again, replaced, closed. */
import { assertEquals } from "@std/assert";
import { Exchange } from "../../src/client/exchange/http_client.ts";
import { CLIENT_CAPABILITIES } from "../../src/client/registry.ts";
import { FAILURE } from "../../src/metrics/failure.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { prepare, send } from "../_support/prepare.ts";
import { type RawConnection, response } from "../_support/raw_server.ts";
import { clientTest, type ClientUnderTest } from "./contract.ts";
import { settle } from "../_support/wait.ts";

/** Registers the tests. */
export function connectionsContract(under: ClientUnderTest): void {
  clientTest(under, "uses one connection for many requests", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("hi")));
      const connects: number[] = [];
      for (let i = 0; i < 20; i++) connects.push((await send(client, prepare(server.origin))).connects);
      assertEquals(server.connections, 1);
      assertEquals(server.requests.length, 20);
      assertEquals(connects, [1, ...new Array<number>(19).fill(0)]);
    },
  });

  clientTest(under, "opens a connection for every request without keep-alive, and says so", {
    spec: { keepAlive: false },
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("hi")));
      for (let i = 0; i < 3; i++) {
        const out = await send(client, prepare(server.origin, { client: { keepAlive: false } }));
        assertEquals([out.failure, out.connects], [FAILURE.none, 1]);
      }
      assertEquals(server.connections, 3);
      for (const { head } of server.requests) {
        assertEquals(/^connection: close$/im.test(head), !under.speaksHttp2);
      }
    },
  });

  clientTest(under, "opens a new connection after an answer that announced the end", {
    run: async (client) => {
      await using server = await under.startServer((connection) =>
        connection.end(response("hi", { headers: ["Connection: close"] }))
      );
      for (let i = 0; i < 3; i++) {
        const out = await send(client, prepare(server.origin));
        assertEquals([out.failure, out.connects, out.reconnected], [FAILURE.none, 1, false]);
      }
      assertEquals(server.connections, 3);
    },
  });

  clientTest(
    under,
    "opens a new connection after a request that announced the end, whatever the server says",
    {
      applies: under.endsWhenAsked,
      run: async (client) => {
        await using server = await under.startServer((connection) => connection.send(response("hi")));
        for (const value of ["Close", "keep-alive, close", "keep-alive"]) {
          const out = await send(client, prepare(server.origin, { headers: [["connection", value]] }));
          assertEquals([out.failure, out.connects], [FAILURE.none, 1]);
        }
        assertEquals([(await send(client, prepare(server.origin))).connects, server.connections], [0, 3]);
      },
    },
  );

  clientTest(under, "opens a new connection after a body that ended with the old one", {
    applies: !under.speaksHttp2,
    run: async (client) => {
      await using server = await under.startServer((connection) =>
        connection.end("HTTP/1.1 200 OK\r\n\r\nall of it")
      );
      for (let i = 0; i < 3; i++) {
        const out = await send(client, prepare(server.origin));
        assertEquals([out.failure, out.bodyBytes, out.connects], [FAILURE.none, 9, 1]);
      }
      assertEquals(server.connections, 3);
    },
  });

  for (const ending of ["end", "reset"] as const) {
    clientTest(under, `repeats a GET when a connection in use ends by ${ending} before the answer`, {
      run: async (client) => {
        await using server = await under.startServer((connection, { number }) => {
          if (number === 2) connection[ending]();
          else return connection.send(response("hi"));
        });
        await send(client, prepare(server.origin));
        const out = await send(client, prepare(server.origin));
        assertEquals([out.failure, out.failureDetail, out.status], [FAILURE.none, "", 200]);
        assertEquals([server.connections, server.requests.length], [2, 3]);
      },
    });

    clientTest(under, `does not repeat a POST when a connection in use ends by ${ending}`, {
      applies: under.protectsPosts,
      run: async (client) => {
        await using server = await under.startServer((connection, { number }) => {
          if (number === 2) connection[ending]();
          else return connection.send(response("hi"));
        });
        await send(client, prepare(server.origin));
        const out = await send(client, prepare(server.origin, { method: "POST", body: "once" }));
        assertEquals(out.failure, ending === "end" ? FAILURE.no_response : FAILURE.connection_reset);
        assertEquals(server.requests.length, 2);
      },
    });
  }

  clientTest(under, "repeats a GET once, not for ever", {
    run: async (client) => {
      await using server = await under.startServer((connection, { number }) => {
        if (number > 1) connection.end();
        else return connection.send(response("hi"));
      });
      await send(client, prepare(server.origin));
      const out = await send(client, prepare(server.origin));
      assertEquals(out.failure, FAILURE.no_response);
      assertEquals(server.requests.length, 3);
    },
  });

  clientTest(under, "replaces a connection that the server closed while it lay idle", {
    run: async (client) => {
      const connections: RawConnection[] = [];
      await using server = await under.startServer((connection) => {
        connections.push(connection);
        return connection.send(response("hi"));
      });
      await send(client, prepare(server.origin));
      connections[0]!.end();
      await Promise.race([connections[0]!.closed, turn()]);
      const out = await send(client, prepare(server.origin));
      assertEquals([out.failure, out.status], [FAILURE.none, 200]);
      assertEquals(server.connections, 2);
    },
  });

  clientTest(under, "keeps a connection for each of several servers", {
    run: async (client) => {
      await using first = await under.startServer((connection) => connection.send(response("1")));
      await using second = await under.startServer((connection) => connection.send(response("22")));
      const sizes: number[] = [];
      for (const origin of [first.origin, second.origin, first.origin, second.origin]) {
        sizes.push((await send(client, prepare(origin))).bodyBytes);
      }
      assertEquals(sizes, [1, 2, 1, 2]);
      assertEquals([first.connections, second.connections], [1, 1]);
    },
  });

  clientTest(under, "keeps connections to 64 servers, and closes the oldest for another", {
    spec: { resolve: [{ host: "", port: 0, toHost: "127.0.0.1", toPort: 0 }] },
    applies: CLIENT_CAPABILITIES[under.kind].resolve,
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("hi")));
      const connectsTo = async (host: number) => {
        const out = await send(client, prepare(`http://h${host}.test:${server.port}/`));
        assertEquals([out.failure, out.status], [FAILURE.none, 200]);
        return out.connects;
      };
      for (let host = 1; host <= 70; host++) assertEquals(await connectsTo(host), 1);
      assertEquals([await connectsTo(7), await connectsTo(70), await connectsTo(6)], [0, 0, 1]);
      for (let turns = 0; server.open > 64 && turns < 500; turns++) await turn();
      assertEquals(server.open, 64);
    },
  });

  clientTest(under, "closes its connections and can be used again", {
    run: async (client) => {
      const closed: Promise<void>[] = [];
      await using server = await under.startServer((connection) => {
        closed.push(connection.closed);
        return connection.send(response("hi"));
      });
      await send(client, prepare(server.origin));
      client.close();
      await closed[0];
      const out = await send(client, prepare(server.origin));
      assertEquals([out.failure, out.status, out.connects], [FAILURE.none, 200, 1]);
      assertEquals(server.connections, 2);
    },
  });

  clientTest(under, "warms up without sending anything, and without an exception when nobody listens", {
    run: async (client) => {
      await using server = await under.startServer((connection) => connection.send(response("hi")));
      await client.warm(prepare(server.origin), new Exchange());
      assertEquals(server.requests.length, 0);
      const out = await send(client, prepare(server.origin));
      assertEquals([out.failure, server.connections], [FAILURE.none, 1]);
      await server.close();
      client.close();
      await client.warm(prepare(server.origin), new Exchange());
      assertEquals(client.deadlineMs, Infinity);
    },
  });

  clientTest(under, "shares no connection with another user's client", {
    run: async (client) => {
      const other = under.makeClient({ ...PLAIN_CLIENT, kind: under.kind, http2: under.speaksHttp2 });
      try {
        await using server = await under.startServer((connection) => connection.send(response("hi")));
        await Promise.all([send(client, prepare(server.origin)), send(other, prepare(server.origin))]);
        assertEquals(server.connections, 2);
      } finally {
        other.close();
      }
    },
  });
}

/** Lets everything that is ready run. */
function turn(): Promise<void> {
  return settle(20);
}
