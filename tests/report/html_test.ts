/** The page: the run's data and no other, nothing loaded, and no markup of others. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { jsonReporter } from "../../src/report/json.ts";
import { renderHtml } from "../../src/report/html.ts";
import { type ReportData, reportData } from "../../src/report/html_report/report_data.ts";
import { exitCodeOf, type Outcome } from "../../src/result/outcome.ts";
import type { TimelinePoint } from "../../src/result/series/timeline_point.ts";
import { evenOutcome, shopOutcome } from "../_support/html_outcome.ts";
import {
  comparisonOf,
  emptyOutcome,
  hostileOutcome,
  hugeOutcome,
  openLoopOutcome,
  ordinaryOutcome,
  OUTCOMES,
  tinyOutcome,
} from "../_support/outcomes.ts";

/** What the page's script will read. */
function embeddedData(html: string): ReportData {
  const match = /<script id="data" type="application\/json">(.*?)<\/script>/s.exec(html);
  assert(match, "no data in the page");
  return JSON.parse(match[1]!);
}

/** The page without its own script and style. */
function markupOf(html: string): string {
  return html.replace(/<script>.*?<\/script>/s, "").replace(/<style>.*?<\/style>/s, "");
}

Deno.test("renderHtml() embeds exactly the data of the run", () => {
  for (const outcome of [...Object.values(OUTCOMES).map((make) => make()), shopOutcome(20), evenOutcome()]) {
    assertEquals(embeddedData(renderHtml(outcome)), JSON.parse(JSON.stringify(reportData(outcome))));
  }
});

Deno.test("renderHtml() gives the same text for the same outcome", () => {
  assertEquals(renderHtml(shopOutcome(30)), renderHtml(shopOutcome(30)));
  assertNotEquals(renderHtml(shopOutcome(30)), renderHtml(shopOutcome(31)));
});

