/** Results that others wrote, or that are none. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** What pywrkr 1.6 writes with --json, shortened. */
const PYWRKR = {
  duration_sec: 5.003,
  connections: 10,
  total_requests: 1000,
  total_errors: 0,
  total_bytes: 2000,
  content_length_errors: 0,
  requests_per_sec: 199.9,
  transfer_per_sec_bytes: 399.8,
  status_codes: { "200": 1000 },
  error_types: {},
  latency: { min: 0.001, max: 0.1, mean: 0.01, median: 0.009, stdev: 0.002 },
  percentiles: { p50: 0.009, p75: 0.01, p90: 0.02, p95: 0.03, p99: 0.05, "p99.9": 0.09, "p99.99": 0.1 },
  schema_version: 1,
  config: { mode: "duration", connections: 10, read_body: true },
  extract_failures: 0,
  template_errors: 0,
  http_versions: { "1.1": 1000 },
  rps_timeline: [[0, 200], [1, 200]],
};

for (
  const words of [
    ["compare", "FILE", "FILE"],
    ["summary", "FILE"],
    ["report", "FILE"],
    ["-n", "1", "--baseline", "FILE", "http://127.0.0.1:9/"],
  ]
) {
  Deno.test(`bench ${words.join(" ")} says that pywrkr wrote the file, and what to do`, async () => {
    await using temp = await tempDir();
    const path = `${temp.path}/file.json`;
    await Deno.writeTextFile(path, JSON.stringify(PYWRKR));
    const { code, out, err } = await program(words.map((word) => word === "FILE" ? path : word));
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "pywrkr wrote it, and it holds neither histograms nor a line for each second");
    assertStringIncludes(err, "measure once with bench and --json, or --save-baseline");
  });
}
