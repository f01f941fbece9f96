/** Rules that fail a comparison. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";

for (
  const [text, path, bound] of [
    ["p95 > +10%", "p95", { operator: ">", amount: 10, isRelative: true }],
    ["p95>10%", "p95", { operator: ">", amount: 10, isRelative: true }],
    ["rps < -5%", "rps", { operator: "<", amount: -5, isRelative: true }],
    ["p99 > 20ms", "p99", { operator: ">", amount: 0.02, isRelative: false }],
    ["max_latency > .5", "max_latency", { operator: ">", amount: 0.5, isRelative: false }],
    ["error_rate > 0.5", "error_rate", { operator: ">", amount: 0.5, isRelative: false }],
    ["step:login.p99.9 > 5ms", "step:login.p99.9", { operator: ">", amount: 0.005, isRelative: false }],
    ["step:a.b.mean > 1%", "step:a.b.mean", { operator: ">", amount: 1, isRelative: true }],
    ['step:"GET /a b".p95 > 1us', 'step:"GET /a b".p95', { operator: ">", amount: 1e-6, isRelative: false }],
    ["step:GET-/x/y.count < -1", "step:GET-/x/y.count", { operator: "<", amount: -1, isRelative: false }],
    ["mean_latency worse", "avg_latency", undefined],
  ] as const
) {
  Deno.test(`parseFailRule() reads ${text}`, () => {
    const rule = parseFailRule(text);
    assertEquals(rule.about?.path, path);
    assertEquals(rule.bound, bound);
  });
}

Deno.test("parseFailRule() reads a rule about everything", () => {
  assertEquals(parseFailRule(" worse "), { expression: "worse", isUnitMissing: false });
});

Deno.test("parseFailRule() notes a latency bound without a unit, not one in percent", () => {
  assertEquals(parseFailRule("p95 > 1").isUnitMissing, true);
  assertEquals(parseFailRule("p95 > 1").expression, "p95 > 1 s");
  assertEquals(parseFailRule("p95 > 1%").isUnitMissing, false);
  assertEquals(parseFailRule("error_rate > 1").isUnitMissing, false);
});

for (
  const [text, part] of [
    ["", "expected a rule"],
    ["p95", "expected a rule"],
    ["p95 >= 10%", "expected a rule"],
    ["p95 > ten", "expected a rule"],
    ["speed > 10%", 'unknown metric "speed"'],
    ["rps > 5ms", 'no unit "ms"'],
    ["error_rate > 5s", 'no unit "s"'],
    ["total_requests worse", 'expected a limit, such as "total_requests > +10%"'],
    ["step:x.max worse", 'expected a limit, such as "step:x.max > +10%"'],
    ["step:x > 5%", 'unknown metric "step:x"'],
    ["step:x.speed > 5%", 'unknown metric "step:x.speed"'],
  ] as const
) {
  Deno.test(`parseFailRule() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => parseFailRule(text), UsageError, part);
  });
}
