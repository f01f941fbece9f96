/**
 * Connections are opened where they are meant to go: names, rules, addresses of this machine, Unix sockets.
 */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { createServer, type Server } from "node:net";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { Dialer, type DialerSources } from "../../../src/client/net/dialer.ts";
import { RawClient } from "../../../src/client/http1/http1_client.ts";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { tempDir } from "../../_support/temp_dir.ts";
import { pause, settle } from "../../_support/wait.ts";

/** Names and a clock that a test sets. */
class FakeSources implements Pick<DialerSources, "lookUp" | "now"> {
  nowMs = 0;
  readonly asked: string[] = [];
  names: Readonly<Record<string, readonly string[]>>;

  constructor(names: Readonly<Record<string, readonly string[]>> = {}) {
    this.names = names;
  }

  readonly lookUp = (host: string, family: 0 | 4 | 6): Promise<readonly string[]> => {
    this.asked.push(`${host}/${family}`);
    const found = this.names[host];
    return found ? Promise.resolve(found) : Promise.reject(new Error("ENOTFOUND"));
  };

  readonly now = () => this.nowMs;
}

/** Connects and closes again; resolves to what was noted. */
async function dial(dialer: Dialer, url: string): Promise<Exchange> {
  const out = new Exchange();
  const socket = await dialer.dial(new URL(url), out, new AbortController().signal);
  socket?.close();
  return out;
}

function failureName(out: Exchange): string {
  return FAILURE_KINDS[out.failure]!.name;
}

function dialerFor(changes: Partial<ClientSpec>, sources?: Partial<DialerSources>): Dialer {
  return new Dialer({ ...PLAIN_CLIENT, ...changes }, sources);
}

Deno.test("Dialer uses the addresses of a name in turn", async () => {
  await using server = await startRawServer(() => {}, { hostname: "0.0.0.0" });
  const sources = new FakeSources({ "a.test": ["127.0.0.1", "127.0.0.2", "127.0.0.3"] });
  const dialer = dialerFor({}, sources);
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) seen.push((await dial(dialer, `http://a.test:${server.port}/`)).address);
  assertEquals(seen.map((address) => address.slice(-1)).join(""), "123123");
  assertEquals(sources.asked, ["a.test/0"]);
});

Deno.test("Dialer passes over an address that refuses, for ten seconds", async () => {
  await using server = await startRawServer(() => {});
  const sources = new FakeSources({ "a.test": ["127.0.0.2", "127.0.0.1"] });
  const dialer = dialerFor({}, sources);
  const url = `http://a.test:${server.port}/`;
  for (let i = 0; i < 4; i++) {
    const out = await dial(dialer, url);
    assertEquals([failureName(out), out.address], ["none", "127.0.0.1"]);
  }
  await using delayed = await startOn("127.0.0.2", server.port);
  assertEquals((await dial(dialer, url)).address, "127.0.0.1");
  sources.nowMs = 10_001;
  const later = [await dial(dialer, url), await dial(dialer, url)].map((out) => out.address);
  assertEquals(later.sort(), ["127.0.0.1", "127.0.0.2"]);
  assert(delayed.listening);
});

Deno.test("Dialer reports a refusal when every address refuses", async () => {
  const dialer = dialerFor({}, new FakeSources({ "a.test": ["127.0.0.2", "127.0.0.1"] }));
  const url = `http://a.test:${REFUSING_PORT}/`;
  for (let i = 0; i < 2; i++) assertEquals(failureName(await dial(dialer, url)), "connection_refused");
});

Deno.test("Dialer looks names up once, or again when they are older than told", async () => {
  await using server = await startRawServer(() => {}, { hostname: "0.0.0.0" });
  for (const [dnsRefreshMs, lookUps] of [[undefined, 1], [1000, 2]] as const) {
    const sources = new FakeSources({ "a.test": ["127.0.0.1"] });
    const dialer = dialerFor(dnsRefreshMs === undefined ? {} : { dnsRefreshMs }, sources);
    const url = `http://a.test:${server.port}/`;
    const first = await dial(dialer, url);
    sources.nowMs = 999;
    const second = await dial(dialer, url);
    sources.names = { "a.test": ["127.0.0.9"] };
    sources.nowMs = 1000;
    const third = await dial(dialer, url);
    assertEquals([first, second, third].map((out) => out.dnsMs >= 0), [true, false, lookUps === 2]);
    assertEquals(third.address, lookUps === 2 ? "127.0.0.9" : "127.0.0.1");
    assertEquals(sources.asked.length, lookUps);
  }
});

