/** The grammar that thresholds and fail rules share. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../../src/lib/errors.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";
import { parseRule, pathOf } from "../../../src/result/verdict/rule_grammar.ts";
import { parseThreshold } from "../../../src/result/verdict/threshold.ts";

Deno.test("thresholds and fail rules name a step in the same ways", () => {
  for (
    const subject of [
      "step:login p95",
      "step:login.p95",
      'step:"login" p95',
      'step:"login".p95',
      "  step:login   p95",
    ]
  ) {
    const threshold = parseThreshold(`${subject} < 300ms`);
    const rule = parseFailRule(`${subject} > 300ms`);
    assertEquals([threshold.step, threshold.metric.key, threshold.bound], ["login", "p95", 0.3], subject);
    assertEquals([rule.about?.path, rule.bound?.amount], ["step:login.p95", 0.3], subject);
  }
});

Deno.test("both know the names of a step's fields in the JSON document", () => {
  assertEquals(parseThreshold("step:login max < 1s").metric.key, "max_latency");
  assertEquals(parseFailRule("step:login max > 1s").about?.metric.key, "max_latency");
});

Deno.test("both name an unknown metric as it was written", () => {
  for (const parse of [parseThreshold, parseFailRule]) {
    assertThrows(() => parse("step:login.speed > 1"), UsageError, 'unknown metric "step:login.speed"');
    assertThrows(() => parse("step:login > 1"), UsageError, 'unknown metric "step:login"');
  }
});

Deno.test("parseRule() takes the shortest name of a step that leaves a metric", () => {
  assertEquals(parseRule("step:a.b.p99.9 > 1")?.about.step, "a.b");
  assertEquals(parseRule("step:GET /a: b p95 < 1s")?.about.step, "GET /a: b");
});

Deno.test("pathOf() is read back whatever the step is called", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) =>
    !/["\n]/.test(text) && text.trim() !== ""
  );
  fc.assert(fc.property(name, fc.constantFrom("p95", "p99.9", "rps", "mean"), (step, field) => {
    const rule = parseFailRule(`${pathOf(field, step)} > 1%`);
    assertEquals(rule.about?.step, step);
  }));
});
