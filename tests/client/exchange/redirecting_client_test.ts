/** Redirects, over every client: methods, bodies, credentials, and chains that do not end. */
import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { CookieJar } from "../../../src/client/exchange/cookie_jar.ts";
import { Exchange, type HttpClient } from "../../../src/client/exchange/http_client.ts";
import { RedirectingClient } from "../../../src/client/exchange/redirecting_client.ts";
import { createClients } from "../../../src/client/registry.ts";
import { FAILURE } from "../../../src/metrics/failure.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, type PrepareChanges, send } from "../../_support/prepare.ts";
import { type RawRequest, type RawServer, response, startRawServer } from "../../_support/raw_server.ts";

const KINDS = ["raw", "fetch"] as const;

function redirect(status: number, location: string, more: readonly string[] = []): string {
  return response("moved", { status: `${status} Elsewhere`, headers: [`Location: ${location}`, ...more] });
}

/** The request lines that a server saw. */
function linesOf(server: RawServer): readonly string[] {
  return server.requests.map(({ head }) => head.split("\r\n")[0]!.replace(/ HTTP.*/, ""));
}

function field(request: RawRequest | undefined, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)$`, "im").exec(request?.head ?? "")?.[1];
}

/** Registers a claim for both clients. */
function forEachClient(
  claim: string,
  run: (client: HttpClient, spec: Partial<ClientSpec>) => Promise<void>,
  changes: Partial<ClientSpec> = {},
): void {
  for (const kind of KINDS) {
    Deno.test(`RedirectingClient over ${kind} ${claim}`, async () => {
      const spec = { ...PLAIN_CLIENT, kind, maxRedirects: 5, timeoutMs: 20_000, ...changes };
      const client = createClients(spec)();
      try {
        await run(client, spec);
      } finally {
        client.close();
      }
    });
  }
}

/** What a request becomes: `[status, method, method at the other end]`. */
const METHODS = [
  [301, "GET", "GET"],
  [301, "POST", "GET"],
  [301, "PUT", "PUT"],
  [302, "POST", "GET"],
  [302, "DELETE", "DELETE"],
  [303, "POST", "GET"],
  [303, "PUT", "GET"],
  [303, "HEAD", "HEAD"],
  [307, "POST", "POST"],
  [308, "POST", "POST"],
  [308, "PUT", "PUT"],
] as const;

for (const [status, method, becomes] of METHODS) {
  forEachClient(`turns ${method} into ${becomes} on ${status}`, async (client, spec) => {
    await using server = await startRawServer((connection, { number }) =>
      connection.send(
        number === 1
          ? redirect(status, "/there").replace(/moved$/, method === "HEAD" ? "" : "moved")
          : method === "HEAD"
          ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
          : response("here"),
      )
    );
    const hasBody = method === "POST" || method === "PUT";
    const headers = hasBody ? [["Content-Type", "text/x"], ["X-Kept", "1"]] as const : [];
    const out = await send(
      client,
      prepare(`${server.origin}/from`, {
        client: spec,
        method,
        headers,
        ...(hasBody && { body: "abc" }),
      }),
    );
    assertEquals([out.failure, out.status, out.redirects], [FAILURE.none, 200, 1]);
    assertEquals(linesOf(server), [`${method} /from`, `${becomes} /there`]);
    const [, second] = server.requests;
    const keepsBody = hasBody && becomes === method;
    assertEquals(new TextDecoder().decode(second!.body), keepsBody ? "abc" : "");
    assertEquals(field(second, "content-type"), keepsBody ? "text/x" : undefined);
    assertEquals(field(second, "x-kept"), hasBody ? "1" : undefined);
    if (!keepsBody) assertEquals(field(second, "content-length"), undefined);
  });
}

forEachClient(
  "keeps the head that says how the body is coded, for those who read it",
  async (client, spec) => {
    await using server = await startRawServer((connection, { number }) =>
      connection.send(
        number === 1 ? redirect(302, "/there") : response("??", { headers: ["Content-Encoding: gzip"] }),
      )
    );
    const out = await send(client, prepare(server.origin, { client: spec, wantsBody: true }));
    assertMatch(new TextDecoder().decode(out.head ?? new Uint8Array()), /content-encoding: gzip/i);
  },
);

/** Locations, and the request target they lead to from `/a/b?q`. */
const LOCATIONS = [
  ["c", "/a/c"],
  ["../d?x=1", "/d?x=1"],
  ["?only", "/a/b?only"],
  ["/e#fragment", "/e"],
  ["/ä b", "/%C3%A4%20b"],
] as const;

for (const [location, target] of LOCATIONS) {
  forEachClient(`follows the location ${location}`, async (client, spec) => {
    await using server = await startRawServer((connection, { number }) =>
      connection.send(number === 1 ? redirect(302, location) : response("x"))
    );
    const out = await send(client, prepare(`${server.origin}/a/b?q`, { client: spec }));
    assertEquals([out.failure, linesOf(server)[1]], [FAILURE.none, `GET ${target}`]);
    assertEquals(out.finalUrl?.pathname, target.replace(/\?.*/, ""));
  });
}

for (
  const [title, bytes] of [
    ["without a location", response("x", { status: "302 Found" })],
    ["300", redirect(300, "/x")],
    ["304", "HTTP/1.1 304 Not Modified\r\nLocation: /x\r\n\r\n"],
  ] as const
) {
  forEachClient(`takes an answer ${title} for the last one`, async (client, spec) => {
    await using server = await startRawServer((connection) => connection.send(bytes));
    const out = await send(client, prepare(server.origin, { client: spec }));
    assertEquals([out.failure, out.redirects, server.requests.length], [FAILURE.none, 0, 1]);
    assertEquals(out.head, null);
  });
}

for (const location of ["ftp://127.0.0.1/x", "javascript:x", "http://[::1", "http://127.0.0.1:0/"]) {
  forEachClient(`fails of a location such as ${location}`, async (client, spec) => {
    await using server = await startRawServer((connection) => connection.send(redirect(302, location)));
    const out = await send(client, prepare(server.origin, { client: spec }));
    assertEquals([out.failure, out.status, out.redirects], [FAILURE.bad_redirect, 302, 0]);
  });
}

forEachClient("gives up a loop after the redirects it may follow", async (client, spec) => {
  await using server = await startRawServer((connection) => connection.send(redirect(302, "/again")));
  const out = await send(client, prepare(server.origin, { client: spec }));
  assertEquals([out.failure, out.status, out.redirects], [FAILURE.too_many_redirects, 302, 5]);
  assertEquals(server.requests.length, 6);
});

forEachClient("adds up the bytes, and times the whole chain", async (client, spec) => {
  await using server = await startRawServer((connection, { number }) =>
    connection.send(number < 3 ? redirect(302, `/${number}`) : response("the end"))
  );
  const out = await send(client, prepare(server.origin, { client: spec, wantsHead: true, wantsBody: true }));
  assertEquals([out.redirects, out.bodyBytes, out.connects], [2, 5 + 5 + 7, 1]);
  assertEquals([out.declaredLength, new TextDecoder().decode(out.body!)], [7, "the end"]);
  assertMatch(new TextDecoder().decode(out.head!), /^HTTP\/1\.1 200/);
  assertGreaterOrEqual(out.endMs, out.startMs);
});

forEachClient("tells once that the exchange has ended, with the last answer", async (client, spec) => {
  await using server = await startRawServer((connection, { number }) =>
    connection.send(number === 1 ? redirect(302, "/x") : response("ok"))
  );
  const out = new Exchange();
  const seen: number[] = [];
  out.onFinished = ({ status }) => seen.push(status);
  out.reset(performance.now(), performance.now());
  await client.exchange(prepare(server.origin, { client: spec }), out);
  assertEquals(seen, [200]);
});

const SECRETS: PrepareChanges["headers"] = [
  ["Authorization", "Basic eDp5"],
  ["Cookie", "sid=1"],
  ["X-Api-Key", "k"],
  ["X-Other", "o"],
];

forEachClient("keeps credentials from another origin, and does not bring them back", async (client, spec) => {
  await using home = await startRawServer((connection, { number }) =>
    connection.send(
      number === 1 ? redirect(307, "/in") : number === 2 ? redirect(307, away) : response("end"),
    )
  );
  await using other = await startRawServer((connection) =>
    connection.send(redirect(307, `${home.origin}/back`))
  );
  const away = `http://user:pw@127.0.0.1:${other.port}/out`;
  const out = await send(
    client,
    prepare(home.origin, { client: spec, headers: [["Host", `127.0.0.1:${home.port}`], ...SECRETS] }),
  );
  assertEquals([out.failure, out.status, out.redirects], [FAILURE.none, 200, 3]);
  for (const name of ["authorization", "cookie", "x-api-key"]) {
    assert(field(home.requests[1], name), `${name} within the origin`);
    assertEquals(field(other.requests[0], name), undefined, `${name} to the other`);
    assertEquals(field(home.requests[2], name), undefined, `${name} on the way back`);
  }
  assertEquals(field(other.requests[0], "x-other"), "o");
  assertEquals(field(other.requests[0], "host"), `127.0.0.1:${other.port}`);
});

