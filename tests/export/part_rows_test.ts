/** Metrics of the parts of a run: their names and labels, and how each receiver gets them. */
import { assert, assertEquals } from "@std/assert";
import type { ExportFrame } from "../../src/export/exporter.ts";
import { linesOf } from "../../src/export/influx.ts";
import { otlpPayload } from "../../src/export/otlp_payload.ts";
import { type ExportedPart, MAX_EXPORTED_PARTS, partRows } from "../../src/export/part_rows.ts";
import { expositionText } from "../../src/export/prometheus_text.ts";
import { remoteWritePayload } from "../../src/export/remote_write_payload.ts";
import { statsdLines } from "../../src/export/statsd.ts";
import { labelsOf } from "../../src/export/exporter.ts";
import { histogramOf, stepOf } from "../_support/outcomes.ts";
import { decodeOtlp, decodeRemoteWrite } from "./_payloads.ts";
import { finalFrame } from "./sample_run.ts";

function partOf(name: string, count: number, changes: Partial<ExportedPart> = {}): ExportedPart {
  const latency = histogramOf(...Array.from({ length: count }, (_, i) => i + 1));
  return {
    kind: "group",
    label: "group",
    name,
    form: "span",
    stats: { counts: stepOf({ latency }), durationMs: 1000 },
    ...changes,
  };
}

const PARTS = [partOf("log in", 3), partOf("buy", 200)];

function frameWith(parts: readonly ExportedPart[]): ExportFrame {
  const frame = finalFrame();
  return { ...frame, rows: [...frame.rows, ...partRows(parts, parts)] };
}

Deno.test("partRows() names metrics by the kind of part, and labels them with its name", () => {
  const rows = partRows(PARTS, PARTS);
  assertEquals(
    rows.filter(({ labels }) => labels?.["group"] === "buy").map((
      { key, value },
    ) => [key, Math.round(value)]),
    [
      ["group.total", 200],
      ["group.errors.total", 0],
      ["group.per_sec", 200],
      ["group.latency.p50", 100],
      ["group.latency.p95", 190],
      ["group.latency.p99", 198],
      ["group.latency.mean", 101],
      ["group.latency.max", 200],
    ],
  );
  const { form: _, ...step } = partOf("a", 2, { kind: "step", label: "step_name" });
  const [first] = partRows([step], [step]);
  assertEquals([first?.key, first?.labels], ["step.requests.total", { step_name: "a" }]);
});

Deno.test("partRows() counts over the run; a part that the window does not have has no gauges", () => {
  const rows = partRows(PARTS, [partOf("buy", 20)]);
  assertEquals(rows.filter(({ labels }) => labels?.["group"] === "log in").map(({ key }) => key), [
    "group.total",
    "group.errors.total",
  ]);
  const buy = rows.filter(({ labels }) => labels?.["group"] === "buy");
  assertEquals(buy.find(({ key }) => key === "group.total")?.value, 200);
  assertEquals(buy.find(({ key }) => key === "group.per_sec")?.value, 20);
});

Deno.test("partRows() adds up what is beyond a hundred parts of a kind", () => {
  const many = Array.from({ length: MAX_EXPORTED_PARTS + 50 }, (_, i) => partOf(`g${i}`, 2));
  const totals = partRows(many, many).filter(({ key }) => key === "group.total");
  assertEquals(totals.length, MAX_EXPORTED_PARTS + 1);
  assertEquals([totals.at(-1)?.labels, totals.at(-1)?.value], [{ group: "(others)" }, 100]);
});

