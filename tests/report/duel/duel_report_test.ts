/** A duel in words, as a picture, a page and JSON. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { styleFor } from "../../../src/lib/style.ts";
import { duelHtml } from "../../../src/report/duel/duel_html.ts";
import { duelMarkdown } from "../../../src/report/duel/duel_markdown.ts";
import { axisOf } from "../../../src/report/duel/duel_scale.ts";
import { duelText } from "../../../src/report/duel/duel_terminal.ts";
import { findingText } from "../../../src/report/duel/duel_words.ts";
import { toDuelJson } from "../../../src/result/duel/duel_json.ts";
import type { DuelMetric, DuelResult } from "../../../src/result/duel/duel_result.ts";

const SLOWER: DuelMetric = {
  metric: "p99",
  unit: "s",
  better: "lower",
  scale: "ratio",
  a: 0.0402,
  b: 0.0415,
  change: 3.1,
  low: 2.3,
  high: 3.9,
  verdict: "worse",
  isKnown: true,
  pairs: [2.5, 3.1, 3.7],
};
const SAME: DuelMetric = {
  ...SLOWER,
  metric: "rps",
  unit: "1/s",
  better: "higher",
  a: 1043.2,
  b: 1041,
  change: -0.2,
  low: -0.9,
  high: 0.5,
  verdict: "same",
};
const UNKNOWN: DuelMetric = {
  metric: "cpu",
  unit: "s",
  better: "lower",
  scale: "ratio",
  verdict: "unknown",
  isKnown: false,
  pairs: [],
};
const DUEL: DuelResult = {
  sides: {
    a: { target: "http://localhost:1/<b>" },
    b: { target: "http://localhost:2/\x1b[31m", options: "--http2", command: "./new | tee" },
  },
  startedAtMs: 0,
  elapsedMs: 41_234,
  blockMs: 500,
  blockWarmupMs: 125,
  seed: 7,
  pairs: 30,
  ended: "known",
  confidence: 99,
  precision: 1,
  metrics: [SLOWER, SAME, UNKNOWN],
  rules: [
    { expression: "p99 > +2%", passed: false, isKnown: true, reason: "+3.1%, worse beyond noise" },
    { expression: "cpu > +2%", passed: true, isKnown: false, reason: "how cpu changed is not known yet" },
  ],
  warnings: ["something is odd"],
};

Deno.test("a duel's finding is a sentence", () => {
  assertEquals(
    findingText(DUEL),
    "B responds 3.1% ± 0.8% slower at p99. No other difference between A and B was found; if there is one, it is at most " +
      "0.9% in throughput.",
  );
  const faster = {
    ...DUEL,
    metrics: [{ ...SLOWER, change: -3.1, low: -3.9, high: -2.3, verdict: "better" as const }],
  };
  assertEquals(findingText(faster), "B responds 3.1% ± 0.8% faster at p99.");
  assertMatch(findingText({ ...DUEL, metrics: [UNKNOWN] }), /^It is not known yet/);
  const [a, b] = [1, 2];
  assertMatch(
    findingText({ ...DUEL, metrics: [SAME, { ...UNKNOWN, a, b }, { ...UNKNOWN, metric: "p99", a, b }] }),
    / in throughput\. Not known yet: CPU per request and p99\.$/,
  );
  assertEquals(findingText({ ...DUEL, pairs: 0 }), "Nothing was measured.");
});

Deno.test("a change of which one end is known is told as a bound", () => {
  const { high: _, ...open } = { ...SLOWER, low: 4100, change: 9000 };
  const duel = { ...DUEL, metrics: [open] };
  assertEquals(findingText(duel), "B responds at least 42.0 times as slowly at p99.");
  assertMatch(duelText(duel, { style: styleFor(false), width: 120 }), /≥ ×42\.0 .*├─*● +worse/);
  assertEquals(toDuelJson(duel).metrics[0]!.interval, [4100, null]);
  const { low: __, ...faster } = { ...SLOWER, high: -12, change: -30, verdict: "better" as const };
  assertEquals(
    findingText({ ...DUEL, metrics: [faster] }),
    "B responds at least 12.0% faster at p99.",
  );
});

Deno.test("a duel's picture shows where each change lies", () => {
  const text = duelText(DUEL, { style: styleFor(false), width: 120 });
  assertMatch(text, /p99 {3,}40\.20ms {3,}41\.50ms {3,}\+3\.1% ± 0\.8% {3,}│ +├─+●─+┤ +worse/);
  assertMatch(text, /−5% +0 +\+5%/);
  assertStringIncludes(text, "p99 > +2%           FAIL  +3.1%, worse beyond noise");
  assertStringIncludes(text, "cpu > +2%           NOT KNOWN  how cpu changed is not known yet");
  assertStringIncludes(
    text,
    "30 pairs of blocks of 0.5s in 41.2s; ended because every change is known to ± 1%",
  );
  assert(!text.includes("\x1b"), "a target's control characters are shown as they are");
  const narrow = duelText(DUEL, { style: styleFor(false), width: 70 });
  assert(!narrow.includes("●"));
});

Deno.test("a duel's page and Markdown escape what others wrote", () => {
  const page = duelHtml(DUEL);
  assert(!page.includes("<b>http") && !page.includes("/<b>"));
  assertStringIncludes(page, "&lt;b&gt;");
  assertStringIncludes(page, '<circle class="mean"');
  assertStringIncludes(page, "default-src 'none'");
  assert(!page.includes("<script"));
  const markdown = duelMarkdown(DUEL);
  assertStringIncludes(markdown, "❌ p99 > +2%".replace(">", "\\>")[0]!);
  assertMatch(markdown, /\| p99 \| 40\.20ms \| 41\.50ms \| \\?\+3\.1% ± 0\.8% \| worse \|/);
});

Deno.test("a duel's JSON has base units, and leaves out what is not known", () => {
  const json = toDuelJson(DUEL);
  assertEquals(json.metrics[0], {
    metric: "p99",
    unit: "s",
    better: "lower",
    a: 0.0402,
    b: 0.0415,
    change_in: "percent",
    change: 3.1,
    interval: [2.3, 3.9],
    verdict: "worse",
    known: true,
    pairs: [2.5, 3.1, 3.7],
  });
  assertEquals([json.mode, json.regressed, json.block, json.ended], ["duel", true, 0.5, "known"]);
  assertEquals(json.metrics[2]?.interval, undefined);
});

Deno.test("large changes are ratios, in the table, the sentence, the page and Markdown", () => {
  const faster = { ...SLOWER, change: -98, low: -99, high: -96, verdict: "better" as const };
  const more = { ...SAME, change: 8900, low: 4100, high: 18_900, verdict: "better" as const };
  const less = {
    ...UNKNOWN,
    a: 0.02,
    b: 0.001,
    change: -95,
    low: -98,
    high: -90,
    verdict: "better" as const,
  };
  const rough = { ...SLOWER, metric: "p50", change: 5, low: -20, high: 40, verdict: "same" as const };
  const result = { ...DUEL, metrics: [faster, more, less, rough] };
  const finding =
    "B responds 50.0 times (25.0 to 100) as fast at p99; its throughput is 90.0 times (42.0 to 190) A's; " +
    "A's CPU per request is 20.0 times (10.0 to 50.0) B's. No other difference between A and B was found; if there " +
    "is one, it is at most a factor of 1.40 in p50.";
  assertEquals(findingText(result), finding);
  assertMatch(
    findingText({ ...DUEL, metrics: [{ ...SLOWER, change: 4400, low: 2000, high: 9400 }] }),
    /^B responds 45\.0 times \(21\.0 to 95\.0\) as slowly at p99\.$/,
  );
  assertMatch(findingText({ ...DUEL, metrics: [more] }), /^B's throughput is 90\.0 times/);
  const text = duelText(result, { style: styleFor(false), width: 130 });
  for (const told of [text, duelHtml(result), duelMarkdown(result).replaceAll("\\", "")]) {
    assertStringIncludes(told, "×90.0 (×42.0 to ×190)");
    assertStringIncludes(told, "×0.02 (×0.01 to ×0.04)");
    assertStringIncludes(told, "×1.05 (×0.80 to ×1.40)");
    assert(!/\d% ±/.test(told), told);
  }
  assertMatch(text, /×1\/200 +×1 +×200\n/);
});

Deno.test("the axis holds every interval", () => {
  assertEquals(axisOf([SLOWER, SAME]).labels, ["−5%", "0", "+5%"]);
  assertEquals(axisOf([SAME]).labels, ["−1%", "0", "+1%"]);
  assertEquals(axisOf([UNKNOWN]).labels, ["−0.1%", "0", "+0.1%"]);
  const far = axisOf([{ ...SLOWER, low: 20, high: 900 }]);
  assertEquals(far.labels, ["×1/10", "×1", "×10"]);
  assertEquals([far.place(0), far.place(900), far.place(-90)].map((place) => Math.round(place * 100)), [
    0,
    100,
    -100,
  ]);
  const unbounded = axisOf([{ ...SLOWER, low: -100, high: 0 }]);
  assert(Number.isFinite(unbounded.place(-100)));
});
