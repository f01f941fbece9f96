/** Connections opened and reused are counted alike, whatever opens them: what the server saw is what the report says. */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertMatch } from "@std/assert";
import { certificate } from "../_support/certificates.ts";
import { startDnsServer } from "../_support/dns_server.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCENARIO = `
steps:
  - { path: "/a?n=\${counter()}", extract: { all: { regex: "(.*)" } } }
  - { path: /b }
`;

/** A server that knows its connections by where they come from. */
function startServer(isTls: boolean) {
  const ports = new Set<number>();
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...(isTls && certificate("server")) },
    (request, { remoteAddr }) => {
      requests++;
      ports.add(remoteAddr.port);
      if (new URL(request.url).pathname !== "/first") return new Response("hello");
      return new Response(null, { status: 302, headers: { location: "/" } });
    },
  );
  return {
    origin: `${isTls ? "https" : "http"}://localhost:${server.addr.port}`,
    ports,
    get requests() {
      return requests;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const CLIENTS = {
  "raw": [],
  "fetch": ["--client", "fetch"],
  "HTTP/2 with streams": ["--http2", "--streams", "4"],
  "HTTP/2 where the server chose HTTP/1.1": ["--http2"],
} as const;

const LOADS = {
  "a number of requests": ["-n", "200", "-c", "8"],
  "a time": ["-d", "1s", "-c", "8", "--grace", "60"],
  "users": ["-u", "8", "-d", "1s", "--think-time", "50ms", "--grace", "60"],
  "a rate": ["--rate", "200", "-d", "500ms", "-c", "8", "--grace", "60"],
  "a scenario": ["--iterations", "60", "-c", "8"],
  "redirects": ["-n", "100", "-c", "8", "--follow-redirects"],
} as const;

for (const [client, words] of Object.entries(CLIENTS)) {
  Deno.test(`connections are counted alike, whatever the load: ${client}`, async () => {
    await using temp = await tempDir();
    await using servers = new AsyncDisposableStack();
    const folder = temp.path;
    await Deno.writeTextFile(`${folder}/s.yaml`, SCENARIO);
    const cases = Object.entries(LOADS).map(([load, more], i) => {
      const server = servers.use(startServer(client.includes("with streams")));
      const target = load === "a scenario"
        ? ["--scenario", `${folder}/s.yaml`, server.origin]
        : [`${server.origin}/${load === "redirects" ? "first" : ""}`];
      const path = `${folder}/${i}.json`;
      const phases = client === "fetch" ? [] : ["--latency-breakdown"];
      return {
        load,
        server,
        path,
        args: [...words, ...more, "-t", "2", "--json", path, ...target, ...phases],
      };
    });
    const ended = await manyPrograms([...cases, ...cases.map(({ path }) => ({ args: ["report", path] }))]);
    for (const [i, { load, server, path }] of cases.entries()) {
      assertEquals(ended[i]!.code, 0, ended[i]!.err);
      const result = JSON.parse(await Deno.readTextFile(path));
      const { connections_opened: opened, connections_reused: reused } = result;
      assertEquals(result.unfinished_requests, 0, load);
      assertEquals([opened, opened + reused], [server.ports.size, server.requests], load);
      if (client === "fetch") continue;
      assertEquals(result.latency_breakdown.new_connections, opened, load);
      const { out } = ended[cases.length + i]!;
      assertMatch(out, new RegExp(`Connections: .*, ${reused.toLocaleString("en")} reused\\n`), load);
    }
  });
}

Deno.test("a rate without -c says how many connections it may open, and how many it opened", async () => {
  await using server = startServer(false);
  const { out } = await program(["--rate", "40", "-d", "300ms", `${server.origin}/`]);
  assertMatch(out, new RegExp(`up to 1,000 connections \\(${server.ports.size} opened\\)`));
  const help = await program(["--help"]);
  assertMatch(help.out, /-c, --connections N [^(]*\(default: 10, with --rate\s+1000\)/);
});

for (const [client, words] of Object.entries(CLIENTS).filter(([client]) => client !== "fetch")) {
  Deno.test(`--max-requests-per-connection is what each connection carries: ${client}`, async () => {
    await using server = startServer(client.includes("with streams"));
    const limit = ["--max-requests-per-connection", "20", "-n", "200", "-c", "1", "--full"];
    const { code, out, err } = await program([...words, ...limit, `${server.origin}/`]);
    assertEquals(code, 0, err);
    assertEquals([server.requests, server.ports.size], [200, 10]);
    assertMatch(out, /Keep-Alive: +yes, for up to 20 requests\n/);
    assertMatch(out, /Total Errors: +0\n/);
  });
}

Deno.test("--connection-lifetime replaces connections that are too old, and loses no request", async () => {
  await using server = startServer(false);
  await using temp = await tempDir();
  const json = `${temp.path}/r.json`;
  const { code, out, err } = await program(
    [
      ...["--connection-lifetime", "100ms", "--rate", "100", "-n", "100", "-c", "1"],
      ...["--json", json, `${server.origin}/`],
    ],
  );
  assertEquals(code, 0, err);
  const { duration_sec: seconds } = JSON.parse(await Deno.readTextFile(json));
  assertEquals(server.requests, 100);
  assertGreaterOrEqual(server.ports.size, 3);
  assertLessOrEqual(server.ports.size, Math.ceil(seconds * 10) + 1);
  assertMatch(out, /Keep-Alive: +yes, for up to 100ms\n/);
});

Deno.test("-n and -d together end a run by whichever comes first", async () => {
  await using server = startServer(false);
  const url = `${server.origin}/`;
  const few = await program(["-n", "50", "-d", "1m", url]);
  assertMatch(few.out, /50 requests or 60\.0s duration/);
  assertEquals([few.code, server.requests], [0, 50]);
  const short = await program(["--rate", "50", "-n", "1000", "-d", "200ms", "--grace", "60", "--full", url]);
  assertMatch(short.out, /1,000 arrivals or 0\.2s duration/);
  assertEquals(short.code, 0);
  assertEquals(server.requests, 60, "ten are due in that time");
});

Deno.test(
  "--resolve with several addresses takes them in turn",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    const seen = [0, 0];
    const first = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(`${++seen[0]!}`),
    );
    const { port } = first.addr;
    const second = Deno.serve(
      { hostname: "127.0.0.2", port, onListen() {} },
      () => new Response(`${++seen[1]!}`),
    );
    const { code, err } = await program(
      [
        "-n",
        "40",
        "-c",
        "4",
        "--resolve",
        `many.test:${port}:127.0.0.1,127.0.0.2`,
        `http://many.test:${port}/`,
      ],
    );
    await Promise.all([first.shutdown(), second.shutdown()]);
    assertEquals(code, 0, err);
    assertEquals(seen.map((count) => count > 0), [true, true]);
  },
);

