/** Prometheus remote write, also with a real Prometheus. */
import { assert, assertEquals } from "@std/assert";
import { deliver } from "../../src/export/deliver.ts";
import { remoteWriteExporter } from "../../src/export/remote_write.ts";
import { remoteWritePayload } from "../../src/export/remote_write_payload.ts";
import { prometheusName } from "../../src/export/metric_rows.ts";
import { peerTest } from "../_support/peers.ts";
import { withPrometheus } from "./prometheus_server.ts";
import { decodeRemoteWrite } from "./_payloads.ts";
import { exportContext, exportValues, finalFrame } from "./sample_run.ts";

Deno.test("remoteWritePayload() has a sample a metric, with sorted labels and none empty", () => {
  const tags = { region: "eu", Zone: "1", empty: "" };
  const frame = finalFrame();
  const bytes = remoteWritePayload("bench", tags)(frame);
  const { timeseries, metadata } = decodeRemoteWrite(bytes);
  assertEquals(timeseries.length, frame.rows.length);
  assertEquals(timeseries[0], {
    labels: [
      { name: "Zone", value: "1" },
      { name: "__name__", value: "bench_requests_total" },
      { name: "job", value: "bench" },
      { name: "region", value: "eu" },
    ],
    samples: [{ value: 1010, timestamp: "1700000002000" }],
  });
  assertEquals(
    metadata.map(({ type }) => type),
    frame.rows.map(({ kind }) => kind === "counter" ? 1 : 2),
  );
});

Deno.test("the remote-write exporter says what it sends", async () => {
  const encode = await remoteWriteExporter.open(
    exportValues({ remoteWrite: "http://a:9090" }),
    exportContext(),
  );
  const post = encode?.(finalFrame());
  assert(post?.kind === "http");
  assertEquals(post.url, "http://a:9090/api/v1/write");
  assertEquals(post.headers["content-encoding"], "snappy");
  assertEquals(post.headers["x-prometheus-remote-write-version"], "0.1.0");
});

peerTest("a real Prometheus takes the metrics and gives them back", ["prometheus"], async () => {
  await withPrometheus(async ({ url, query }) => {
    const timeMs = Date.now();
    const tags = { region: "eu", note: 'a "b" \\ c' };
    const encode = await remoteWriteExporter.open(
      exportValues({ remoteWrite: url }),
      exportContext({ tags }),
    );
    const frame = finalFrame({ startMs: timeMs - 2000, timeMs });
    assertEquals(await deliver(encode!(frame), new AbortController().signal), { isDelivered: true });
    for (const metric of frame.rows) {
      const [series] = await query(prometheusName("bench", metric), timeMs);
      const { __name__: _, ...labels } = series?.metric ?? {};
      assertEquals(labels, { job: "bench", ...tags });
      assertEquals(Number(series?.value[1]), metric.value);
    }
  });
});