Deno.test("renderHtml() keeps hostile text out of the markup", () => {
  const html = renderHtml(hostileOutcome());
  const markup = markupOf(html);
  assertEquals(markup.match(/<script\b[^>]*>/g), [
    '<script id="data" type="application/json">',
    '<script id="json" type="text/plain">',
  ]);
  assertEquals(html.match(/<\/script/g)?.length, 3);
  assert(!markup.includes("<script>alert"), "a script tag got through");
  const title = /<title>(.*?)<\/title>/s.exec(html)?.[1] ?? "";
  assert(!/[<>"]/.test(title), title);
  // Nothing between the tags of the data block can end it or start a comment.
  const data = /application\/json">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  assert(!data.includes("<"), "unescaped < in the data");
  assertGreater(data.split("\\u003cscript>alert(1)").length, 10);
});

Deno.test("reportData() makes control characters and bidirectional overrides visible", () => {
  const texts: string[] = [];
  JSON.stringify(reportData(hostileOutcome()), (_, value) => {
    if (typeof value === "string") texts.push(value);
    return value;
  });
  assertEquals(texts.filter((text) => /\p{Cc}|\u202e/u.test(text)), []);
  assert(texts.some((text) => text.includes("\\x1b[2J")), "the hostile text is not shown at all");
});

Deno.test("renderHtml() shows no secrets from URLs and steps", () => {
  assert(!renderHtml(shopOutcome(5)).includes("CANARY-SECRET"));
  const ordinary = renderHtml(ordinaryOutcome());
  assert(!ordinary.includes("hunter2"));
  assertStringIncludes(ordinary, "access_token=***");
});

Deno.test("renderHtml() shows no headers, bodies or configuration keys that it was not given", () => {
  const outcome = shopOutcome(5);
  const [flow] = outcome.result.plan.scenario.flows;
  const steps = flow!.steps.map((step) => ({
    ...step,
    headers: [["Authorization", "Bearer CANARY-HEADER"]] as const,
    body: { kind: "text", text: "CANARY-BODY" } as const,
  }));
  const plan = {
    ...outcome.result.plan,
    scenario: { ...outcome.result.plan.scenario, flows: [{ ...flow!, steps }] },
  };
  const html = renderHtml({ ...outcome, result: { ...outcome.result, plan } });
  assert(!html.includes("CANARY"), "a secret is in the page");
});

Deno.test("renderHtml() masks credentials in configuration values", () => {
  const html = renderHtml({ ...evenOutcome(), config: { proxy: "http://me:CANARY-PASS@proxy.test:3128" } });
  assert(!html.includes("CANARY-PASS"));
  assertStringIncludes(html, "http://***@proxy.test:3128");
});

Deno.test("renderHtml() of an hour stays below 500 KB", () => {
  const { result, ...rest } = shopOutcome(60);
  // The same minute sixty times, each a little slower: no two seconds are alike.
  const timeline = Array.from({ length: 60 }, (_, minute) =>
    result.timeline.map((point): TimelinePoint => ({
      ...point,
      fromMs: point.fromMs + 60_000 * minute,
      toMs: point.toMs + 60_000 * minute,
      ...(point.p99Ms !== undefined && { p99Ms: point.p99Ms * (1 + minute / 777) }),
    }))).flat();
  const html = renderHtml({ ...rest, result: { ...result, timeline } });
  const bytes = new TextEncoder().encode(html).length;
  assertLess(bytes, 500_000);
  assertGreater(bytes, 100_000, "the page lacks its script");
});

Deno.test("renderHtml() of 120 steps and of a day stays below 500 KB", () => {
  assertLess(new TextEncoder().encode(renderHtml(hugeOutcome())).length, 500_000);
  const outcome = evenOutcome();
  const timeline = Array.from(
    { length: 86_400 },
    (_, second): TimelinePoint => ({
      fromMs: second * 1000,
      toMs: second * 1000 + 1000,
      requests: second * 7,
      errors: second % 3,
      users: second % 300,
      bodyBytes: 0,
      p50Ms: 1.2345,
      p95Ms: 2.3456,
      p99Ms: second % 977,
    }),
  );
  const html = renderHtml({ ...outcome, result: { ...outcome.result, timeline } });
  assertLess(new TextEncoder().encode(html).length, 500_000);
});

Deno.test("renderHtml() loads nothing and lets nothing be loaded", () => {
  const html = renderHtml(shopOutcome(5));
  assert(
    !/\b(?:src|srcset|action|formaction|poster)\s*=/i.test(markupOf(html)),
    "an element loads something",
  );
  assertEquals(html.match(/<link\b[^>]*>/g), ['<link rel="icon" href="data:,">']);
  assert(!/@import|url\(/i.test(/<style>(.*?)<\/style>/s.exec(html)![1]!), "the style loads something");
  assert(
    !/\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\b|\bimport\s*\(/.test(
      scriptOf(html),
    ),
  );
  const policy = /Content-Security-Policy" content="(.*?)"/.exec(html)?.[1] ?? "";
  assertStringIncludes(policy, "default-src 'none'");
  assert(!policy.includes("unsafe"), policy);
});

Deno.test("renderHtml() admits its own script and style by their hashes", () => {
  const html = renderHtml(tinyOutcome());
  const hash = (text: string) => createHash("sha256").update(text).digest("base64");
  assertStringIncludes(html, `script-src 'sha256-${hash(scriptOf(html))}'`);
  assertStringIncludes(html, `style-src 'sha256-${hash(/<style>(.*?)<\/style>/s.exec(html)![1]!)}'`);
});

Deno.test("renderHtml() carries the chart library with its license and none of the template's marks", () => {
  const html = renderHtml(tinyOutcome());
  assertStringIncludes(html, "var uPlot=");
  assertStringIncludes(html, "Copyright (c) 2022 Leon Sorokin");
  assert(!/<!-- \w+ -->/.test(html), "a mark was not replaced");
});

Deno.test("renderHtml() takes dollar signs in text literally", () => {
  const html = renderHtml({ ...evenOutcome(), tags: { price: "$& $1 $' $$" } });
  assertEquals(embeddedData(html).heading.tags, [["price", "$& $1 $' $$"]]);
});

Deno.test("reportData() states the verdict that the exit code follows", () => {
  const passed = evenOutcome();
  const outcomes: readonly (readonly [Outcome, ReportData["verdict"]["tone"], string])[] = [
    [passed, "good", "Passed"],
    [{ ...passed, thresholds: [] }, "neutral", "No thresholds set"],
    [{ ...passed, comparison: comparisonOf(false) }, "bad", "Regressed"],
    [{ ...passed, undelivered: true }, "warn", "Not everything was delivered"],
    [openLoopOutcome(), "warn", "Part of the load was lost"],
    [emptyOutcome(), "bad", "No request succeeded"],
    [ordinaryOutcome(), "bad", "Failed: 2 of 3 thresholds not met"],
  ];
  for (const [outcome, tone, title] of outcomes) {
    const { verdict } = reportData(outcome);
    assertEquals([verdict.tone, verdict.title], [tone, title]);
    const code = exitCodeOf(outcome);
    assertEquals(verdict.text.includes(`Exit code ${code}.`), code !== 0, title);
  }
});

Deno.test("reportData() leaves out what was not measured", () => {
  const data = reportData(emptyOutcome());
  assertEquals([data.timeline, data.curve, data.histogram, data.percentiles, data.phases, data.steps], [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(data.tiles.map(({ value }) => value), ["–", "0", "0", "0.00", "–", "–", "–", "0.00"]);
});

Deno.test("reportData() marks percentiles among unanswered requests as lower bounds", () => {
  const data = reportData(openLoopOutcome());
  const slowest = data.percentiles?.rows.at(-1)?.[1];
  assertEquals(slowest, { text: "≥ 2.00\u202fs", sort: 2000 });
  assertEquals(data.tiles.find(({ label }) => label === "p99 latency")?.value, "≥ 2.00");
});

Deno.test("reportData() leaves out percentiles that the sample cannot resolve", () => {
  const labels = reportData(tinyOutcome()).percentiles?.rows.map(([label]) => label);
  assertEquals(labels, ["Fastest", "p50", "Slowest"]);
});

Deno.test("reportData() says what troubles the numbers before what supports them", () => {
  const tones = reportData(openLoopOutcome()).trust.map(({ tone }) => tone);
  assertEquals(tones, [...tones].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
  const titles = reportData(openLoopOutcome()).trust.map(({ title }) => title);
  for (const title of ["Lost: worker 2 of 3", "Interrupted", "Schedule missed", "Warm-up excluded"]) {
    assert(titles.includes(title), `${title} is missing`);
  }
});

const ORDER = ["bad", "warn", "good", "neutral"];

function scriptOf(html: string): string {
  return /<script>(.*?)<\/script>/s.exec(html)![1]!;
}

Deno.test("renderHtml() carries the JSON result as --json writes it", () => {
  const outcome = shopOutcome(20);
  const [, carried] = /<script id="json" type="text\/plain">([^<]*)<\/script>/.exec(renderHtml(outcome))!;
  assertEquals(
    gunzipSync(Buffer.from(carried!, "base64")).toString("utf8"),
    jsonReporter.render(outcome, { color: false }),
  );
});
