/** Sampling and ids of traces, against what W3C and OpenTelemetry say of them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { idsOf, thresholdOf, TraceSampler } from "../../../src/client/trace/trace_context.ts";

/** The table of "TraceState: Probability Sampling", at the recommended precision of four digits. */
const THRESHOLDS: readonly (readonly [share: number, threshold: string])[] = [
  [1, "0"],
  [1 / 2, "8"],
  [1 / 3, "aaab"],
  [1 / 4, "c"],
  [1 / 5, "cccd"],
  [1 / 8, "e"],
  [1 / 10, "e666"],
  [1 / 16, "f"],
  [1 / 100, "fd70a"],
  [1 / 1000, "ffbe77"],
  [1 / 10_000, "fff9724"],
  [1 / 100_000, "ffff583a"],
  [1 / 1_000_000, "ffffef39"],
];

Deno.test("thresholdOf() gives the specification's thresholds", () => {
  for (const [share, threshold] of THRESHOLDS) assertEquals(thresholdOf(share), threshold, `${share}`);
});

Deno.test("thresholdOf() never rejects all, and never none of a real share", () => {
  for (let share = 1; share > 1e-300; share *= 0.37) {
    const threshold = thresholdOf(share);
    assertMatch(threshold, /^(?:0|[\da-f]{0,11}[1-9a-f])$/);
    const rejected = Number.parseInt(threshold, 16) / 16 ** threshold.length;
    assert(rejected < 1, `${share}`);
    if (share > 1e-12) assert(Math.abs((1 - rejected) / share - 1) < 0.01, `${share}: ${threshold}`);
  }
});

Deno.test("sampled requests are as many as asked for, and each one's id says so itself", () => {
  for (const share of [1, 0.5, 0.25, 0.01]) {
    const sampler = new TraceSampler(share);
    const threshold = BigInt(`0x${thresholdOf(share).padEnd(14, "0")}`);
    const seen = new Set<string>();
    let sampled = 0;
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      if (!sampler.draw()) continue;
      sampled++;
      const parent = sampler.parent();
      const [, traceId = "", spanId = ""] = /^00-([\da-f]{32})-([\da-f]{16})-03$/.exec(parent) ?? [];
      assert(traceId !== "", parent);
      assert(BigInt(`0x${traceId.slice(-14)}`) >= threshold, `${parent} is below ${sampler.state}`);
      seen.add(traceId);
      seen.add(spanId);
      assertEquals(idsOf(parent), { traceId, spanId });
    }
    assertEquals(seen.size, 2 * sampled, "an id came twice");
    // Six standard deviations: one in 500 million.
    const deviation = Math.sqrt(draws * share * (1 - share));
    assert(Math.abs(sampled - draws * share) <= 6 * deviation + 1, `${share}: ${sampled}`);
    assertEquals(sampler.state, `ot=th:${thresholdOf(share)}`);
  }
});

Deno.test("ids of two samplers differ", () => {
  const made = Array.from({ length: 500 }, () => {
    const sampler = new TraceSampler(1);
    sampler.draw();
    return idsOf(sampler.parent())!.traceId;
  });
  assertEquals(new Set(made).size, made.length);
});

Deno.test("idsOf() reads what says that it is sampled, and nothing that is broken", () => {
  const [traceId, spanId] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
  for (const flags of ["01", "03", "ff"]) {
    assertEquals(idsOf(` 00-${traceId}-${spanId}-${flags} `), { traceId, spanId }, flags);
  }
  assertEquals(idsOf(`42-${traceId}-${spanId}-01-more`), { traceId, spanId });
  for (
    const text of [
      `00-${traceId}-${spanId}-00`,
      `00-${traceId}-${spanId}-02`,
      `ff-${traceId}-${spanId}-01`,
      `00-${"0".repeat(32)}-${spanId}-01`,
      `00-${traceId}-${"0".repeat(16)}-01`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${traceId.slice(1)}-${spanId}-01`,
      `00-${traceId}-${spanId}-01x`,
      `00-${traceId}-${spanId}`,
      "",
    ]
  ) assertEquals(idsOf(text), undefined, text);
});
