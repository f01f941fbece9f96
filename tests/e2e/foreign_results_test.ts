/** Results that others wrote, or that are none. */
import { fileURLToPath } from "node:url";
import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { response, startRawServer } from "../_support/raw_server.ts";
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

for (const words of [["summary", "FILE"], ["report", "FILE"]]) {
  Deno.test(`bench ${words.join(" ")} says that pywrkr wrote the file, and what to do`, async () => {
    await using temp = await tempDir();
    const path = `${temp.path}/file.json`;
    await Deno.writeTextFile(path, JSON.stringify(PYWRKR));
    const { code, out, err } = await program(words.map((word) => word === "FILE" ? path : word));
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "pywrkr wrote it, and it holds neither histograms nor a line for each second");
    assertStringIncludes(err, "bench compare and --baseline read it");
  });
}

const SAMPLES = new URL("../selftest/samples/", import.meta.url);

/** What each tool's file says, in the units of `bench compare --format json`; absent: it does not hold it. */
const TOLD = {
  "pywrkr": {
    rps: 199.9,
    error_rate: 0,
    p50: 0.009,
    p95: 0.03,
    p99: 0.05,
    max_latency: 0.1,
    transfer_rate: 399.8,
  },
  "oha": { error_rate: 10, total_requests: 200 },
  "vegeta": { error_rate: 10, total_requests: 100 },
  "k6": { rps: 953.25, total_requests: 50, avg_latency: undefined, transfer_rate: undefined },
  "wrk": { rps: 78706.52, total_requests: 79271, p50: undefined, p95: undefined, p99: undefined },
  "wrk_latency": { total_requests: 805, p50: 0.00631, p95: undefined, p99: 0.03251 },
} as const;

for (const [name, told] of Object.entries(TOLD)) {
  Deno.test(`bench compare takes what ${name}'s file holds, and nothing else`, async () => {
    await using temp = await tempDir();
    const path = `${temp.path}/${name}.txt`;
    if (name === "pywrkr") await Deno.writeTextFile(path, JSON.stringify(PYWRKR));
    else await Deno.copyFile(new URL(`${name}.txt`, SAMPLES), path);
    const { code, out, err } = await program(["compare", "--format", "json", path, path]);
    assertEquals(code, 0, err);
    const { metrics, config_warnings: warnings } = JSON.parse(out);
    for (const [metric, expected] of Object.entries(told)) {
      const found = metrics.find((change: { metric: string }) => change.metric === metric);
      if (expected === undefined) assertEquals(found?.baseline, undefined, metric);
      // A percentile is at most a thousandth too high.
      else assertAlmostEquals(found.baseline, expected, Math.max(expected / 900, 1e-6), metric);
    }
    assertStringIncludes(warnings.join(), `is a result of ${name.replace(/_.*/, "")}`);
  });
}

Deno.test("--baseline takes another tool's result; a change beyond any noise fails the run", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) =>
    void connection.send(response("hello", { status: "500 Broken" }))
  );
  const path = `${temp.path}/file.json`;
  await Deno.writeTextFile(path, JSON.stringify(PYWRKR));
  const words = ["-n", "500", "--baseline", path, "--fail-on", "error_rate worse", `${server.origin}/`];
  const { code, out } = await program(words);
  assertEquals(code, 3);
  assertMatch(out, /error_rate worse +FAIL [^]*worse\s+beyond\s+noise/);
});

Deno.test("a log of HdrHistogram holds percentiles and a rate", async () => {
  const path = fileURLToPath(new URL("../../fixtures/hlog/nanoseconds.hlog", import.meta.url));
  const { out } = await program(["compare", path, path]);
  for (const line of [/rps +1,?000\b/, /p50 +1\.44ms/, /p95 +7\.0\dms/, /p99 +11\.4\d?ms/]) {
    assertMatch(out, line);
  }
  assertEquals(/\n +(?:error_rate|transfer_rate) /.test(out), false, out);
});

Deno.test("a percentile table is enough for percentiles, and for no more", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/a.hgrm`;
  await Deno.writeTextFile(
    path,
    `       Value     Percentile TotalCount 1/(1-Percentile)

       1.000 0.000000000000          1           1.00
       2.000 0.500000000000       5000           2.00
       5.000 0.950000000000       9500          20.00
       9.000 1.000000000000      10000
#[Mean    =        2.100, StdDeviation   =        1.000]
#[Max     =        9.000, Total count    =        10000]
`,
  );
  const { out } = await program(["compare", path, path]);
  for (const line of [/p50 +2\.00ms/, /p95 +5\.0\dms/, /max_latency +9\.0\dms/]) {
    assertMatch(out, line);
  }
  assertEquals(/\n +(?:rps|p99|error_rate|transfer_rate) /.test(out), false, out);
});
