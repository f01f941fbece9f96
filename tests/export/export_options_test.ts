/** The options of exports: names, ports, and which of them go together. */
import { assertEquals, assertThrows } from "@std/assert";
import { checkExport, exportOptions, prometheusUrls } from "../../src/export/export_options.ts";
import { UsageError } from "../../src/lib/errors.ts";
import { exportValues } from "./sample_run.ts";

Deno.test("--serve-metrics takes a port of the loopback interface, or host and port", () => {
  const { parse } = exportOptions.serveMetrics.type;
  assertEquals(parse("9464"), { host: "127.0.0.1", port: 9464 });
  assertEquals(parse("0.0.0.0:9464"), { host: "0.0.0.0", port: 9464 });
  assertThrows(() => parse("0"), UsageError, "a port from 1 to 65535");
});

Deno.test("--export-interval is a second or more", () => {
  assertEquals(exportOptions.exportInterval.type.parse("1"), 1000);
  assertThrows(() => exportOptions.exportInterval.type.parse("500ms"), UsageError, "at least 1s");
});

Deno.test("--metrics-prefix makes legal names everywhere", () => {
  const { parse } = exportOptions.metricsPrefix.type;
  assertEquals(parse("team.bench_2"), "team.bench_2");
  for (const bad of ["", "2x", "a-b", "a b", "a.", ".a"]) {
    assertThrows(() => parse(bad), UsageError, "expected a name");
  }
});

Deno.test("prometheusUrls() takes --prom-remote-write for what its path or --prom-protocol says", () => {
  const gateway = "http://a:9091";
  const write = "https://b/prefix/api/v1/write?tenant=x";
  for (
    const [given, pushgateway, remoteWrite] of [
      [{}, undefined, undefined],
      [{ pushgateway: gateway, remoteWrite: write }, gateway, write],
      [{ promRemoteWrite: gateway }, gateway, undefined],
      [{ promRemoteWrite: write }, undefined, write],
      [{ promRemoteWrite: write, promProtocol: "pushgateway" }, write, undefined],
      [{ promRemoteWrite: gateway, promProtocol: "remote-write" }, undefined, gateway],
    ] as const
  ) assertEquals(prometheusUrls(exportValues(given)), { pushgateway, remoteWrite });
});

Deno.test("checkExport() refuses an interval or header without a receiver", () => {
  checkExport(exportValues());
  checkExport(exportValues({ exportInterval: 1000, statsd: { host: "a", port: 1 } }));
  const error = assertThrows(
    () => checkExport(exportValues({ exportInterval: 1000, exportHeader: [["a", "b"]] })),
    UsageError,
    "--export-interval needs a receiver",
  );
  assertEquals(error.problems.length, 2);
});