forEachClient("shows each hop to the cookie jar, and takes its cookies along", async (client, spec) => {
  await using server = await startRawServer((connection, { number }) =>
    connection.send(
      number === 1 ? redirect(302, "/second", ["Set-Cookie: a=1", "Set-Cookie: b=2"]) : response("ok"),
    )
  );
  const jar = new CookieJar();
  const out = new Exchange();
  out.cookies = {
    storeHead: (head, url) => jar.storeHead(head, url, 0),
    fieldFor: (url, withOwn) => `${jar.headerFor(url, 0)}${withOwn ? "; own=3" : ""}`,
  };
  out.reset(performance.now(), performance.now());
  const headers = [["Cookie", "own=3"]] as const;
  await client.exchange(prepare(server.origin, { client: spec, headers }), out);
  assertEquals(server.requests.map((request) => field(request, "cookie")), ["own=3", "a=1; b=2; own=3"]);
});

forEachClient("ends a chain at its deadline, wherever it is", async (client, spec) => {
  await using server = await startRawServer((connection, { number }) => {
    if (number === 1) return connection.send(redirect(302, "/never"));
  });
  const watchdog = setInterval(() => {
    if (client.deadlineMs <= performance.now()) client.abort(FAILURE.timeout);
  }, 5);
  const out = await send(client, prepare(server.origin, { client: spec }));
  clearInterval(watchdog);
  assertEquals([out.failure, out.status, out.redirects], [FAILURE.timeout, 0, 1]);
  assertGreaterOrEqual(out.endMs - out.startMs, 1000);
}, { timeoutMs: 1000 });

