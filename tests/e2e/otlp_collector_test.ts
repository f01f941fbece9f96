/** What a real OpenTelemetry collector understands of a streamed run. Its binary is rarely packaged: `otelcol` on PATH. */
import { assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { freePort, peerTest, startPeer } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const configuration = (port: number) => `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { debug: { verbosity: detailed } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { metrics: { receivers: [otlp], exporters: [debug] } }
`;

/** A metric as the collector's debug exporter prints it. */
interface Shown {
  readonly name: string;
  readonly text: string;
  /** Of every point, in order. */
  readonly values: readonly number[];
}

/** The metrics in all that was received, in order. */
function metricsIn(log: string): readonly Shown[] {
  return log.split("Metric #").slice(1).map((text) => ({
    name: / -> Name: (\S+)/.exec(text)?.[1] ?? "",
    text,
    values: [...text.matchAll(/^(?:Value|Count): ([\d.e+-]+)$/gm)].map(([, value]) => Number(value)),
  }));
}

peerTest(
  "a real collector reads kinds, units and growing counters of a streamed run",
  ["otelcol"],
  async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    await using temp = await tempDir();
    const dir = temp.path;
    const port = freePort();
    await Deno.writeTextFile(`${dir}/config.yaml`, configuration(port));
    const collector = await startPeer("otelcol", {
      args: ["--config", `${dir}/config.yaml`],
      readyUrl: `http://127.0.0.1:${port}/`,
    });
    let result;
    try {
      const { code, out, err } = await program([
        ...["-d", "2.5", "-c", "2", "-t", "1", "--grace", "5", "--json", "-", "--export-interval", "1"],
        ...["--tag", 'note=ünï "q"\nline', "--otel-endpoint", `http://127.0.0.1:${port}`],
        `${target.url}/delay/5`,
      ]);
      assertEquals(code, 0, err);
      result = JSON.parse(out);
    } finally {
      await collector.stop();
    }
    const metrics = metricsIn(await collector.said);
    const requests = metrics.filter(({ name }) => name === "bench.requests.total");
    assertEquals(requests.length, 3, "two intervals and the end");
    const counts = requests.flatMap(({ values }) => values);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
    assertEquals(counts.at(-1), result.total_requests);
    assertGreater(counts[0], 0);
    for (const part of ["Unit: {request}", "DataType: Sum", "IsMonotonic: true", "Temporality: Cumulative"]) {
      assertStringIncludes(requests[0]?.text ?? "", part);
    }
    const p95 = metrics.filter(({ name }) => name === "bench.latency.p95");
    for (const part of ["Unit: ms", "DataType: Gauge"]) assertStringIncludes(p95.at(-1)?.text ?? "", part);
    assertEquals(p95.map(({ text }) => /export: Str\((\w+)\)/.exec(text)?.[1]), [
      "interval",
      "interval",
      "final",
    ]);
    assertLess(Math.abs(p95.at(-1)!.values[0]! - result.percentiles.p95 * 1000), 0.01);
    const histogram = metrics.findLast(({ name }) => name === "bench.latency");
    assertStringIncludes(histogram?.text ?? "", "DataType: ExponentialHistogram");
    assertEquals(histogram?.values[0], result.total_requests - result.total_errors);
    assertStringIncludes(await collector.said, "service.name: Str(bench)");
  },
);
