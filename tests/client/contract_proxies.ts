/** The part of the client contract about proxies and local addresses. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FAILURE_KINDS } from "../../src/metrics/failure.ts";
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import { certificate, ROOT } from "../_support/certificates.ts";
import { REFUSING_PORT } from "../_support/peers.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { prepare, send } from "../_support/prepare.ts";
import { type ProxyOptions, startProxy } from "../_support/proxy_server.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { assertConnections, clientTest, type ClientUnderTest } from "./contract.ts";
import type { Exchange } from "../../src/client/exchange/http_client.ts";

interface PassCase {
  readonly title: string;
  readonly proxy: ProxyOptions;
  /** Scheme and credentials before the proxy's host. */
  readonly by: string;
  readonly isTls?: true;
  /** The target's host; `localhost` if not given. */
  readonly host?: string;
  /** Where the target listens; 127.0.0.1 if not given. */
  readonly listensAt?: string;
  /** What the proxy is asked for, the port aside. */
  readonly asked: RegExp;
}

const PASS_CASES: readonly PassCase[] = [
  { title: "an HTTP proxy", proxy: { kind: "http" }, by: "http://", asked: /^localhost:/ },
  {
    title: "an HTTP proxy with a password",
    proxy: { kind: "http", credentials: "me:p@ss" },
    by: "http://me:p%40ss@",
    asked: /^localhost:/,
  },
  {
    title: "an HTTP proxy to a name that only it knows",
    proxy: { kind: "http" },
    by: "http://",
    host: "far.test",
    asked: /^far\.test:/,
  },
  { title: "a tunnel", proxy: { kind: "http" }, by: "http://", isTls: true, asked: /^localhost:/ },
  {
    title: "a tunnel with a password",
    proxy: { kind: "http", credentials: "me:p@ss" },
    by: "http://me:p%40ss@",
    isTls: true,
    asked: /^localhost:/,
  },
  {
    title: "SOCKS5 with names looked up here",
    proxy: { kind: "socks5" },
    by: "socks5://",
    host: "127.0.0.1",
    asked: /^ipv4 127\.0\.0\.1:/,
  },
  {
    title: "SOCKS5 with names looked up there",
    proxy: { kind: "socks5" },
    by: "socks5h://",
    host: "far.test",
    asked: /^name far\.test:/,
  },
  {
    title: "SOCKS5 with a password",
    proxy: { kind: "socks5", credentials: "me:p@ss" },
    by: "socks5h://me:p%40ss@",
    asked: /^name localhost:/,
  },
  {
    title: "SOCKS5 to an IPv6 address",
    proxy: { kind: "socks5" },
    by: "socks5://",
    host: "[::1]",
    listensAt: "::1",
    asked: /^ipv6 0{31}1:/,
  },
  {
    title: "SOCKS5 to TLS",
    proxy: { kind: "socks5" },
    by: "socks5h://",
    isTls: true,
    asked: /^name localhost:/,
  },
];