Deno.test("Dialer forgets the address of earlier connections when a name is not found", async () => {
  const out = new Exchange();
  out.address = "127.0.0.1";
  const socket = await dialerFor({}, new FakeSources()).dial(
    new URL("http://a.test/"),
    out,
    new AbortController().signal,
  );
  assertEquals([socket, failureName(out), out.address], [null, "dns", ""]);
});

Deno.test("Dialer asks for the wanted family only", async () => {
  const sources = new FakeSources({ "a.test": ["127.0.0.1"] });
  const url = `http://a.test:${REFUSING_PORT}/`;
  await dial(dialerFor({ family: 4 }, sources), url);
  await dial(dialerFor({ family: 6 }, sources), url);
  assertEquals(sources.asked, ["a.test/4", "a.test/6"]);
});

Deno.test("Dialer follows the first matching rule, and Host stays that of the URL", async () => {
  await using server = await startRawServer((connection) => connection.send(response("ok")));
  const sources = new FakeSources();
  const spec: ClientSpec = {
    ...PLAIN_CLIENT,
    resolve: [
      { host: "a.test", port: 81, toHost: "127.0.0.1", toPort: REFUSING_PORT },
      { host: "a.test", port: 0, toHost: "127.0.0.1", toPort: server.port },
      { host: "", port: 80, toHost: "127.0.0.1", toPort: REFUSING_PORT },
    ],
  };
  const client = new RawClient(spec, new Dialer(spec, sources));
  const out = await send(client, prepare("http://a.test/x", { headers: [["Host", "a.test"]] }));
  client.close();
  assertEquals([out.status, out.dnsMs, sources.asked], [200, -1, []]);
  assertMatch(server.requests[0]!.head, /^Host: a\.test\r?$/m);
});

for (const sni of [undefined, "localhost"]) {
  Deno.test(`Dialer checks certificates against ${sni ?? "the URL's name"} wherever a rule leads`, async () => {
    await using server = await startRawServer((connection) => connection.send(response("ok")), {
      tls: certificate("server"),
    });
    const dialer = dialerFor({
      tls: { verify: true, caCerts: [ROOT], ...(sni && { sni }) },
      resolve: [{ host: "", port: 443, toHost: "127.0.0.1", toPort: server.port }],
    });
    assertEquals(failureName(await dial(dialer, "https://localhost/")), "none");
    const other = await dial(dialer, "https://other.test/");
    assertEquals(failureName(other), sni ? "none" : "tls_certificate");
  });
}

for (
  const [bounds, offered] of [[{ minVersion: "1.3" }, "020304"], [{ maxVersion: "1.2" }, "020303"]] as const
) {
  Deno.test(`Dialer offers only TLS versions within ${JSON.stringify(bounds)}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const hello = new Uint8Array(4096);
    const served = listener.accept().then(async (conn) => {
      await conn.read(hello);
      conn.close();
    });
    const dialer = dialerFor({ tls: { verify: true, caCerts: [ROOT], ...bounds } });
    const out = await dial(dialer, `https://localhost:${listener.addr.port}/`);
    await served;
    assertEquals(out.failure === 0, false);
    // The supported_versions extension (RFC 8446, 4.2.1): type 43, three bytes, one version.
    assertStringIncludes(hello.toHex(), `002b0003${offered}`);
  });
}

Deno.test("Dialer goes through a Unix socket", async () => {
  await using temp = await tempDir();
  const directory = temp.path;
  const unixSocket = `${directory}/s`;
  const server = Deno.serve({ path: unixSocket, onListen: () => {} }, () => new Response("unix"));
  try {
    const spec: ClientSpec = { ...PLAIN_CLIENT, unixSocket };
    const client = new RawClient(spec, new Dialer(spec));
    const request = prepare("http://any.test/", { headers: [["Host", "any.test"]] });
    const outs = [await send(client, request), await send(client, request)];
    client.close();
    assertEquals(outs.map((out) => [out.status, out.bodyBytes, out.address]), [
      [200, 4, unixSocket],
      [200, 4, unixSocket],
    ]);
  } finally {
    await server.shutdown();
  }
});

Deno.test("Dialer reports a missing Unix socket as a refused connection", async () => {
  const out = await dial(dialerFor({ unixSocket: "/nonexistent/s" }), "http://any.test/");
  assertEquals(failureName(out), "connection_refused");
});

