/** The slowest requests in the JSON result and on the report's page. */
import { assertEquals } from "@std/assert";
import { reportData } from "../../src/report/html_report/report_data.ts";
import { slowestJson } from "../../src/result/slowest_json.ts";
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
