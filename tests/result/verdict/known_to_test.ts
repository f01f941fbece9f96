/** How precisely metrics are known: forms, and runs that end when they are. */
import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { Histogram } from "../../../src/metrics/histogram.ts";
import type { Stats } from "../../../src/metrics/stats.ts";
import { isMet, knownTo, parseUntil } from "../../../src/result/verdict/known_to.ts";
import { type Noise, noiseOfSeed } from "../../_support/noise.ts";
import { histogramOf, stepOf } from "../../_support/outcomes.ts";

/** A second in which every request takes a drawn time, in ms. */
function secondOf(drawMs: () => number, requests = 150): Stats {
  const histogram = new Histogram();
  for (let i = 0; i < requests; i++) histogram.record(drawMs() * 1000);
  return { counts: stepOf({ latency: histogram.take() }), durationMs: 1000 };
}

const TARGETS: Readonly<Record<string, { readonly p90Ms: number; second(noise: Noise): () => Stats }>> = {
  exponential: {
    p90Ms: 5 * Math.log(10),
    second: ({ exponential }) => () => secondOf(() => 5 * exponential()),
  },
  bimodal: {
    p90Ms: 20 + Math.log(1.5),
    second: ({ exponential, fraction }) => () => secondOf(() => (fraction() < 0.85 ? 2 : 20) + exponential()),
  },
  // Log-normal: what seconds share has a part of the variance.
  autocorrelated: {
    p90Ms: 5 * Math.exp(1.2816 * Math.hypot(0.05, 0.5)),
    second: ({ gauss }) => {
      let level = gauss();
      return () => {
        level = 0.7 * level + Math.sqrt(1 - 0.49) * gauss();
        return secondOf(() => 5 * Math.exp(0.05 * level + 0.5 * gauss()));
      };
    },
  },
};

for (const [name, { p90Ms, second }] of Object.entries(TARGETS)) {
  Deno.test(`a run until p90 ± 6% ends with an interval that holds the truth of ${name} latencies`, () => {
    const until = parseUntil("p90 ± 6%");
    let [ended, held] = [0, 0];
    for (let seed = 1; seed <= 30; seed++) {
      const next = second(noiseOfSeed(seed));
      const windows: Stats[] = [];
      let known;
      do {
        for (let i = 0; i < 6; i++) windows.push(next());
        known = knownTo(until, windows, 95);
      } while (!isMet(until, known) && windows.length < 240);
      if (!known || !isMet(until, known)) continue;
      ended++;
      if (known.low <= p90Ms / 1000 && p90Ms / 1000 <= known.high) held++;
    }
    assertGreater(ended, 20);
    assertGreater(held / ended, 0.9);
  });
}

Deno.test("a precision is read as it is written", () => {
  const read = (text: string) => {
    const { about, amount, isRelative } = parseUntil(text);
    return [about.path, amount, isRelative];
  };
  assertEquals(read("p99 ± 2%"), ["p99", 2, true]);
  assertEquals(read("rps +- 1%"), ["rps", 1, true]);
  assertEquals(read("p95 +/- 5ms"), ["p95", 0.005, false]);
  assertEquals(read("error_rate ± 0.5%"), ["error_rate", 0.5, false]);
  assertEquals(read('step:"GET /a b" p50 ± 3%'), ['step:"GET /a b".p50', 3, true]);
  for (
    const bad of [
      "p99",
      "p99 ± x",
      "p99 ± 2",
      "p99 ± 0%",
      "speed ± 2%",
      "max_latency ± 2%",
      "rps ± 5ms",
      "total_requests ± 1%",
    ]
  ) {
    assertThrows(() => parseUntil(bad), Error);
  }
});

Deno.test("rates, shares and means are known, and a bound is not", () => {
  const { exponential } = noiseOfSeed(9);
  const windows = Array.from(
    { length: 40 },
    () => secondOf(exponential, 100 + Math.floor(exponential() * 3)),
  );
  const known = (expression: string) => knownTo(parseUntil(expression), windows, 95)!;
  assertAlmostEquals(known("rps ± 1%").value, 102.5, 2);
  assertAlmostEquals(known("mean_latency ± 1%").value, 0.001, 1e-4);
  assertEquals(known("error_rate ± 1%"), { value: 0, low: 0, high: 0 });
  assertEquals(knownTo(parseUntil("rps ± 1%"), windows.slice(0, 8), 95), undefined);
  const silent = {
    counts: stepOf({ unanswered: histogramOf(...new Array(900).fill(50)) }),
    durationMs: 1000,
  };
  assertEquals(knownTo(parseUntil("p95 ± 1%"), [...windows, silent], 95), undefined);
});
