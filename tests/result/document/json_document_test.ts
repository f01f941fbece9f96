/** The JSON result: its keys, and what is masked or absent. */
import { assert, assertEquals } from "@std/assert";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import {
  emptyOutcome,
  histogramOf,
  hugeOutcome,
  openLoopOutcome,
  ordinaryOutcome,
  outcomeOf,
  scenarioPlan,
  scenarioStep,
  stepOf,
  tinyOutcome,
} from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const ORIGINAL_KEYS = [
  "duration_sec",
  "connections",
  "total_requests",
  "total_errors",
  "total_bytes",
  "content_length_errors",
  "requests_per_sec",
  "transfer_per_sec_bytes",
  "status_codes",
  "error_types",
];

Deno.test("toJsonDocument() of a run without requests has every count and no latency", () => {
  const document = toJsonDocument(emptyOutcome());
  for (const key of ORIGINAL_KEYS) assert(key in document, key);
  for (
    const key of ["latency", "percentiles", "tags", "target_rps", "step_stats", "latency_breakdown", "warmup"]
  ) {
    assert(!(key in document), key);
  }
  assertEquals(document.total_requests, 0);
  assertEquals(document.requests_per_sec, 0);
});

Deno.test("toJsonDocument() rounds as documented: seconds to six decimals, rates to two, the duration to three", () => {
  const step = stepOf({ latency: histogramOf(1.0004, 2.0004, 4.0004), bodyBytes: 100 });
  const plan = planFor("http://a.test/", { kind: "duration", connections: 3, durationMs: 1000 });
  const document = toJsonDocument(outcomeOf(plan, [step], { result: { durationMs: 1234.5678 } }));
  assertEquals(document.duration_sec, 1.235);
  assertEquals(document.requests_per_sec, 2.43);
  assertEquals(document.transfer_per_sec_bytes, 81);
  assertEquals(document.latency, { min: 0.001, max: 0.004, mean: 0.002334, median: 0.002, stdev: 0.001528 });
  assertEquals(document.connections, 3);
});

Deno.test("toJsonDocument() leaves out percentiles that the sample cannot resolve", () => {
  assertEquals(Object.keys(toJsonDocument(tinyOutcome()).percentiles ?? {}), ["p50"]);
  assertEquals(Object.keys(toJsonDocument(openLoopOutcome()).percentiles ?? {}), [
    "p50",
    "p75",
    "p90",
    "p95",
    "p99",
    "p99.9",
  ]);
  assertEquals(Object.keys(toJsonDocument(hugeOutcome()).percentiles ?? {}).at(-1), "p99.99");
});

Deno.test("toJsonDocument() gives a single request a deviation of 0", () => {
  const plan = planFor("http://a.test/", { kind: "requests", connections: 1, unit: "requests", amount: 1 });
  const document = toJsonDocument(outcomeOf(plan, [stepOf({ latency: histogramOf(5) })]));
  assertEquals(document.latency, { min: 0.005, max: 0.005, mean: 0.005, median: 0.005, stdev: 0 });
});

Deno.test("toJsonDocument() names the percentiles that are lower bounds, never a fast failure's time", () => {
  assertEquals(toJsonDocument(openLoopOutcome()).percentiles_at_least, ["p99", "p99.9", "max"]);
  assertEquals(toJsonDocument(openLoopOutcome()).service_latency?.at_least, ["p99"]);
  const plan = planFor("http://a.test/", { kind: "duration", connections: 1, durationMs: 1 });
  const refused = toJsonDocument(outcomeOf(plan, [stepOf({ unanswered: histogramOf(0.2, 0.2) })]));
  assertEquals(refused.latency, undefined);
  assertEquals(refused.percentiles_at_least, ["p50"]);
});

