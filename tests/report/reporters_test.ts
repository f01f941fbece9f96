/** Every report of every kind of outcome, as agreed; of random ones, without a mistake. */
import { createHash } from "node:crypto";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
} from "@std/assert";
import fc from "fast-check";
import { REPORT_FORMS } from "../../src/report/registry.ts";
import { jsonReporter } from "../../src/report/json.ts";
import { terminalReporter } from "../../src/report/terminal/terminal.ts";
import { junitReporter } from "../../src/report/junit.ts";
import { readJsonDocument } from "../_support/read_json_document.ts";
import type { Outcome } from "../../src/result/outcome.ts";
import { csvReporter } from "../../src/report/csv.ts";
import { hgrmReporter } from "../../src/report/hgrm.ts";
import { samplesOf } from "../../src/metrics/stats.ts";
import { restoreOutcome } from "../../src/result/document/restore_outcome.ts";
import { overallStats } from "../../src/result/run_result.ts";
import { SaxesParser } from "saxes";
import { VERSION } from "../../src/lib/version.ts";
import { assertGolden } from "../_support/golden.ts";
import {
  histogramOf,
  hostileOutcome,
  outcomeOf,
  OUTCOMES,
  scenarioPlan,
  scenarioStep,
  stepOf,
} from "../_support/outcomes.ts";

const PLAIN = { color: false };

/** The page has a test of its own, with a browser. */
const REPORTERS = [
  terminalReporter,
  ...await Promise.all(REPORT_FORMS.filter(({ name }) => name !== "html").map((form) => form.load())),
];

/** A text as it is, or, where nobody would read it, its beginning and what tells it from any other. */
function readable(text: string): string {
  if (text.length < 200_000) return text;
  const digest = createHash("sha256").update(text).digest("hex");
  return `${text.slice(0, 10_000)}\n… ${text.length} characters, SHA-256 ${digest}\n`;
}

/** Control and format characters other than a line end. */
const RAW_CONTROL = /[[\p{Cc}\p{Cf}]--[\n\u200c\u200d]]/v;

