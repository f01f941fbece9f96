/** The grammar that thresholds and fail rules share. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../../src/lib/errors.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";
import { PART_KINDS, pathOf } from "../../../src/result/run_parts.ts";
import { parseRule } from "../../../src/result/verdict/rule_grammar.ts";
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
    assertEquals(
      [threshold.part?.name, threshold.metric.key, threshold.bound],
      ["login", "p95", 0.3],
      subject,
    );
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

Deno.test("groups and passes through flows are named as steps are; those of all flows need no name", () => {
  assertEquals(parseThreshold("group:check out p95 < 1s").part, { kind: "group", name: "check out" });
  assertEquals(parseFailRule("iteration:buy.p95 > 1s").about?.path, "iteration:buy.p95");
  assertEquals(parseThreshold("iteration p95 < 1s").part, { kind: "iteration" });
  assertEquals(parseFailRule("iteration.p95 worse").about?.path, "iteration.p95");
  assertEquals(parseThreshold("iterations > 5").part, undefined);
  assertEquals(parseThreshold("scenario:browse error_rate < 1%").part, { kind: "scenario", name: "browse" });
  assertEquals(parseFailRule('scenario:"place order".p95 > +10%').about?.path, 'scenario:"place order".p95');
});

Deno.test("parseRule() takes the shortest name of a step that leaves a metric", () => {
  assertEquals(parseRule("step:a.b.p99.9 > 1")?.about.part?.name, "a.b");
  assertEquals(parseRule("step:GET /a: b p95 < 1s")?.about.part?.name, "GET /a: b");
});

Deno.test("pathOf() is read back whatever the step is called", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) =>
    !/["\n]/.test(text) && text.trim() !== ""
  );
  const kinds = fc.constantFrom(...PART_KINDS);
  fc.assert(
    fc.property(name, fc.constantFrom("p95", "p99.9", "count", "mean"), kinds, (name, field, kind) => {
      const rule = parseFailRule(`${pathOf(field, { kind, name })} > 1%`);
      assertEquals(rule.about?.part, { kind, name });
    }),
  );
});
