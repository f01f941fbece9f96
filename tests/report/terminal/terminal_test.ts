/** The terminal report has what there is to say, and no more. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { terminalReporter } from "../../../src/report/terminal/terminal.ts";
import type { Outcome } from "../../../src/result/outcome.ts";
import {
  emptyOutcome,
  histogramOf,
  hugeOutcome,
  openLoopOutcome,
  ordinaryOutcome,
  outcomeOf,
  stepOf,
  tinyOutcome,
} from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const PLAIN = { color: false };
const DURATION = { kind: "duration", connections: 1, durationMs: 1000 } as const;

function titles(outcome: Outcome): readonly string[] {
  const lines = terminalReporter.render(outcome, PLAIN).split("\n");
  return lines.filter((_, i) => /^={70}$/.test(lines[i - 1] ?? "") && /^={70}$/.test(lines[i + 1] ?? ""))
    .map((line) => line.trim()).filter((line) => line !== "");
}

Deno.test("terminal report has only sections with something to tell, in order", () => {
  assertEquals(titles(emptyOutcome()), ["BENCHMARK RESULTS", "HOW THIS WAS MEASURED"]);
  assertEquals(titles(ordinaryOutcome()), [
    "BENCHMARK RESULTS",
    "LATENCY STATISTICS",
    "ERROR-STATUS LATENCY",
    "LATENCY BREAKDOWN (averages)",
    "STATUS CODE DISTRIBUTION",
    "ERROR DISTRIBUTION",
    "THROUGHPUT TIMELINE",
    "SLO THRESHOLDS",
    "BASELINE COMPARISON",
    "LOAD GENERATOR",
    "HOW THIS WAS MEASURED",
    "NOTES",
  ]);
});

Deno.test("terminal report has the labels and columns of the documented sample", () => {
  const text = terminalReporter.render(ordinaryOutcome(), PLAIN);
  for (
    const line of [
      "  Mode:              300 virtual users, 120.0s",
      "  Duration:          124.15s",
      "  Virtual Users:     300",
      "  Ramp-up:           10.00s",
      "  Think Time:        1.00s (+/-50%)",
      "  Avg Reqs/User:     50.8",
      "  Keep-Alive:        yes",
      "  Total Requests:    15,229",
      "  Total Errors:      29",
      "    Min:          449.00ms",
      "    TCP Connect:        13.50ms  (min=10.00ms, max=18.50ms, p50=12.01ms, p95=18.50ms)",
      "    TLS Handshake:            –  (not measured)",
      "    New Connections:    306",
      "    Reused Connections: 14,923",
      "    p95 < 300ms         Actual: 1.49s          FAIL",
      "    rps > 100           Actual: 122.67         PASS",
      "    service_p99 < 1s    Actual: not measured   FAIL",
      "  Result: SOME THRESHOLDS FAILED",
    ]
  ) {
    assert(text.split("\n").includes(line), line);
  }
});

Deno.test("terminal report says when all thresholds passed", () => {
  const outcome = {
    ...tinyOutcome(),
    thresholds: [{ expression: "p95 < 1s", actual: "1.00ms", passed: true }],
  };
  assertStringIncludes(terminalReporter.render(outcome, PLAIN), "  Result: ALL THRESHOLDS PASSED\n");
});

Deno.test("terminal report marks an interrupted run and lost slots", () => {
  const text = terminalReporter.render(openLoopOutcome(), PLAIN);
  assertMatch(text, /Mode: .* \(interrupted\)\n/);
  assertStringIncludes(text, "Warning: worker 2 of 3 was lost after 2.50s: connection closed\n");
  assertNotMatch(terminalReporter.render(tinyOutcome(), PLAIN), /interrupted/);
});

Deno.test("terminal report of an open loop shows the schedule, and service latency beside latency", () => {
  const text = terminalReporter.render(openLoopOutcome(), PLAIN);
  for (
    const line of [
      "  Target RPS:        100.00",
      "  Ramp Target RPS:   500.00",
      "  Traffic Profile:   linear (100 to 500)",
      "  Rate Limit Waits:  1,020",
      "  Most in Flight:    50",
      "  12 of 1,152 arrivals (1.04%) were dropped: they were due and never",
      "  Dropped:           12",
      "                   Latency       Service",
      "    p50             2.69ms        1.34ms",
      "    p99            ≥ 2.00s       ≥ 1.90s",
    ]
  ) {
    assert(text.split("\n").includes(line), line);
  }
});

Deno.test("terminal report lists no percentile that the sample cannot resolve", () => {
  const text = terminalReporter.render(tinyOutcome(), PLAIN);
  assertMatch(text, /\n {4}p50 /);
  assertNotMatch(text, /\n {4}(?:p75|p90|p95|p99)/);
  assertNotMatch(text, /\n {4}(?:75|99)%/);
});

Deno.test("terminal report of a run that only failed shows bounds and no mean", () => {
  const plan = planFor("http://a.test/", DURATION);
  const step = stepOf({ unanswered: histogramOf(0.2, 0.2), failures: { connection_refused: 2 } });
  const text = terminalReporter.render(outcomeOf(plan, [step]), PLAIN);
  assertStringIncludes(text, "    p50         ≥ 200.00us");
  assertStringIncludes(text, "    Connection refused             2");
  assertNotMatch(text, /Mean:|Latency Histogram/);
});

Deno.test("terminal report paints only when asked, and says the same either way", () => {
  // deno-lint-ignore no-control-regex -- colour codes
  const codes = /\x1b\[\d+m/g;
  const colored = terminalReporter.render(ordinaryOutcome(), { color: true });
  const plain = terminalReporter.render(ordinaryOutcome(), PLAIN);
  assertNotMatch(plain, codes);
  assertEquals(colored.replace(codes, ""), plain);
  assertStringIncludes(colored, "  \x1b[1mBENCHMARK RESULTS\x1b[22m");
  assertStringIncludes(colored, "Total Errors:      \x1b[31m29\x1b[39m");
  assertStringIncludes(colored, "\x1b[33m  Warning: The load generator was busy");
  assertStringIncludes(terminalReporter.render(tinyOutcome(), { color: true }), "\x1b[32m0\x1b[39m");
});

Deno.test("terminal report shows the 50 busiest steps and errors and counts the others", () => {
  const lines = terminalReporter.render(hugeOutcome(), PLAIN).split("\n");
  assertEquals(lines.filter((line) => /^ {2}Step \d+:/.test(line)).length, 50);
  assert(lines.some((line) => line.startsWith("  Step 120:")));
  assert(!lines.some((line) => line.startsWith("  Step 70:")));
  assert(lines.includes("  … and 70 more steps"));
  assert(lines.includes("  … and 24 more kinds of error"));
});

Deno.test("terminal report gives steps more room on a wider terminal", () => {
  const width = (columns: number) =>
    terminalReporter.render(hugeOutcome(), { color: false, width: columns }).split("\n")
      .find((line) => line.startsWith("  Step 81:"))?.split("/catalogue")[1]?.indexOf("  ");
  assertGreater(width(200) ?? 0, width(80) ?? 0);
});

Deno.test("terminal report calls the lines of a URL list URLs", () => {
  const plan = planFor(["http://a.test/", "http://b.test/"], DURATION);
  const outcome = outcomeOf(plan, [
    stepOf({ step: 0, latency: histogramOf(1) }),
    stepOf({ step: 1, latency: histogramOf(2) }),
  ]);
  assert(titles(outcome).includes("PER-URL BREAKDOWN"));
  assertStringIncludes(
    terminalReporter.render(outcome, PLAIN),
    "Target:            GET http://a.test/ and 1 more URL",
  );
});
