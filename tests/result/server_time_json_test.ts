/** The slowest requests in the JSON result and on the report's page. */
import { assertEquals } from "@std/assert";
import { reportData } from "../../src/report/html_report/report_data.ts";
import { slowestJson } from "../../src/result/server_time_json.ts";
import type { SlowRequest } from "../../src/metrics/slow/slowest.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf } from "../_support/outcomes.ts";

const SLOW: SlowRequest = {
  atMs: 5250,
  waitMs: 0,
  latencyMs: 812.5,
  status: 200,
  failure: "",
  address: "10.0.0.1",
  isConnecting: true,
};

const plan = scenarioPlan("shop", [scenarioStep("home", "/"), scenarioStep("pay", "/pay")], {
  kind: "duration",
  connections: 2,
  durationMs: 10_000,
});

Deno.test("slowestJson() and the page name the step, the time, the outcome and the connection", () => {
  const timeout: SlowRequest = {
    ...SLOW,
    latencyMs: 2000,
    status: 0,
    failure: "timeout",
    isConnecting: false,
  };
  const outcome = outcomeOf(plan, [
    stepOf({ latency: histogramOf(1) }),
    { ...stepOf({ latency: histogramOf(1), slowest: [timeout, SLOW] }), step: 1 },
  ]);
  assertEquals(slowestJson(outcome.result), [
    { step: "pay", at: 5.25, latency: 2, error: "timeout", address: "10.0.0.1", new_connection: false },
    { step: "pay", at: 5.25, latency: 0.8125, status: 200, address: "10.0.0.1", new_connection: true },
  ]);
  const table = reportData(outcome).slowest!;
  assertEquals(table.columns, ["Step", "#At", "#Latency", "#Status", "Error", "Connection"]);
  assertEquals(table.rows.length, 2);
  assertEquals(table.rows[0]![2], { text: "≥ 2.00\u202fs", sort: 2000 });
  assertEquals(table.rows[1]!.at(-1), "new, 10.0.0.1");
});

Deno.test("slowestJson() says nothing where nothing was kept", () => {
  assertEquals(slowestJson(outcomeOf(plan, [stepOf({ latency: histogramOf(1) })]).result), undefined);
});

Deno.test("a traced request has its ids in the JSON, and a link on the page where a template is given", () => {
  const traced: SlowRequest = {
    ...SLOW,
    isConnecting: false,
    connectionAgeMs: 3000,
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    serverTiming: "db;dur=800",
    phases: { ttfb: 805, transfer: 7.5 },
  };
  const outcome = outcomeOf(plan, [stepOf({ latency: histogramOf(1), slowest: [traced, SLOW] })]);
  const [json] = slowestJson(outcome.result) ?? [];
  assertEquals(json, {
    step: "home",
    at: 5.25,
    latency: 0.8125,
    status: 200,
    address: "10.0.0.1",
    new_connection: false,
    connection_age: 3,
    phases: { ttfb: 0.805, transfer: 0.0075 },
    server_timing: "db;dur=800",
    trace_id: traced.traceId!,
    span_id: traced.spanId!,
  });
  const tableFor = (trace_url?: string) => reportData({ ...outcome, config: { trace_url } }).slowest!;
  assertEquals(tableFor().columns.slice(-3), ["Connection", "Server-Timing", "Trace"]);
  assertEquals(tableFor().rows[0]!.slice(-3), ["3.00\u202fs old, 10.0.0.1", "db;dur=800", traced.traceId!]);
  assertEquals(tableFor("http://localhost:16686/trace/{trace_id}").rows.map((row) => row.at(-1)), [
    { text: traced.traceId!, link: `http://localhost:16686/trace/${traced.traceId}` },
    "",
  ]);
  // What comes out of a file may be anything.
  assertEquals(tableFor("javascript:alert('{trace_id}')").rows[0]!.at(-1), traced.traceId!);
});
