/** What real receivers hold after a run of the real program is what its JSON says. */
import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { type PrometheusServer, withPrometheus } from "../export/prometheus_server.ts";
import { startPushgateway } from "../export/pushgateway_server.ts";
import { freePort, peerTest, REFUSING_PORT } from "../_support/peers.ts";
import { type Misbehaviour, MISBEHAVIOURS, startBadReceiver } from "../_support/bad_receivers.ts";
import { program } from "../_support/program.ts";

const TAGS = { region: "eu", note: 'say "hi"\\ \n你好, ünï' };
const tagArgs = Object.entries(TAGS).flatMap(([key, value]) => ["--tag", `${key}=${value}`]);

/** The numbers of a result under the names that Prometheus has for them; `export`: gauges carry that label. */
// deno-lint-ignore no-explicit-any -- the public JSON
const expectedOf = (result: any): readonly (readonly [name: string, value: number, isGauge: boolean])[] => [
  ["bench_requests_total", result.total_requests, false],
  ["bench_errors_total", result.total_errors, false],
  ["bench_duration_sec", result.duration_sec, true],
  ["bench_requests_per_sec", result.requests_per_sec, true],
  ["bench_latency_p50_ms", result.percentiles.p50 * 1000, true],
  ["bench_latency_p95_ms", result.percentiles.p95 * 1000, true],
  ["bench_latency_mean_ms", result.latency.mean * 1000, true],
  ["bench_latency_max_ms", result.latency.max * 1000, true],
];

/** Asserts that a selection of series holds a result exactly, but for the rounding of the JSON. */
async function assertHolds(
  { query }: PrometheusServer,
  { result, selector, scope, labels }: {
    readonly result: unknown;
    readonly selector: string;
    readonly scope?: string;
    readonly labels: Readonly<Record<string, string>>;
  },
): Promise<void> {
  for (const [name, value, isGauge] of expectedOf(result)) {
    const export_ = isGauge && scope !== undefined ? `,export="${scope}"` : "";
    const expression = `last_over_time(${name}{${selector}${export_}}[5m])`;
    const [series, ...others] = await query(expression, Date.now() + 1000);
    assertEquals(others, [], expression);
    const { __name__: _, export: __, ...found } = series?.metric ?? {};
    assertEquals(found, labels, expression);
    const tolerance = isGauge ? 0.006 : 0;
    assertAlmostEquals(Number(series?.value[1]), value, tolerance, expression);
  }
}

peerTest(
  "Prometheus holds what the JSON says: written at intervals, and scraped",
  ["prometheus"],
  async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    const port = freePort();
    await withPrometheus(async (prometheus) => {
      const { code, out, err } = await program([
        ...["-d", "2.5", "-c", "4", "-t", "1", "--grace", "5", "--json", "-", ...tagArgs],
        ...["--prom-remote-write", `${prometheus.url}/api/v1/write`, "--export-interval", "1"],
        ...["--serve-metrics", String(port), `${target.url}/delay/5`],
      ]);
      assertEquals(code, 0, err);
      const result = JSON.parse(out);
      assertEquals(result.tags, TAGS);
      await assertHolds(prometheus, {
        result,
        selector: 'job="bench"',
        scope: "final",
        labels: { job: "bench", ...TAGS },
      });
      await assertHolds(prometheus, {
        result,
        selector: 'job="scraped"',
        scope: "final",
        labels: { job: "scraped", instance: `127.0.0.1:${port}`, ...TAGS },
      });
      const finals = await prometheus.query(
        'count_over_time(bench_requests_per_sec{job="bench",export="final"}[5m])',
        Date.now() + 1000,
      );
      assertEquals(finals.map(({ value }) => value[1]), ["1"], "exactly one closing push");
    }, port);
  },
);

peerTest("a Pushgateway holds what the JSON says", ["prometheus-pushgateway"], async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using gateway = await startPushgateway();
  const { code, out, err } = await program([
    ...["-n", "200", "--json", "-", ...tagArgs, "--prom-remote-write", gateway.url, `${target.url}/json`],
  ]);
  assertEquals(code, 0, err);
  const result = JSON.parse(out);
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  const labels = String.raw`instance="",job="bench",note="say \"hi\"\\ \n你好, ünï",region="eu"`;
  assertStringIncludes(page, `bench_requests_total{${labels}} ${result.total_requests}\n`);
  for (const [name, value] of expectedOf(result)) {
    const shown = page.split("\n").find((line) => line.startsWith(`${name}{`));
    assertAlmostEquals(Number(shown?.split(" ").at(-1)), value, 0.006, name);
  }
});

/** What the report says of each receiver. */
const REASONS: Readonly<Record<Misbehaviour, RegExp>> = {
  hangs: /no response within 0\.3 s/,
  "answers 500": /HTTP 500/,
  "answers 429": /HTTP 429/,
  "closes mid-answer": /end of file|body|closed/i,
};

/** Runs a load whose export goes there; `timeoutMs`: how long a receiver may take. */
async function runWithReceiver(endpoint: string, timeoutMs = 20_000) {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const { code, out, err } = await program([
    ...["-d", "1.5", "-c", "2", "-t", "1", "--grace", "60", "--json", "-", "--export-interval", "1"],
    ...["--otel-endpoint", endpoint, `${target.url}/delay/5`],
  ], { OTEL_EXPORTER_OTLP_TIMEOUT: String(timeoutMs) });
  const result = JSON.parse(out);
  const counted = (await (await fetch(`${target.url}/counter`)).json())["/delay/5"];
  assertEquals([counted, result.unfinished_requests], [result.total_requests, 0]);
  assertEquals(code, 1, "what was to be exported and was not makes the exit code 1");
  return err.replace(/\s+/g, " "); // The report wraps its notes.
}

Deno.test("a receiver that misbehaves costs the run nothing and is told about", async () => {
  const runs = MISBEHAVIOURS.map(async (how) => {
    await using receiver = await startBadReceiver(how);
    const said = await runWithReceiver(receiver.origin, how === "hangs" ? 300 : undefined);
    assertMatch(said, /Export to OpenTelemetry: 0 sent,.* (?:failed|never delivered)/, how);
    assertMatch(said, REASONS[how]);
  });
  await Promise.all(runs);
});

Deno.test("a receiver that refuses costs the run nothing and is told about", async () => {
  const said = await runWithReceiver(`http://127.0.0.1:${REFUSING_PORT}`);
  assertMatch(said, /Export to OpenTelemetry: 0 sent, [12] failed.* \(.*refused/i);
});
