/** The page of a search: what was found, the curve, every step, escaped. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { autofindHtml } from "../../../src/report/autofind/autofind_html.ts";
import { loadChart } from "../../../src/report/autofind/load_chart.ts";
import type { AutofindResult } from "../../../src/result/autofind_result.ts";
import type { AutofindStep } from "../../../src/result/autofind_step.ts";

const ms = (value: number) => ({ ms: value, isAtLeast: false });

function step(load: number, p95: number, more: Partial<AutofindStep> = {}): AutofindStep {
  return {
    load,
    verdict: "passed",
    reasons: [],
    requestsPerSecond: load,
    p50: ms(p95 / 2),
    p95: ms(p95),
    errorRatePercent: 0,
    requests: 1000,
    errors: 0,
    samples: 1000,
    durationMs: 2400,
    isGeneratorLimited: false,
    ...more,
  };
}

const FOUND: AutofindResult = {
  by: "rate",
  url: "http://a.test/<b>",
  limits: { maxErrorRatePercent: 1, maxP95Ms: 100 },
  stepDurationMs: 15_000,
  kneeFactor: 4,
  best: 1280,
  firstFailed: 2560,
  reachedMax: false,
  interrupted: false,
  steps: [
    step(20, 25),
    step(2560, 400, { verdict: "failed", reasons: ["p95 400.00ms is above 100ms"], p99: ms(900) }),
    step(1280, 60, { isGeneratorLimited: true }),
  ],
};

Deno.test("a search's page tells what was found, what stopped it, and what every step did, by load", () => {
  const page = autofindHtml(FOUND);
  assertStringIncludes(page, "<h1>Maximum sustainable load: 1,280 iterations/s</h1>");
  assertStringIncludes(page, "<li>The limit lies between 1,280 and 2,560 iterations/s</li>");
  assertStringIncludes(page, "<li>At 2,560: p95 400.00ms is above 100ms</li>");
  assertStringIncludes(page, "<code>http://a.test/&lt;b&gt;</code>");
  assertEquals([...page.matchAll(/<th scope="row">([\d,]+)/g)].map(([, load]) => load), [
    "20",
    "1,280",
    "2,560",
  ]);
  assertMatch(page, /<b>failed<\/b>: p95 400\.00ms is above 100ms</);
  assertMatch(page, /<b>passed<\/b>: the load generator did not keep up</);
  // Of the steps without p99 there is no point, and none at zero.
  assertEquals(page.match(/<circle class="p99"/g)?.length, 1);
  assert(!page.includes("NaN") && !page.includes("<script"));
});

Deno.test("a chart without errors has a scale, and one without values is left out", () => {
  const flat = { title: "Errors", text: (value: number) => `${value}%`, upTo: 1 };
  const zero = loadChart({ ...flat, lines: [{ name: "errors", points: [{ load: 5, value: 0 }] }] });
  assertStringIncludes(zero, ">0.5%<");
  assert(!zero.includes("NaN"));
  assertEquals(
    loadChart({ ...flat, lines: [{ name: "errors", points: [{ load: 5, value: undefined }] }] }),
    "",
  );
});
