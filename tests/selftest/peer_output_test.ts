/** Reports of other tools, read. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  parseAb,
  parseBenchJson,
  parseH2load,
  parseHey,
  parseK6,
  parseOha,
  parseVegeta,
  parseWrk,
} from "../../src/selftest/peer_output.ts";

/** What the real programs printed, against nginx with a 34-byte body. */
function sample(name: string): string {
  return Deno.readTextFileSync(new URL(`samples/${name}.txt`, import.meta.url));
}

Deno.test("parseWrk() reads totals and counts answers that are neither 2xx nor 3xx", () => {
  assertEquals(parseWrk(sample("wrk")), { requests: 79271, perSecond: 78706.52, errors: 0 });
  assertEquals(parseWrk(sample("wrk_404")), { requests: 47605, perSecond: 47055.16, errors: 47605 });
});

Deno.test("parseWrk() reads percentiles in any unit", () => {
  const { latencyMs } = parseWrk(sample("wrk_latency"));
  assertEquals(Object.keys(latencyMs!), ["50", "99"]);
  const text = "1 requests in 1s\n     50%  640.00us\n     99%    1.50s \nRequests/sec: 1\n";
  assertEquals(parseWrk(text).latencyMs, { 50: 0.64, 99: 1500 });
});

Deno.test("parseWrk() adds socket errors", () => {
  const text = sample("wrk") + "  Socket errors: connect 1, read 2, write 3, timeout 4\n";
  assertEquals(parseWrk(text).errors, 10);
});

Deno.test("parseAb() reads totals and counts non-2xx answers", () => {
  assertEquals(parseAb(sample("ab")), {
    requests: 49391,
    perSecond: 49210.15,
    errors: 0,
    latencyMs: { 50: 0, 95: 0, 99: 2 },
  });
  assertEquals(parseAb(sample("ab_404")), {
    requests: 100,
    perSecond: 15239.26,
    errors: 100,
    latencyMs: { 50: 0, 95: 2, 99: 3 },
  });
});

Deno.test("parseHey() reads totals, error statuses and requests without a response", () => {
  assertEquals(parseHey(sample("hey")), {
    requests: 45728,
    perSecond: 45713.2453,
    errors: 0,
    latencyMs: { 50: 0.1, 95: 0.2, 99: 0.2 },
  });
  assertEquals(parseHey(sample("hey_404")), {
    requests: 40,
    perSecond: 18884.4217,
    errors: 40,
    latencyMs: { 50: 0.1, 95: 0.5 },
  });
  assertEquals(parseHey(sample("hey_refused")), { requests: 4, perSecond: 1038.8415, errors: 4 });
});

Deno.test("parseOha() reads totals, percentiles, and tells cut off requests from failed ones", () => {
  const { latencyMs, perSecond, ...totals } = parseOha(sample("oha"));
  assertEquals(totals, { requests: 200, errors: 20 });
  assertEquals([Object.keys(latencyMs!), perSecond > 0], [["50", "95", "99"], true]);
  const { requests, errors, unfinished } = parseOha(sample("oha_hang"));
  assertEquals([requests, errors, unfinished], [20, 0, 5]);
});

Deno.test("parseVegeta() reads totals and percentiles", () => {
  const { latencyMs, ...totals } = parseVegeta(sample("vegeta"));
  assertEquals(totals, { requests: 100, perSecond: 104.21788465464049, errors: 10 });
  assertEquals([50, 95, 99].map((p) => latencyMs![p]!.toFixed(3)), ["0.214", "14.280", "28.170"]);
});

Deno.test("parseK6() reads the exported summary", () => {
  const { latencyMs, ...totals } = parseK6(sample("k6"));
  assertEquals(totals, { requests: 50, perSecond: 953.2490263371458, errors: 5 });
  assertEquals(latencyMs![50], 1.736495);
});

Deno.test("parseH2load() reads totals and counts each failed request once", () => {
  assertEquals(parseH2load(sample("h2load")), { requests: 49976, perSecond: 49976, errors: 0 });
  assertEquals(parseH2load(sample("h2load_404")), { requests: 40, perSecond: 1371.13, errors: 40 });
});

Deno.test("parsers refuse output that is not theirs", () => {
  for (const parse of [parseWrk, parseAb, parseHey, parseH2load, parseOha, parseVegeta, parseK6]) {
    assertThrows(() => parse("command not found"), Error, "Cannot read");
  }
  assertThrows(() => parseBenchJson("{}"), Error, "No totals");
});

Deno.test("parseBenchJson() needs only the totals", () => {
  const totals = { total_requests: 10, requests_per_sec: 5.5 };
  assertEquals(parseBenchJson(JSON.stringify(totals)), { requests: 10, perSecond: 5.5, errors: 0 });
  const full = { ...totals, total_errors: 2, open_loop: { start_delay: { p50: 0.0015 } } };
  assertEquals(parseBenchJson(JSON.stringify(full)), {
    requests: 10,
    perSecond: 5.5,
    errors: 2,
    startDelayMs: 1.5,
  });
});

Deno.test("a duel's JSON tells how many metrics differ, a run's how well it is known and how long it warmed up", () => {
  const metrics = ["worse", "same", "better", "unknown"].map((verdict) => ({ verdict }));
  assertEquals(parseBenchJson(JSON.stringify({ mode: "duel", metrics })).differences, 2);
  const run = {
    ...{ total_requests: 1, requests_per_sec: 1 },
    until: [{ reached: true }, { reached: false }],
    warmup: { duration_sec: 5, requests: 9 },
  };
  const { reached, warmupMs } = parseBenchJson(JSON.stringify(run));
  assertEquals([reached, warmupMs], [0, 5000]);
});
