/** Deliveries over HTTP and UDP: what is sent, and when it counts as arrived. */
import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { deliver } from "../../src/export/deliver.ts";
import type { HttpPost } from "../../src/export/exporter.ts";
import { freePort, REFUSING_PORT } from "../_support/peers.ts";

function post(url: string, extra: Partial<HttpPost> = {}): HttpPost {
  return { kind: "http", method: "POST", url, headers: { "x-test": "1" }, body: "hello", ...extra };
}

/** Sends to a server that answers like this, and gives what was said and what was seen. */
async function deliverTo(
  handler: (request: Request) => Response | Promise<Response>,
  extra: Partial<HttpPost> = {},
) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  try {
    return await deliver(post(`http://127.0.0.1:${server.addr.port}/p`, extra), new AbortController().signal);
  } finally {
    await server.shutdown();
  }
}

Deno.test("deliver() sends method, headers and body", async () => {
  let seen: unknown;
  const delivery = await deliverTo(async (request) => {
    seen = [request.method, request.headers.get("x-test"), await request.text()];
    return new Response(null, { status: 204 });
  }, { method: "PUT" });
  assertEquals(delivery, { isDelivered: true });
  assertEquals(seen, ["PUT", "1", "hello"]);
});

Deno.test("deliver() retries passing troubles only, and quotes the receiver on one clean line", async () => {
  for (
    const [status, mayRetry] of [[400, false], [401, false], [404, false], [429, true], [500, true], [
      503,
      true,
    ]] as const
  ) {
    const delivery = await deliverTo(() => new Response("bad\n\u001b[2J thing", { status }));
    assertEquals(delivery, { isDelivered: false, reason: `HTTP ${status}: bad [2J thing`, mayRetry });
  }
});

Deno.test("deliver() reads Retry-After as seconds or as a date", async () => {
  const afterOf = async (value: string) => {
    const delivery = await deliverTo(() =>
      new Response(null, { status: 503, headers: { "retry-after": value } })
    );
    return delivery.isDelivered ? undefined : delivery.retryAfterMs;
  };
  assertEquals(await afterOf("7"), 7000);
  const ms = await afterOf(new Date(Date.now() + 60_000).toUTCString());
  assert(ms !== undefined && ms > 0 && ms <= 60_000);
  assertEquals(await afterOf("soon"), undefined);
});

Deno.test("deliver() follows no redirect", async () => {
  let requests = 0;
  const delivery = await deliverTo(() => {
    requests++;
    return new Response(null, { status: 307, headers: { location: "/other" } });
  });
  assertEquals(delivery, { isDelivered: false, reason: "HTTP 307", mayRetry: false });
  assertEquals(requests, 1);
});

Deno.test("deliver() takes a success that refuses data for a failure", async () => {
  const refusalIn = (response: Uint8Array) => `refused ${response.length}`;
  const delivery = await deliverTo(() => new Response("four"), { refusalIn });
  assertEquals(delivery, { isDelivered: false, reason: "refused 4", mayRetry: false });
});

Deno.test("deliver() gives up after the time limit", async () => {
  const hanging = Deno.listen({ hostname: "127.0.0.1", port: 0 }); // Accepts and never answers.
  try {
    const delivery = await deliver(
      post(`http://127.0.0.1:${hanging.addr.port}/`, { timeoutMs: 50 }),
      new AbortController().signal,
    );
    assertEquals(delivery, { isDelivered: false, reason: "no response within 0.05 s", mayRetry: true });
  } finally {
    hanging.close();
  }
});

Deno.test("deliver() names a dead receiver without its URL, whose query may hold a token", async () => {
  const delivery = await deliver(
    post(`http://127.0.0.1:${REFUSING_PORT}/write?p=secret`),
    new AbortController().signal,
  );
  assert(!delivery.isDelivered && delivery.mayRetry);
  assertNotMatch(delivery.reason, /secret|http:/);
  assertMatch(delivery.reason, /refused/i);
});

Deno.test("deliver() says when a datagram cannot be sent", async () => {
  const delivery = await deliver(
    { kind: "udp", host: "127.0.0.1", port: freePort(), texts: ["x".repeat(70_000), "b:1|c"] },
    new AbortController().signal,
  );
  assert(!delivery.isDelivered && !delivery.mayRetry);
});
