/** Which client a plan gets, what each cannot do, and that no state is shared. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { program } from "../_support/program.ts";
import { startRawServer } from "../_support/raw_server.ts";
import { blindSpot, clientProblems, createClients } from "../../src/client/registry.ts";
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";

const TLS = PLAIN_CLIENT.tls;

interface ProblemRow {
  readonly title: string;
  readonly asks: Partial<ClientSpec>;
  readonly raw: readonly string[];
  readonly fetch: readonly string[];
}

function only(phrase: string, kind: "raw" | "fetch"): readonly string[] {
  return [`The ${kind === "raw" ? "fetch" : "raw"} client cannot ${phrase}; the ${kind} client can`];
}

const ROWS: readonly ProblemRow[] = [
  { title: "nothing special", asks: {}, raw: [], fetch: [] },
  {
    title: "what both can do",
    asks: { keepAlive: false, tls: { ...TLS, cert: "", key: "" } },
    raw: [],
    fetch: [],
  },
  { title: "HTTP/2", asks: { http2: true }, raw: [], fetch: [] },
  {
    title: "shared HTTP/2 connections",
    asks: { http2: true, streams: 10, h2WindowBytes: 65_536 },
    raw: [],
    fetch: [
      ...only("send several requests at once on one connection", "raw"),
      ...only("set HTTP/2 windows", "raw"),
    ],
  },
  {
    title: "no certificate checks",
    asks: { tls: { ...TLS, verify: false } },
    raw: [],
    fetch: only("skip certificate checks", "raw"),
  },
  {
    title: "phases",
    asks: { phases: true },
    raw: [],
    fetch: only("time the phases of a request", "raw"),
  },
  {
    title: "a TLS version",
    asks: { tls: { ...TLS, minVersion: "1.3" } },
    raw: [],
    fetch: only("limit the TLS version", "raw"),
  },
  {
    title: "a local address",
    asks: { localAddresses: ["127.0.0.2"] },
    raw: [],
    fetch: [],
  },
  {
    title: "a proxy's password on https",
    asks: { proxy: { https: "http://a:b@127.0.0.1:1", bypass: [] } },
    raw: [],
    fetch: only("keep a proxy's password from https servers", "raw"),
  },
  {
    title: "a proxy without a password",
    asks: { proxy: { http: "http://a:b@127.0.0.1:1", https: "http://127.0.0.1:1", bypass: [] } },
    raw: [],
    fetch: [],
  },
  {
    title: "another address than DNS says",
    asks: { resolve: [{ host: "a.test", port: 80, toHost: "::1", toPort: 80 }] },
    raw: [],
    fetch: only("override the addresses that DNS gives", "raw"),
  },
  {
    title: "two things at once",
    asks: { perAddress: true, family: 4 },
    raw: [],
    fetch: [...only("choose between IPv4 and IPv6", "raw"), ...only("count by server address", "raw")],
  },
];

for (const { title, asks, ...expected } of ROWS) {
  Deno.test(`clientProblems() says what a client cannot do when asked for ${title}`, () => {
    for (const kind of ["raw", "fetch"] as const) {
      assertEquals(clientProblems({ ...PLAIN_CLIENT, ...asks, kind }), expected[kind]);
    }
  });
}

Deno.test("createClients() makes a client of its own for every user", () => {
  for (const [kind, http2] of [["raw", false], ["raw", true], ["fetch", false]] as const) {
    const makeClient = createClients({ ...PLAIN_CLIENT, kind, http2 });
    const [first, second] = [makeClient(), makeClient()];
    assertEquals(first === second, false);
    first.close();
    second.close();
  }
});

Deno.test("blindSpot() tells what a client takes for good although it is not", async () => {
  assertEquals(blindSpot("raw"), undefined);
  assertMatch(
    blindSpot("fetch") ?? "",
    /cannot see .*Content-Length and Transfer-Encoding, and cannot see a second/,
  );
  // What it says is so: the day that the platform sees them, this fails.
  const good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  const faults = [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    good + good,
  ];
  for (const fault of faults) {
    await using server = await startRawServer((connection) => connection.send(fault));
    const run = (client: string) =>
      program(["-n", "3", "-c", "1", "-t", "1", "--client", client, "--json", "-", server.origin]);
    const [own, platform] = await Promise.all([run("raw"), run("fetch")]);
    assertEquals([JSON.parse(own.out).total_errors > 0, JSON.parse(platform.out).total_errors], [true, 0]);
    assertMatch(platform.err.replace(/\s+/g, " "), /fetch client cannot see/);
    assert(!own.err.includes("cannot see"));
  }
});
