import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { REPORTERS } from "../../src/report/registry.ts";
import { jsonReporter } from "../../src/report/json.ts";
import { readJsonDocument } from "../../src/result/read_document.ts";
import type { Outcome } from "../../src/result/outcome.ts";
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

/** Control and format characters other than a line end. */
const RAW_CONTROL = /[[\p{Cc}\p{Cf}]--[\n\u200c\u200d]]/v;

for (const reporter of REPORTERS) {
  for (const [name, make] of Object.entries(OUTCOMES)) {
    // The huge outcome's JSON and HTML would be megabytes that nobody reads; their shape is checked elsewhere.
    if (name === "huge" && reporter.name !== "terminal" && reporter.name !== "csv") continue;
    Deno.test(`${reporter.name} report of the ${name} outcome is as agreed`, async () => {
      const text = reporter.render(make(), PLAIN).replaceAll(VERSION, "0.0.0");
      // Text files, so that no formatter touches them.
      await assertGolden(`report_${name}_${reporter.name}.txt`, text);
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