Deno.test("toJsonDocument() says who, what, when and whether it was cut short", () => {
  const document = toJsonDocument(openLoopOutcome());
  assertEquals(document.tool.name, "bench");
  assertEquals(document.schema_version, 2);
  assertEquals(document.started_at, "2026-01-02T03:04:05.000Z");
  assertEquals(document.interrupted, true);
  assertEquals(document.lost_workers, [{
    worker: "worker 2 of 3",
    at_sec: 2.5,
    reason: "connection closed",
  }]);
  assertEquals(document.warmup, { duration_sec: 1, requests: 100 });
  assertEquals(document.rps_timeline, [[0, 150], [1, 240], [2, 330], [3, 420], [4, 3]]);
});

Deno.test("toJsonDocument() masks credentials in the URL", () => {
  const text = JSON.stringify(toJsonDocument(ordinaryOutcome()));
  assert(!text.includes("hunter2"));
  assertEquals(toJsonDocument(ordinaryOutcome()).url, "https://shop.test/?page=1&access_token=***");
});

Deno.test("toJsonDocument() counts responses, errors and open requests of each step apart", () => {
  const steps = [scenarioStep("login", "/login", { method: "POST" }), scenarioStep("never", "/never")];
  const plan = scenarioPlan("Shop", steps, { kind: "duration", connections: 1, durationMs: 1000 });
  const login = stepOf({
    latency: histogramOf(...new Array(18).fill(1)),
    failedLatency: histogramOf(1),
    unanswered: histogramOf(9),
    unfinished: 1,
  });
  const document = toJsonDocument(outcomeOf(plan, [login], { result: { durationMs: 1000 } }));
  assertEquals(document.step_stats, {
    login: {
      method: "POST",
      url: "http://shop.test/login",
      count: 20,
      errors: 2,
      unfinished: 1,
      requests_per_sec: 20,
      min: 0.001,
      max: 0.009,
      mean: 0.001,
      median: 0.001,
      p50: 0.001,
      stdev: 0,
      at_least: ["max"],
      failed_latency: { count: 1, min: 0.001, max: 0.001, mean: 0.001, p50: 0.001 },
    },
    never: {
      method: "GET",
      url: "http://shop.test/never",
      count: 0,
      errors: 0,
      unfinished: 0,
      requests_per_sec: 0,
    },
  });
});

Deno.test("toJsonDocument() keeps a step called __proto__", () => {
  const plan = scenarioPlan("s", [scenarioStep("__proto__", "/")], {
    kind: "duration",
    connections: 1,
    durationMs: 1,
  });
  const document = toJsonDocument(outcomeOf(plan, [stepOf({ latency: histogramOf(1) })]));
  assertEquals(Object.keys(document.step_stats ?? {}), ["__proto__"]);
});

Deno.test("toJsonDocument() averages each phase over the requests that went through it", () => {
  const { latency_breakdown } = toJsonDocument(ordinaryOutcome());
  assertEquals(latency_breakdown?.new_connections, 306);
  assertEquals(latency_breakdown?.reused_connections, 14_923);
  assertEquals(latency_breakdown?.tls, { count: 0 });
  assertEquals(latency_breakdown?.connect, {
    count: 3,
    avg: 0.0135,
    min: 0.01,
    max: 0.0185,
    p50: 0.012007,
    p95: 0.0185,
  });
});

Deno.test("toJsonDocument() counts values not found and steps not filled in, 0 where none were", () => {
  const failures = {
    'ExtractFailure: a: no header "A"': 2,
    "ExtractFailure: b: nothing at JSON path b": 3,
    "TemplateError: no value for ${a}": 4,
    "HTTP 500": 5,
  };
  const load = { kind: "duration", connections: 1, durationMs: 1000 } as const;
  const scenario = scenarioPlan("s", [scenarioStep("a", "/")], load);
  const document = toJsonDocument(outcomeOf(scenario, [stepOf({ failed: 10, unfilled: 4, failures })]));
  assertEquals([document.extract_failures, document.template_errors], [5, 4]);
  assertEquals([document.total_requests, document.total_errors], [10, 14]);
  const plain = toJsonDocument(outcomeOf(planFor("http://h/", load), [stepOf({})]));
  assertEquals([plain.extract_failures, plain.template_errors], [0, 0]);
});
