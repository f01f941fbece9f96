/** A sampled request's trace is found in a real Jaeger, and its collector reads the exemplars: `jaeger` (version 2) on PATH. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { freePorts, peerTest, startPeer } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";

const storing = (otlp: number, query: number) => `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
    metrics: { receivers: [otlp], exporters: [debug] }
  telemetry: { metrics: { level: none } }
extensions:
  jaeger_query:
    storage: { traces: store }
    http: { endpoint: "127.0.0.1:${query}" }
    grpc: { endpoint: "127.0.0.1:0" }
  jaeger_storage: { backends: { store: { memory: { max_traces: 10000 } } } }
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${otlp}" } } } }
exporters: { jaeger_storage_exporter: { trace_storage: store }, debug: { verbosity: detailed } }
`;

/** A server that records what its callers have sampled, and nothing else: OTLP as JSON. */
function startTracedServer(otlp: number) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const [, traceId, parentSpanId, flags] = (request.headers.get("traceparent") ?? "").split("-");
    if (traceId === undefined || (Number(flags) & 1) === 0) return new Response("ok");
    const startMs = Date.now();
    const spanId = crypto.getRandomValues(new Uint8Array(8)).toHex();
    const span = {
      ...{ traceId, spanId, parentSpanId, name: "GET /", kind: 2 },
      ...{ startTimeUnixNano: `${startMs}000000`, endTimeUnixNano: `${startMs + 1}000000` },
    };
    const service = { key: "service.name", value: { stringValue: "shop" } };
    const sent = await fetch(`http://127.0.0.1:${otlp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans: [span] }] }],
      }),
    });
    await sent.body?.cancel();
    return new Response("ok");
  });
  return { url: `http://127.0.0.1:${server.addr.port}/`, stop: () => server.shutdown() };
}

peerTest("every trace of a run is in Jaeger, and exemplars reach a collector", ["jaeger"], async () => {
  await using temp = await tempDir();
  const [otlp, query] = freePorts(2) as [number, number];
  const config = `${temp.path}/jaeger.yaml`;
  await Deno.writeTextFile(config, storing(otlp, query));
  const jaeger = await startPeer("jaeger", {
    args: ["--config", config],
    readyUrl: `http://127.0.0.1:${query}/`,
  });
  const { url, stop } = startTracedServer(otlp);
  try {
    const { code, out, err } = await program([
      ...["-n", "60", "-c", "3", "--trace-ratio", "0.5", "--json", "-", "--grace", "60"],
      ...["--otel-endpoint", `http://127.0.0.1:${otlp}`, url],
    ]);
    assertEquals(code, 0, err);
    const result = JSON.parse(out);
    const ids = result.slowest_requests.flatMap(({ trace_id: id, span_id: span }: Record<string, string>) =>
      id === undefined ? [] : [[id, span]]
    );
    assertGreater(ids.length, 0);
    const spansOf = async (id: string) => {
      const response = await fetch(`http://127.0.0.1:${query}/api/traces/${id}`);
      const { data } = await response.json();
      return data?.[0]?.spans ?? [];
    };
    for (const [id, span] of ids) {
      await until(async () => (await spansOf(id)).length > 0);
      const [{ references }] = await spansOf(id);
      assertEquals(references.map((one: { spanID: string }) => one.spanID), [span]);
    }
    const found = await fetch(`http://127.0.0.1:${query}/api/traces?service=shop&limit=1000&lookback=1h`);
    assertEquals((await found.json()).data.length, result.traced_requests);
  } finally {
    await stop();
    await jaeger.stop();
  }
  const said = await jaeger.said;
  const [, trace] = /Exemplar #0\n\s+-> Trace ID: ([\da-f]{32})\n\s+-> Span ID: [\da-f]{16}/.exec(said) ?? [];
  assert(trace !== undefined, said.slice(-2000));
});