Deno.test("--srv connects to the servers that DNS names for a service, by weight; the URL keeps its host", async () => {
  const hosts = new Set<string | null>();
  const counts = [0, 0];
  const servers = counts.map((_, i) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      hosts.add(request.headers.get("host"));
      counts[i]!++;
      return new Response("hello");
    })
  );
  const [a, b] = servers.map(({ addr }) => addr.port);
  await using dns = await startDnsServer({
    srv: { "_http._tcp.shop.test": [[1, 3, a!, "a.test"], [1, 1, b!, "b.test"], [2, 1, 1, "a.test"]] },
    a: { "a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"] },
  });
  const words = ["--srv", `_http._tcp.shop.test@127.0.0.1:${dns.port}`, "-4", "-t", "1"];
  const { code, out, err } = await program([
    ...[...words, "-n", "40", "-c", "8", "--no-keepalive", "--per-address", "http://shop.test/"],
  ]);
  for (const server of servers) await server.shutdown();
  assertEquals(code, 0, err);
  assertEquals([...hosts], ["shop.test"]);
  assertEquals(counts, [30, 10]);
  assertMatch(out, new RegExp(`127\\.0\\.0\\.1:${a}\\D`));
  const refused = await program([
    `--srv=_x._tcp.shop.test@127.0.0.1:${dns.port}`,
    "-n",
    "1",
    "http://shop.test/",
  ]);
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /Cannot resolve --srv _x\._tcp\.shop\.test: it has no SRV record/);
});

Deno.test({
  name: "--resolve takes an address with a zone, over both kinds of sockets",
  ignore: Deno.build.os !== "linux" || !Deno.networkInterfaces().some(({ address }) => address === "::1"),
  async fn() {
    const server = Deno.serve({ hostname: "::1", port: 0, onListen() {} }, () => new Response("hello"));
    const port = server.addr.port;
    // Where an address is not of a link, the platform takes numbers alone.
    for (const [sockets, zone] of [["native", "lo"], ["native", "1"], ["platform", "1"]] as const) {
      const words = ["--sockets", sockets, "-t", "1", "-n", "4", "-c", "2", "--per-address"];
      const { out, err } = await program([
        ...[...words, "--resolve", `a.test:${port}:[::1%${zone}]`, `http://a.test:${port}/`],
      ]);
      assertMatch(out, /Total Errors: +0\n/, err);
      assertMatch(out, new RegExp(`::1%${zone} +4 `));
    }
    await server.shutdown();
  },
});