Deno.test("Prometheus' text has help and type of a metric once, before the samples of all its parts", () => {
  const frame = frameWith(PARTS);
  const text = expositionText(frame.rows, { prefix: "bench", labels: (row) => labelsOf(row, frame) });
  assertEquals(text.match(/^# TYPE bench_group_latency_p50_ms gauge\n.*\n.*$/m)?.[0].split("\n").slice(1), [
    'bench_group_latency_p50_ms{group="log in"} 2',
    'bench_group_latency_p50_ms{group="buy"} 100.031',
  ]);
  const names = text.matchAll(/^# HELP (\S+)/gm).map(([, name]) => name).toArray();
  assertEquals(new Set(names).size, names.length);
});

Deno.test("every other receiver gets each part as a series of its own", () => {
  const frame = frameWith(PARTS);
  const { metrics } = decodeOtlp(otlpPayload({ prefix: "bench", tags: {}, resource: {} })(frame))
    .resourceMetrics[0].scopeMetrics[0];
  const groups = metrics.find(({ name }) => name === "bench.group.total")?.sum?.dataPoints;
  assertEquals(groups?.map(({ asInt }) => asInt), ["3", "200"]);
  assertEquals(new Set(metrics.map(({ name }) => name)).size, metrics.length);

  const { timeseries, metadata } = decodeRemoteWrite(remoteWritePayload("bench", { group: "tag" })(frame));
  const labelsOfSeries = timeseries.map(({ labels }) => labels.map(({ value }) => value).join(" "));
  assert(labelsOfSeries.includes("bench_group_total log in bench"), labelsOfSeries.join("\n"));
  assertEquals(new Set(labelsOfSeries).size, labelsOfSeries.length);
  assert(metadata.length < timeseries.length);

  const lines = linesOf(frame, { prefix: "bench", tags: {} }).trimEnd().split("\n");
  assertEquals(lines.map((line) => line.split(" requests_total")[0]!.split(" group_total")[0]), [
    "bench",
    "bench,group=log\\ in",
    "bench,group=buy",
  ]);

  const statsd = statsdLines("bench", {});
  const counted = (text: readonly string[]) => text.filter((line) => line.includes("group.total"));
  assertEquals(counted(statsd(frame)), [
    "bench.group.total:3|c|#group:log_in",
    "bench.group.total:200|c|#group:buy",
  ]);
  assertEquals(
    counted(statsd(frameWith([PARTS[0]!, partOf("buy", 250)])))[1],
    "bench.group.total:50|c|#group:buy",
  );
});

Deno.test("responses by what they said of themselves are counts", () => {
  const parts = ["200", "NOT_FOUND"].map((name, i) =>
    partOf(name, i + 3, { kind: "responses", label: "status", form: "response" })
  );
  const rows = partRows(parts, parts);
  assertEquals(rows.map(({ key, kind, value, labels }) => [key, kind, value, labels]), [
    ["responses.total", "counter", 3, { status: "200" }],
    ["responses.total", "counter", 4, { status: "NOT_FOUND" }],
  ]);
});

Deno.test("metrics of the server's own are durations, told apart by description, too", () => {
  const timing = (name: string, count: number, more?: Readonly<Record<string, string>>) =>
    partOf(name, count, {
      ...{ kind: "server_timing", label: "metric", form: "timing" as const },
      ...(more && { more }),
    });
  const hostile = 'HI"T\n\\';
  const parts = [timing("cache", 2, { description: hostile }), timing("cache", 300, { description: "MISS" })];
  const rows = partRows(parts, parts);
  assertEquals(
    rows.filter(({ labels }) => labels?.["description"] === "MISS").map(({ key, value }) => [
      key,
      Math.round(value),
    ]),
    [
      ["server_timing.total", 300],
      ["server_timing.duration.p50", 150],
      ["server_timing.duration.p95", 285],
      ["server_timing.duration.p99", 297],
      ["server_timing.duration.mean", 151],
      ["server_timing.duration.max", 300],
    ],
  );
  const frame = frameWith(parts);
  const text = expositionText(frame.rows, { prefix: "bench", labels: (row) => labelsOf(row, frame) });
  assert(text.includes('bench_server_timing_total{description="HI\\"T\\n\\\\",metric="cache"} 2\n'), text);
});
