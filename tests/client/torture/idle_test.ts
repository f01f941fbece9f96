/** What arrives on an open connection between two requests (RFC 9112, 6.3 and 9.5). */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { RawClient } from "../../../src/client/http1/http1_client.ts";
import { Dialer } from "../../../src/client/net/dialer.ts";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { SOCKETS } from "../../_support/sockets.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { type RawConnection, response, startRawServer } from "../../_support/raw_server.ts";
import { pause, settle, until } from "../../_support/wait.ts";

const POST = { method: "POST", body: "once" } as const;

/** Does something to an idle connection and waits until the other end may be assumed to have been told. */
interface Event {
  readonly title: string;
  readonly act: (connection: RawConnection) => void | Promise<void>;
  readonly end: string;
}

const EVENTS: readonly Event[] = [
  { title: "closed", act: (connection) => connection.end(), end: "none" },
  { title: "reset", act: (connection) => connection.reset(), end: "none" },
  {
    title: "closed with 408",
    act: (connection) => connection.end(response("", { status: "408 Request Timeout" })),
    end: "none",
  },
  {
    title: "sent another answer",
    act: (connection) => connection.send(response("two")),
    end: "unexpected_bytes",
  },
  { title: "sent an empty line", act: (connection) => connection.send("\r\n"), end: "unexpected_bytes" },
  { title: "sent garbage and closed", act: (connection) => connection.end("\0"), end: "unexpected_bytes" },
];

const KINDS: readonly (readonly [name: string, tls: ClientSpec["tls"] | null])[] = [
  ["plain", null],
  ["TLS", { verify: true, caCerts: [ROOT] }],
  ["unverified TLS", { verify: false, caCerts: [] }],
];

for (
  const [name, tls, sockets] of KINDS.flatMap(([name, tls]) =>
    SOCKETS.map((own) => [name, tls, own] as const)
  )
) {
  for (const { title, act, end } of EVENTS) {
    for (const isRepeated of [true, false]) {
      const way = isRepeated ? "the fast way" : "the full way";
      Deno.test(`RawClient, ${way}, finds a ${name} connection of ${sockets} sockets ${title} before it sends a POST on it`, async () => {
        const connections: RawConnection[] = [];
        await using server = await startRawServer((connection) => {
          connections.push(connection);
          return connection.send(response("one"));
        }, tls ? { tls: certificate("server") } : {});
        const spec: ClientSpec = { ...PLAIN_CLIENT, sockets, timeoutMs: 20_000, ...(tls && { tls }) };
        const client = new RawClient(spec, new Dialer(spec));
        const request = prepare(server.origin, { ...POST, isRepeated });
        await send(client, request);
        await act(connections[0]!);
        // Longer than the loopback needs; were it too short, the answer would be that of a live connection.
        await settle(50);
        const out = await send(client, request);
        assertEquals(FAILURE_KINDS[out.failure]!.name, end);
        assertEquals(out.reconnected, end === "none");
        // What failed was never sent; what did not was sent once.
        assertEquals(server.requests.length, end === "none" ? 2 : 1);
        const next = await send(client, request);
        assertEquals([FAILURE_KINDS[next.failure]!.name, next.status], ["none", 200]);
        client.close();
      });
    }
  }
}

for (const sockets of SOCKETS) {
  Deno.test(`RawClient replaces a connection that was closed between warming up and the first request, ${sockets} sockets`, async () => {
    const connections: RawConnection[] = [];
    await using server = await startRawServer((connection) => connection.send(response("one")), {
      onConnection: (connection) => void connections.push(connection),
    });
    const client = new RawClient(PLAIN_CLIENT, new Dialer({ ...PLAIN_CLIENT, sockets }));
    const request = prepare(server.origin, POST);
    await client.warm(request, new Exchange());
    await until(() => connections.length > 0);
    connections[0]!.end();
    await settle(50);
    const out = await send(client, request);
    client.close();
    assertEquals([out.status, out.reconnected, server.requests.length], [200, true, 1]);
  });

  Deno.test(`RawClient takes what a server says at once on a new connection for its answer, ${sockets} sockets`, async () => {
    await using server = await startRawServer(() => {}, {
      onConnection: (connection) => connection.send(response("full", { status: "503 Full" })),
    });
    const client = new RawClient(PLAIN_CLIENT, new Dialer({ ...PLAIN_CLIENT, sockets }));
    const request = prepare(server.origin);
    await client.warm(request, new Exchange());
    await settle(50);
    const out = await send(client, request);
    client.close();
    assertEquals([out.failure, out.status], [0, 503]);
  });

  Deno.test(`RawClient under full load soon finds that answers come twice, ${sockets} sockets`, async () => {
    await using server = await startRawServer(async (connection, { number }) => {
      await connection.send(response("one"));
      // A turn apart, so that the first is read alone.
      if (number === 1) setTimeout(() => void connection.send(response("more")), 5);
      else await pause(1);
    });
    const client = new RawClient(PLAIN_CLIENT, new Dialer({ ...PLAIN_CLIENT, sockets }));
    const request = prepare(server.origin, { isRepeated: true });
    const out = new Exchange();
    let found = -1;
    for (let i = 0; i < 200 && found < 0; i++) {
      // No time passes between the end of an exchange and the start of the next, as in a closed loop.
      out.reset(out.endMs, i === 0 ? performance.now() : out.endMs);
      await client.exchange(request, out);
      if (FAILURE_KINDS[out.failure]!.name === "unexpected_bytes") found = i;
      // The server shares the thread, and native sockets give it no turn of their own.
      if (sockets === "native") await pause(0);
    }
    client.close();
    assertGreaterOrEqual(found, 0, `found at ${found}`);
    assertLessOrEqual(found, 128, `found at ${found}`);
  });
}
