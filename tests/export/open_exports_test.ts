/** Which exports a run opens, and what is said when one fails. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { isIncomplete } from "../../src/export/export_report.ts";
import { openExports } from "../../src/export/open_exports.ts";
import { RunError, UsageError } from "../../src/lib/errors.ts";
import { freePort } from "../_support/peers.ts";
import { exportValues, ticks } from "./sample_run.ts";

const NOTHING = { tags: {}, environment: {} };
const END = { total: ticks().at(-1)!.total, durationMs: 2000 };

Deno.test("openExports() opens nothing that was not asked for", async () => {
  assertEquals(await openExports(exportValues(), NOTHING), undefined);
});

Deno.test("openExports() refuses options without a receiver", async () => {
  await assertRejects(
    () => openExports(exportValues({ exportInterval: 1000 }), NOTHING),
    UsageError,
    "needs a receiver",
  );
});

Deno.test("openExports() sends one closing push to every receiver", async () => {
  const seen: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    seen.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("x-token")}`);
    return new Response(null, { status: 200 });
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    const exports = await openExports(
      exportValues({
        ...{ otelEndpoint: url, pushgateway: url, remoteWrite: url, influx: url },
        exportHeader: [["X-Token", "t"]],
      }),
      { ...NOTHING, tags: { region: "eu" } },
    );
    assert(exports);
    ticks().forEach(exports.observe());
    const tallies = await exports.finish(END);
    assertEquals(tallies.map(({ receiver, sent }) => [receiver, sent]), [
      ["OpenTelemetry", 1],
      ["Pushgateway", 1],
      ["Remote write", 1],
      ["InfluxDB", 1],
    ]);
    assertEquals(seen.sort(), [
      "POST /api/v1/write t",
      "POST /v1/metrics t",
      "POST /write t",
      "PUT /metrics/job/bench/region/eu t",
    ]);
  } finally {
    await server.shutdown();
  }
});

Deno.test("openExports() reports a refused export as incomplete", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    return new Response("bad token", { status: 401 });
  });
  try {
    const otelEndpoint = `http://127.0.0.1:${server.addr.port}`;
    const exports = await openExports(exportValues({ otelEndpoint }), NOTHING);
    const [tally] = await exports!.finish(END);
    assertEquals([isIncomplete(tally!), tally?.lastReason], [true, "HTTP 401: bad token"]);
  } finally {
    await server.shutdown();
  }
});

Deno.test("openExports() serves a page that follows the run, and nothing else", async () => {
  const port = freePort();
  const exports = await openExports(exportValues({ serveMetrics: { host: "127.0.0.1", port } }), {
    ...NOTHING,
    tags: { region: "eu" },
  });
  assert(exports);
  try {
    assertEquals(exports.pageUrl, `http://127.0.0.1:${port}/metrics`);
    const page = async () => await (await fetch(exports.pageUrl!)).text();
    assertEquals(await page(), "");
    const observe = exports.observe({ step_users: "5" });
    observe(ticks()[0]!);
    assertStringIncludes(await page(), '\nbench_requests_total{region="eu",step_users="5"} 505\n');
    observe(ticks()[1]!);
    const second = await page();
    assertStringIncludes(second, "} 1010\n");
    assertMatch(second, /\nbench_requests_per_sec\{export="interval",.*\} 505\n/); // Of the last second.
    const other = await fetch(`http://127.0.0.1:${port}/`);
    await other.body?.cancel();
    assertEquals(other.status, 404);
    const write = await fetch(exports.pageUrl!, { method: "POST", body: "x" });
    await write.body?.cancel();
    assertEquals(write.status, 405);
  } finally {
    assertEquals(await exports.finish(END), []);
  }
});

Deno.test("openExports() keeps a page that is scraped until its end was seen", async () => {
  const serveMetrics = { host: "127.0.0.1", port: freePort() };
  const exports = await openExports(exportValues({ serveMetrics }), NOTHING);
  const page = async () => await (await fetch(exports!.pageUrl!)).text();
  exports!.observe()(ticks()[0]!);
  assertStringIncludes(await page(), '\nbench_latency_max_ms{export="interval"} 500\n');
  const finished = exports!.finish(END);
  const last = await page();
  await finished;
  assertStringIncludes(last, "\nbench_requests_total 1010\n");
  assertStringIncludes(last, '\nbench_latency_max_ms{export="final"} 1000\n');
  await assertRejects(page);
});

Deno.test("openExports() says when the page's port is taken", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const serveMetrics = { host: "127.0.0.1", port: listener.addr.port };
    await assertRejects(
      () => openExports(exportValues({ serveMetrics }), NOTHING),
      RunError,
      "Cannot serve metrics on",
    );
  } finally {
    listener.close();
  }
});
