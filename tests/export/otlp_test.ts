/** The OpenTelemetry exporter: payloads as its protocol describes them, and partial successes. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import type { HttpPost } from "../../src/export/exporter.ts";
import { otlpExporter } from "../../src/export/otlp.ts";
import { refusedPoints } from "../../src/export/otlp_payload.ts";
import type { ExportContext } from "../../src/export/exporter.ts";
import { type Attribute, decodeOtlp, otlpResponse } from "./_payloads.ts";
import { emptyFrame, exportContext, exportValues, finalFrame, START_MS } from "./sample_run.ts";

async function post(
  endpoint: string,
  context: Partial<ExportContext> = {},
  frame = finalFrame(),
): Promise<HttpPost> {
  const encode = await otlpExporter.open(exportValues({ otelEndpoint: endpoint }), exportContext(context));
  const made = encode?.(frame);
  assert(made?.kind === "http");
  return made;
}

const attributesOf = (attributes: readonly Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));

Deno.test("the OpenTelemetry exporter is silent unless asked for", () => {
  assertEquals(otlpExporter.open(exportValues(), exportContext()), undefined);
});

Deno.test("the OpenTelemetry exporter appends /v1/metrics only to a URL without a path", async () => {
  assertEquals((await post("http://127.0.0.1:4318")).url, "http://127.0.0.1:4318/v1/metrics");
  assertEquals((await post("http://127.0.0.1:4318/")).url, "http://127.0.0.1:4318/v1/metrics");
  assertEquals((await post("http://127.0.0.1/otlp/api")).url, "http://127.0.0.1/otlp/api");
});

Deno.test("the OpenTelemetry exporter sends counters as monotonic cumulative sums and the rest as gauges, with units", async () => {
  const { metrics } = decodeOtlp((await post("http://a")).body).resourceMetrics[0].scopeMetrics[0];
  const shapes = metrics.map((
    { name, unit, sum, gauge },
  ) => [name, unit, sum ? "sum" : gauge ? "gauge" : "histogram"]);
  assertEquals(shapes, [
    ["bench.requests.total", "{request}", "sum"],
    ["bench.errors.total", "{request}", "sum"],
    ["bench.requests_per_sec", "{request}/s", "gauge"],
    ["bench.success_rps", "{request}/s", "gauge"],
    ["bench.success_rate", "%", "gauge"],
    ["bench.transfer_bytes_per_sec", "By/s", "gauge"],
    ["bench.duration_sec", "s", "gauge"],
    ["bench.latency.p50", "ms", "gauge"],
    ["bench.latency.p95", "ms", "gauge"],
    ["bench.latency.p99", "ms", "gauge"],
    ["bench.latency.mean", "ms", "gauge"],
    ["bench.latency.max", "ms", "gauge"],
    ["bench.latency", "ms", "histogram"],
  ]);
  for (const { sum } of metrics) {
    if (sum) assertEquals([sum.isMonotonic, sum.aggregationTemporality], [true, 2]);
  }
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  assertEquals(byName.get("bench.requests.total")?.sum?.dataPoints[0]?.asInt, "1010");
  assertEquals(byName.get("bench.requests_per_sec")?.gauge?.dataPoints[0]?.asDouble, 505);
  assertEquals(byName.get("bench.latency.max")?.gauge?.dataPoints[0]?.asDouble, 1000);
});

Deno.test("the OpenTelemetry exporter dates points from the start of the run", async () => {
  const [requests] = decodeOtlp((await post("http://a")).body).resourceMetrics[0].scopeMetrics[0].metrics;
  const point = requests?.sum?.dataPoints[0];
  assertEquals(point?.startTimeUnixNano, `${START_MS}000000`);
  assertEquals(point?.timeUnixNano, `${START_MS + 2000}000000`);
});

Deno.test("the OpenTelemetry exporter sends latency as an exponential histogram that adds up", async () => {
  const metric = decodeOtlp((await post("http://a")).body).resourceMetrics[0].scopeMetrics[0].metrics.at(-1);
  assertEquals(metric?.exponentialHistogram?.aggregationTemporality, 2);
  const point = metric?.exponentialHistogram?.dataPoints[0];
  assert(point);
  assertEquals([point.count, point.min, point.max], ["1000", 1, 1000]);
  assertAlmostEquals(point.sum, 500_500, 1e-6);
  assertEquals(point.positive.bucketCounts.reduce((sum, count) => sum + Number(count), 0), 1000);
  // The median, read from the buckets, is the median that was recorded.
  let seen = 0;
  const middle = point.positive.bucketCounts.findIndex((count) => (seen += Number(count)) >= 500);
  const base = 2 ** (2 ** -point.scale);
  assert(
    base ** (point.positive.offset + middle) <= 500 && base ** (point.positive.offset + middle + 1) >= 500,
  );
});

Deno.test("the OpenTelemetry exporter names the service and puts tags on resource and points", async () => {
  const context = {
    tags: { region: "eu" },
    environment: { OTEL_RESOURCE_ATTRIBUTES: "team=a,region=us" },
  };
  const { resource, scopeMetrics } =
    decodeOtlp((await post("http://a", context, finalFrame({ scope: "final" }))).body).resourceMetrics[0];
  assertEquals(attributesOf(resource.attributes), { "service.name": "bench", team: "a", region: "eu" });
  assertEquals(scopeMetrics[0].scope.name, "bench");
  const [requests, , rate] = scopeMetrics[0].metrics;
  assertEquals(attributesOf(requests?.sum?.dataPoints[0]?.attributes), { region: "eu" });
  assertEquals(attributesOf(rate?.gauge?.dataPoints[0]?.attributes), { region: "eu", export: "final" });
});

Deno.test("the OpenTelemetry exporter honours headers, time limit and compression of the environment", async () => {
  const made = await post("http://me:pw@a", {
    headers: [["X-Scope", "b"]],
    environment: {
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x",
      OTEL_EXPORTER_OTLP_TIMEOUT: "100",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    },
  });
  assertEquals(made.url, "http://a/v1/metrics");
  assertEquals(made.timeoutMs, 100);
  assertEquals(made.headers, {
    "content-type": "application/x-protobuf",
    "content-encoding": "gzip",
    authorization: "Bearer x",
    "x-scope": "b",
  });
  const payload = decodeOtlp(new Uint8Array(gunzipSync(made.body)));
  assertEquals(payload.resourceMetrics[0].scopeMetrics[0].metrics.length, finalFrame().rows.length + 1);
});

Deno.test("the OpenTelemetry exporter leaves out what was not measured", async () => {
  const { metrics } =
    decodeOtlp((await post("http://a", {}, emptyFrame())).body).resourceMetrics[0].scopeMetrics[0];
  assertEquals(metrics.filter(({ name }) => name.includes("latency")), []);
});

Deno.test("refusedPoints() reads a partial success", () => {
  assertEquals(
    refusedPoints(otlpResponse({ rejectedDataPoints: 3, errorMessage: "too old" })),
    "3 data points were refused: too old",
  );
  assertEquals(refusedPoints(otlpResponse({ errorMessage: "only a warning" })), undefined);
  assertEquals(refusedPoints(new Uint8Array()), undefined);
  assertEquals(refusedPoints(new TextEncoder().encode("{}")), undefined);
});

Deno.test("traced requests are exemplars of the latency histogram, each with its ids, value and time", async () => {
  const exemplars = [
    {
      atMs: 1500.25,
      latencyMs: 812.5,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
    },
    { atMs: 20, latencyMs: 0.5, traceId: "f".repeat(32), spanId: "0".repeat(15) + "1" },
  ];
  const { resourceMetrics } = decodeOtlp((await post("http://a", {}, finalFrame({ exemplars }))).body);
  const all = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics[0].metrics);
  const plain = decodeOtlp((await post("http://a")).body).resourceMetrics[0].scopeMetrics[0].metrics;
  assertEquals(all.map(({ name }) => name), plain.map(({ name }) => name));
  assertEquals(resourceMetrics.map(({ resource }) => resource), [
    resourceMetrics[0].resource,
    resourceMetrics[0].resource,
  ]);
  const [point] = all.at(-1)!.exponentialHistogram!.dataPoints;
  const { exemplars: told = [], ...rest } = point!;
  assertEquals(rest, plain.at(-1)!.exponentialHistogram!.dataPoints[0]);
  assertEquals(
    told.map(({ timeUnixNano, asDouble, spanId, traceId }) => [
      timeUnixNano,
      asDouble,
      Uint8Array.fromBase64(spanId).toHex(),
      Uint8Array.fromBase64(traceId).toHex(),
    ]),
    exemplars.map(({ atMs, latencyMs, spanId, traceId }) => [
      String(BigInt(START_MS) * 1_000_000n + BigInt(atMs * 1000) * 1000n),
      latencyMs,
      spanId,
      traceId,
    ]),
  );
});
