/** The table of a URL list. */
import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { type UrlRun, urlTable } from "../../../src/report/terminal/url_table.ts";
import { planFor } from "../../_support/plan.ts";
import { resultOf, type StepFacts } from "../../_support/step_results.ts";

function runOf(method: string, url: string, facts: StepFacts): UrlRun {
  const plan = planFor(url, { kind: "duration", connections: 1, durationMs: 10_000 });
  return { entry: { method, url }, result: resultOf(plan, facts) };
}

Deno.test("urlTable() compares the runs and adds them up", () => {
  const runs = [
    runOf("GET", "http://localhost/api/users", { succeeded: 1200, latencyMs: 12, bodyBytes: 1024 }),
    runOf("POST", `http://localhost/api/orders/${"x".repeat(40)}`, {
      succeeded: 90,
      failed: 10,
      latencyMs: 1500,
      bodyBytes: 512,
    }),
    runOf("OPTIONS", "http://localhost/", { succeeded: 0 }),
  ];
  const url = "http://localhost/api/orders/xxxxxxxxx...";
  assertEquals(url.length, 40);
  assertEquals(
    urlTable(runs),
    `
${"=".repeat(90)}
  MULTI-URL COMPARISON SUMMARY
${"=".repeat(90)}
 # Method  URL                                        Reqs     RPS   p50   p95   p99   Errs
${"-".repeat(90)}
 1 GET     http://localhost/api/users                1,200  120.00  12ms  12ms  12ms  0.00%
 2 POST    ${url}    100   10.00  1.5s  1.5s  1.5s 10.00%
 3 OPTIONS http://localhost/                             0    0.00     –     –     –      –
${"-".repeat(90)}
  Total: 3 endpoints, 1,300 requests, 10 errors, 1.50KB
${"=".repeat(90)}
`.trimStart(),
  );
});

Deno.test("urlTable() marks percentiles that are lower bounds", () => {
  const text = urlTable([runOf("GET", "http://a/", { succeeded: 9, unanswered: { count: 9, ms: 2000 } })]);
  assertStringIncludes(text, " ≥2.0s ");
  assertStringIncludes(text, "1 endpoint,");
});

Deno.test("urlTable() says that later URLs are missing after an interruption", () => {
  const text = urlTable([runOf("GET", "http://a/", { succeeded: 1, result: { interrupted: true } })]);
  assertStringIncludes(text, "later URLs were not tested");
});

Deno.test("urlTable() masks secrets and shows no control characters", () => {
  const text = urlTable([runOf("GET", "http://me:pw@a/?api_key=abc\u009b2J", { succeeded: 1 })]);
  assertStringIncludes(text, "http://***@a/?api_key=***");
  assertNotMatch(text, /pw|abc|\u009b/);
});