/** Registers the tests. */
export function proxiesContract(under: ClientUnderTest): void {
  for (const testCase of PASS_CASES) {
    const { title, proxy: options, by, isTls, host = "localhost", listensAt = "127.0.0.1", asked } = testCase;
    clientTest(under, `goes through ${title}, on one connection`, {
      applies: under.keepsProxyPasswords || !isTls || options.credentials === undefined,
      run: async () => {
        await using server = await startRawServer(
          (connection) => connection.send(response("hello")),
          { hostname: listensAt, ...(isTls && { tls: certificate("server") }) },
        );
        await using proxy = startProxy(options);
        const address = `${by}127.0.0.1:${proxy.port}`;
        const spec: Partial<ClientSpec> = {
          proxy: { http: address, https: address, bypass: [] },
          tls: { verify: true, caCerts: [ROOT] },
        };
        const url = `${isTls ? "https" : "http"}://${host}:${server.port}/page?q`;
        const results = await sendTwice(under, spec, url);
        assertEquals(results.map(({ failureDetail }) => failureDetail), ["", ""]);
        assertEquals(results.map(({ status, bodyBytes }) => [status, bodyBytes]), [[200, 5], [200, 5]]);
        assertConnections(under, proxy, 1);
        assertMatch(proxy.targets[0]!, asked);
        assertMatch(proxy.targets[0]!, new RegExp(`:${server.port}$`));
        const { head } = server.requests[0]!;
        assertStringIncludes(head, "GET /page?q HTTP/1.1\r\n");
        assert(!/^proxy-authorization/im.test(head), "the password stays with the proxy");
      },
    });
  }

  for (
    const [title, options, by, failure] of [
      ["that refuses a tunnel", { kind: "http", refuses: 403 }, "http://", "proxy"],
      ["that cannot reach the target", { kind: "http", refuses: 502 }, "http://", "proxy"],
      ["that wants a password", { kind: "http", credentials: "a:b" }, "http://", "proxy_auth"],
      ["that wants another password", { kind: "http", credentials: "a:b" }, "http://a:c@", "proxy_auth"],
      ["that forbids the target", { kind: "socks5", refuses: 2 }, "socks5h://", "proxy"],
      ["that the target refuses", { kind: "socks5", refuses: 5 }, "socks5h://", "proxy"],
      ["that wants a SOCKS5 password", { kind: "socks5", credentials: "a:b" }, "socks5h://", "proxy_auth"],
      [
        "that wants another SOCKS5 password",
        { kind: "socks5", credentials: "a:b" },
        "socks5h://a:c@",
        "proxy_auth",
      ],
    ] as const
  ) {
    clientTest(under, `reports a proxy ${title}`, {
      run: async () => {
        await using proxy = startProxy(options);
        const address = `${by}127.0.0.1:${proxy.port}`;
        const spec = { proxy: { http: address, https: address, bypass: [] } };
        const [out] = await sendTwice(under, spec, "https://far.test/");
        assertEquals(nameOf(out!), under.reportsAs[`proxy ${title}`] ?? failure);
        assert(!/a:c|YTpj/.test(out!.failureDetail), "no password in the detail");
      },
    });
  }

  for (
    const [title, address] of [
      ["nobody listens", `127.0.0.1:${REFUSING_PORT}`],
      ["there is no such name", "no-such-proxy.invalid:3128"],
    ] as const
  ) {
    clientTest(under, `reports a proxy where ${title} as not reached`, {
      run: async () => {
        const spec = { proxy: { http: `http://${address}`, bypass: [] } };
        const [out] = await sendTwice(under, spec, "http://far.test/");
        assertEquals(nameOf(out!), under.reportsAs["proxy not reached"] ?? "proxy_unreachable");
      },
    });
  }

  clientTest(under, "takes an error of the proxy for the answer to a plain request", {
    run: async () => {
      await using proxy = startProxy({ kind: "http", refuses: 503 });
      const spec = { proxy: { http: `http://127.0.0.1:${proxy.port}`, bypass: [] } };
      const [out] = await sendTwice(under, spec, "http://far.test/");
      assertEquals([nameOf(out!), out!.status], ["none", 503]);
    },
  });

  clientTest(under, "reaches directly what the proxy is not for", {
    run: async () => {
      await using server = await startRawServer((connection) => connection.send(response("direct")));
      const spec = { proxy: { http: `http://127.0.0.1:${REFUSING_PORT}`, bypass: ["127.0.0.1"] } };
      const [out] = await sendTwice(under, spec, server.origin);
      assertEquals([nameOf(out!), out!.bodyBytes], ["none", 6]);
      assertStringIncludes(server.requests[0]!.head, "GET / HTTP/1.1");
    },
  });

  clientTest(under, "leaves from its local address", {
    run: async () => {
      const from: string[] = [];
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (_, info) => {
        from.push((info.remoteAddr as Deno.NetAddr).hostname);
        return new Response("hello");
      });
      const spec = { localAddresses: ["127.0.0.2"] };
      const results = await sendTwice(under, spec, `http://127.0.0.1:${server.addr.port}/`);
      assertEquals(results.map((out) => [nameOf(out), out.bodyBytes]), [["none", 5], ["none", 5]]);
      assertEquals(from, ["127.0.0.2", "127.0.0.2"]);
    },
  });
}

/** Two requests with a client of their own. */
async function sendTwice(
  under: ClientUnderTest,
  spec: Partial<ClientSpec>,
  url: string,
): Promise<readonly Exchange[]> {
  const whole = { ...PLAIN_CLIENT, kind: under.kind, timeoutMs: 20_000, ...spec };
  const client = under.makeClient(whole);
  try {
    const request = prepare(url, { client: whole });
    return [await send(client, request), await send(client, request)];
  } finally {
    client.close();
  }
}

function nameOf({ failure }: Exchange): string {
  return FAILURE_KINDS[failure]!.name;
}
