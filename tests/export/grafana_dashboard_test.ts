/** The Grafana dashboard shows metrics that exist, which a real Prometheus answers. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import dashboard from "../../fixtures/grafana_dashboard.json" with { type: "json" };
import { deliver } from "../../src/export/deliver.ts";
import { EXPORTED_METRICS, metricRows, prometheusName } from "../../src/export/metric_rows.ts";
import { remoteWriteExporter } from "../../src/export/remote_write.ts";
import { peerTest } from "../_support/peers.ts";
import { withPrometheus } from "./prometheus_server.ts";
import { overallStats } from "../../src/result/run_result.ts";
import { EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import { EMPTY_HISTOGRAM } from "../../src/metrics/histogram.ts";
import { exportContext, exportValues, finalFrame, ticks } from "./sample_run.ts";

const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

Deno.test("the Grafana dashboard shows every exported metric and no other", () => {
  const used = new Set(expressions.join(" ").match(/\bbench_\w+/g));
  const exported = EXPORTED_METRICS.map((metric) => prometheusName("bench", metric));
  assertEquals([...used].sort(), exported.toSorted());
});

Deno.test("the Grafana dashboard's panels have places of their own and the chosen data source", () => {
  assertEquals(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
  for (const { gridPos, datasource } of dashboard.panels) {
    assertLessOrEqual(gridPos.x + gridPos.w, 24);
    assertEquals(datasource.uid, "${datasource}");
  }
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + i % w},${y + Math.floor(i / w)}`)
  );
  assertEquals(new Set(cells).size, cells.length);
});

peerTest("a real Prometheus answers every query of the Grafana dashboard", ["prometheus"], async () => {
  await withPrometheus(async ({ url, query }) => {
    const timeMs = Date.now();
    const encode = await remoteWriteExporter.open(exportValues({ remoteWrite: url }), exportContext());
    const { counts, durationMs } = overallStats({ total: ticks().at(-1)!.total, durationMs: 2000 });
    const stats = {
      counts: {
        ...counts,
        serviceLatency: counts.latency,
        dropped: EMPTY_HISTOGRAM,
        run: { ...EMPTY_SNAPSHOT, delayed: 2 },
      },
      durationMs,
    };
    const rows = metricRows(stats, stats);
    const frame = finalFrame({ startMs: timeMs - 2000, timeMs, scope: "interval", rows });
    assertEquals(await deliver(encode!(frame), new AbortController().signal), { isDelivered: true });
    for (const expression of expressions) {
      assertEquals((await query(expression.replaceAll("$job", ".*"), timeMs)).length, 1, expression);
    }
  });
});