for (const verify of [true, false]) {
  Deno.test(`RawClient times each phase ${verify ? "" : "through node:tls "}and connects once`, async () => {
    const [beforeHead, beforeEnd] = [60, 120];
    await using server = await startRawServer(async (connection) => {
      await pause(beforeHead);
      await connection.send(response("0123456789").slice(0, -5));
      await settle(0);
      await pause(beforeEnd);
      await connection.send("56789");
    }, { tls: certificate("server") });
    const spec: ClientSpec = { ...PLAIN_CLIENT, phases: true, tls: { verify, caCerts: [ROOT] } };
    const sources: Partial<DialerSources> = {
      lookUp: async () => {
        await pause(30);
        return ["127.0.0.1"];
      },
      now: () => performance.now(),
    };
    const client = new RawClient(spec, new Dialer(spec, sources));
    const request = prepare(server.origin, { client: spec });
    const first = await send(client, request);
    const second = await send(client, request);
    client.close();
    // Timers may fire a little early.
    assertGreaterOrEqual(first.dnsMs, 29);
    assertEquals([first.connectMs > 0, first.tlsMs > 0], [true, true]);
    for (const out of [first, second]) {
      assertGreaterOrEqual(out.ttfbMs, beforeHead - 1);
      assertGreaterOrEqual(out.transferMs, beforeEnd * 0.9);
    }
    const setUp = first.dnsMs + first.connectMs + first.tlsMs;
    assertSum(first, setUp);
    assertSum(second, 0);
    assertEquals([second.dnsMs, second.connectMs, second.tlsMs, second.connects], [-1, -1, -1, 0]);
  });
}

/** The phases fill the exchange: never more, and nearly all of it. */
function assertSum(out: Exchange, setUpMs: number): void {
  const total = out.endMs - out.startMs;
  const sum = setUpMs + out.ttfbMs + out.transferMs;
  assertLessOrEqual(sum, total + 0.01, `${sum} of ${total} ms`);
  assertGreaterOrEqual(sum, total * 0.5);
}

async function startOn(hostname: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(port, hostname, resolve));
  return server;
}

Deno.test("Dialer waits for room in the queue of a Unix socket, as long as it may", async () => {
  const socket = new MemorySocket();
  let tries = 0;
  let needed = 4;
  const dialer = dialerFor({ unixSocket: "/s" }, {
    transport: {
      connect: () =>
        ++tries < needed
          ? Promise.reject(new Deno.errors.WouldBlock("os error 11"))
          : Promise.resolve(socket),
      secure: () => Promise.reject(new Error("No TLS over a Unix socket")),
    },
  });
  const out = await dial(dialer, "http://a.test/");
  assertEquals([failureName(out), out.connects, tries, socket.isClosed], ["none", 1, 4, true]);
  needed = Infinity;
  const delayed = new Exchange();
  const given = await dialer.dial(new URL("http://a.test/"), delayed, AbortSignal.timeout(30));
  assertEquals([given, delayed.connects, delayed.failure === 0], [null, 0, false]);
});

Deno.test("Dialer goes where the last URL of an origin led, and elsewhere for another", async () => {
  await using one = await startRawServer(() => {});
  await using other = await startRawServer(() => {});
  const sources = new FakeSources({ "a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"] });
  const dialer = dialerFor({}, sources);
  const seen: unknown[] = [];
  const paths = [
    `a.test:${one.port}/1`,
    `a.test:${one.port}/2`,
    `b.test:${other.port}/`,
    `a.test:${one.port}/3`,
  ];
  for (const path of paths) {
    const out = await dial(dialer, `http://${path}`);
    seen.push([failureName(out), out.address, out.connects, out.connectMs >= 0, out.dnsMs >= 0]);
  }
  const known = ["none", "127.0.0.1", 1, true, false];
  const lookedUp = ["none", "127.0.0.1", 1, true, true];
  assertEquals(seen, [lookedUp, known, lookedUp, known]);
});

Deno.test("Dialer a server that goes away fails the next connection as the first would", async () => {
  const server = await startRawServer(() => {});
  const dialer = dialerFor({});
  const url = `http://127.0.0.1:${server.port}/`;
  assertEquals(failureName(await dial(dialer, url)), "none");
  await server[Symbol.asyncDispose]();
  const out = await dial(dialer, url);
  assertEquals([failureName(out), out.failedConnects, out.connects], ["connection_refused", 1, 0]);
});
