/** Equal runs of a machine that is slow for a while now and then are not taken for different, and a change still is found. */
import { assertGreater, assertLess } from "@std/assert";
import { Histogram } from "../../../src/metrics/histogram.ts";
import { addStepStats, EMPTY_SNAPSHOT } from "../../../src/metrics/snapshot.ts";
import { isRegressed } from "../../../src/result/comparison.ts";
import { timelinePoint } from "../../../src/result/series/timeline_point.ts";
import { compareRuns } from "../../../src/result/verdict/compare.ts";
import type { ComparedRun } from "../../../src/result/verdict/compared_run.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";
import { compareOptions } from "../../../src/run/settings/baseline_options.ts";
import { alikeNumbers, type Noise, noiseOfSeed } from "../../_support/noise.ts";
import { outcomeOf, stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const SECONDS = 20;
const PLAN = planFor("http://a.test/", { kind: "duration", connections: 4, durationMs: SECONDS * 1000 });

/** A closed loop of sixteen users. `restless`: how far its seconds, and a quarter of it what runs have besides. */
function runOf(
  noise: Noise,
  { ms, restless }: { readonly ms: number; readonly restless: number },
): ComparedRun {
  const level = ms * Math.exp(restless / 4 * noise.gauss());
  const windows = alikeNumbers(noise, SECONDS, 0.7).map((slow, second) => {
    const now = level * Math.exp(restless * slow);
    const histogram = new Histogram();
    for (let i = 0; i < 16_000 / now; i++) histogram.record(1000 * now * (0.8 + 0.2 * noise.exponential()));
    const step = stepOf({ latency: histogram.take() });
    return { step, fromMs: second * 1000, toMs: second * 1000 + 1000 };
  });
  const total = windows.map(({ step }) => step).reduce(addStepStats);
  const timeline = windows.map(({ step, ...time }) =>
    timelinePoint({ ...EMPTY_SNAPSHOT, ...time, users: 4, steps: [step] })
  );
  const { result, config } = outcomeOf(PLAN, [total], { result: { durationMs: SECONDS * 1000, timeline } });
  return { source: "x.json", result, config };
}

function fires(a: ComparedRun, b: ComparedRun, rule: string): boolean {
  const options = {
    rules: [parseFailRule(rule)],
    confidence: 99,
    runNoisePercent: compareOptions.runNoise.default,
  };
  return isRegressed(compareRuns([a], [b], options));
}

Deno.test("of the 56 pairs of eight equal runs on a restless machine hardly one is called worse", () => {
  let alarms = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const noise = noiseOfSeed(seed);
    const runs = Array.from({ length: 8 }, () => runOf(noise, { ms: 20, restless: 0.06 }));
    alarms += runs.flatMap((a) => runs.filter((b) => a !== b && fires(a, b, "worse"))).length;
  }
  assertLess(alarms / 8, 1);
});

Deno.test("a p95 that is 10% longer is found in nine of ten pairs of runs on a calm machine", () => {
  const noise = noiseOfSeed(4);
  let found = 0;
  for (let i = 0; i < 100; i++) {
    const [a, b] = [runOf(noise, { ms: 20, restless: 0.012 }), runOf(noise, { ms: 22, restless: 0.012 })];
    if (fires(a, b, "p95 worse")) found++;
  }
  assertGreater(found, 85);
});