for (const reporter of REPORTERS) {
  for (const [name, make] of Object.entries(OUTCOMES)) {
    Deno.test(`${reporter.name} report of the ${name} outcome is as agreed`, async () => {
      const text = reporter.render(make(), PLAIN).replaceAll(VERSION, "0.0.0");
      // Text files, so that no formatter touches them.
      await assertGolden(`report_${name}_${reporter.name}.txt`, readable(text));
    });
  }

  Deno.test(`${reporter.name} report ends with one line end and has no NaN, Infinity or undefined`, () => {
    for (const make of [...Object.values(OUTCOMES), hostileOutcome]) {
      const text = reporter.render(make(), PLAIN);
      assertMatch(text, /[^\n]\r?\n$/);
      assertNotMatch(text, /\bNaN\b|Infinity|undefined|\[object/);
    }
  });

  Deno.test(`${reporter.name} report lets no control character of hostile text through`, () => {
    const text = reporter.render(hostileOutcome(), { color: true });
    // Only line ends and the report's own colours may be there.
    // deno-lint-ignore no-control-regex -- colour codes
    assertNotMatch(text.replace(/\x1b\[\d+m/g, "").replaceAll("\r\n", "\n"), RAW_CONTROL);
  });

  Deno.test(`${reporter.name} report is the same for the same outcome`, () => {
    const outcome = OUTCOMES.ordinary!();
    assertEquals(reporter.render(outcome, PLAIN), reporter.render(outcome, PLAIN));
  });
}

/** An outcome with any text and any numbers that a run can produce. */
const anyOutcome: fc.Arbitrary<Outcome> = fc.record({
  texts: fc.array(fc.string({ unit: "binary" }), { minLength: 6, maxLength: 6 }),
  latencies: fc.array(fc.double({ min: 0, max: 4e6, noNaN: true }), { maxLength: 30 }),
  unanswered: fc.array(fc.double({ min: 0, max: 4e6, noNaN: true }), { maxLength: 5 }),
  durationMs: fc.constantFrom(0, 1e-9, 1, 1234.5678, 1e9),
  config: fc.constantFrom(NaN, Infinity, -Infinity, 1, "x", null),
}).map(({ texts, latencies, unanswered, durationMs, config }) => {
  const text = (i: number) => texts[i]!;
  const steps = [
    scenarioStep(text(0), `/${text(1)}`),
    scenarioStep(`${text(0)} again`, "/", { method: text(2) }),
  ];
  const plan = scenarioPlan(text(3), steps, { kind: "duration", connections: 1, durationMs: 1 });
  const counts = stepOf({
    latency: histogramOf(...latencies),
    unanswered: histogramOf(...unanswered),
    failures: { [text(4)]: unanswered.length },
  });
  return outcomeOf(plan, [counts], {
    result: { durationMs },
    outcome: {
      tags: { [text(5)]: text(0) },
      config: { [text(1)]: config },
      thresholds: [{ expression: text(3), actual: text(4), passed: false }, {
        expression: text(5),
        passed: false,
      }],
      notes: [{ level: "info", text: text(2) }],
    },
  });
});

Deno.test("json report of anything parses, is ASCII, has finite numbers only and is read back", () => {
  fc.assert(fc.property(anyOutcome, (outcome) => {
    const text = jsonReporter.render(outcome, PLAIN);
    assertMatch(text, /^[\x20-\x7e\n]*$/);
    const document = readJsonDocument(text);
    const { config: _, ...measured } = document;
    JSON.stringify(measured, (key, value) => {
      assert(value !== null, `${key} is null`);
      return value;
    });
    assertEquals(document.error_types, JSON.parse(JSON.stringify(outcome.result.total.steps[0]?.failures)));
  }));
});

Deno.test("every report of anything is made without an exception or a raw control character", () => {
  fc.assert(fc.property(anyOutcome, (outcome) => {
    for (const reporter of REPORTERS) {
      assertNotMatch(reporter.render(outcome, PLAIN).replaceAll("\r\n", "\n"), RAW_CONTROL);
    }
  }));
});

Deno.test("a run saved as JSON gives every report again, to the last character", async () => {
  const reporters = await Promise.all(REPORT_FORMS.map((form) => form.load()));
  for (const make of [...Object.values(OUTCOMES), hostileOutcome]) {
    const outcome = make();
    const again = restoreOutcome(readJsonDocument(jsonReporter.render(outcome, PLAIN)), "x");
    for (const reporter of [terminalReporter, ...reporters]) {
      assertEquals(reporter.render(again, PLAIN), reporter.render(outcome, PLAIN), reporter.name);
    }
  }
});

Deno.test("whatever is saved as JSON gives every report again", () => {
  fc.assert(fc.property(anyOutcome, (made) => {
    // JSON has no NaN, and settings that come from options have none either.
    const outcome = { ...made, config: JSON.parse(JSON.stringify(made.config)) };
    const again = restoreOutcome(readJsonDocument(jsonReporter.render(outcome, PLAIN)), "x");
    for (const reporter of REPORTERS) {
      assertEquals(reporter.render(again, PLAIN), reporter.render(outcome, PLAIN), reporter.name);
    }
  }));
});

Deno.test("junit report of anything is well-formed XML with a case a verdict", () => {
  fc.assert(fc.property(anyOutcome, (outcome) => {
    const parser = new SaxesParser();
    const cases: string[] = [];
    let failures = 0;
    parser.on("error", (error) => {
      throw error;
    });
    parser.on("opentag", ({ name, attributes }) => {
      if (name === "testcase") cases.push(String(attributes.name));
      if (name === "failure") failures++;
    });
    parser.write(junitReporter.render(outcome, PLAIN)).close();
    assertEquals(cases.length, 1 + outcome.thresholds.length);
    assertGreaterOrEqual(failures, outcome.thresholds.filter(({ passed }) => !passed).length);
  }));
});

Deno.test("csv and hgrm reports of anything hold finite numbers, and all of them", () => {
  fc.assert(fc.property(anyOutcome, (outcome) => {
    const { counts } = overallStats(outcome.result);
    const samples = samplesOf(counts);
    const rows = csvReporter.render(outcome, PLAIN).trimEnd().split("\r\n").slice(1);
    const csv = rows.filter((line) => !line.endsWith(",")).map((line) => line.split(",").map(Number));
    const hgrm = hgrmReporter.render(outcome, PLAIN).split("\n").filter((line) => /^ +\d/.test(line))
      .map((line) => line.trim().split(/ +/).map(Number));
    assert([...csv, ...hgrm].flat().every(Number.isFinite));
    // Buckets are whole µs, extremes exact.
    hgrm.forEach(([ms], i) => assert(ms! >= (hgrm[i - 1]?.[0] ?? 0) - 0.001));
    assertLessOrEqual(hgrm.at(-1)?.[2] ?? 0, counts.latency.count);
    if (samples === counts.latency.count) assertEquals(hgrm.at(-1)?.[2] ?? 0, samples);
    assertEquals(rows.length, samples === 0 ? 0 : 100);
  }));
});