forEachClient("fails as the server fails that it was sent to", async (client, spec) => {
  await using server = await startRawServer((connection) =>
    connection.send(redirect(302, `http://127.0.0.1:${REFUSING_PORT}/`))
  );
  const out = await send(client, prepare(server.origin, { client: spec }));
  assertEquals([out.failure, out.status], [FAILURE.connection_refused, 0]);
});

for (const kind of KINDS) {
  Deno.test(`RedirectingClient over ${kind} keeps what a step holds of secrets within its origin`, async () => {
    await using there = await startRawServer((connection) => connection.send(response("there")));
    await using here = await startRawServer((connection) =>
      connection.send(redirect(307, `${there.origin}/`))
    );
    const spec = { ...PLAIN_CLIENT, kind, maxRedirects: 5 };
    const secrets = { headers: new Set(["x-tenant"]), url: [], body: ["password"] };
    const client = createClients(spec, () => secrets)();
    const headers = [["X-Tenant", "a"], ["X-Functions-Key", "b"], ["X-Other", "c"]] as const;
    const plain = await send(client, prepare(here.origin, { client: spec, headers }));
    assertEquals([plain.failure, plain.failureDetail], [
      FAILURE.bad_redirect,
      "307 leads to another origin, and the body holds password",
    ]);
    assertEquals(there.requests.length, 0);
    client.close();
    const bodiless = createClients(spec, () => ({ ...secrets, body: [] }))();
    assertEquals((await send(bodiless, prepare(here.origin, { client: spec, headers }))).status, 200);
    const [request] = there.requests;
    assertEquals(["X-Tenant", "X-Functions-Key", "X-Other"].map((name) => field(request, name)), [
      undefined,
      undefined,
      "c",
    ]);
    bodiless.close();
  });
}

Deno.test("a client that may follow no redirects is the plain one", () => {
  const names = [0, 1].map((maxRedirects) => {
    const client = createClients({ ...PLAIN_CLIENT, maxRedirects })();
    client.close();
    return client.constructor.name;
  });
  assertEquals(names, ["RawClient", "RedirectingClient"]);
});

Deno.test("RedirectingClient tells of any hop that had to stand in line for a stream", async () => {
  let hops = 0;
  const inner: HttpClient = {
    deadlineMs: Infinity,
    exchange(_, out) {
      const isFirst = hops++ === 0;
      out.status = isFirst ? 302 : 200;
      if (isFirst) out.head = new TextEncoder().encode("HTTP/2 302\r\nlocation: /b\r\n\r\n");
      else out.streamLimit = 7;
      out.finish(out.startMs);
      return Promise.resolve();
    },
    warm: () => Promise.resolve(),
    abort() {},
    close() {},
  };
  const client = new RedirectingClient({ ...PLAIN_CLIENT, maxRedirects: 1 }, inner);
  const out = await send(client, prepare("http://a.test/"));
  assertEquals([hops, out.redirects, out.streamLimit], [2, 1, 7]);
});
