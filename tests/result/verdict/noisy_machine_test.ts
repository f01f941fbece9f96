/** Equal runs of machines that are slow for a while now and then are not taken for different, and a change is found. */
import { assertGreater, assertLess, assertMatch } from "@std/assert";
import { isRegressed } from "../../../src/result/comparison.ts";
import type { ComparedRun } from "../../../src/result/verdict/compared_run.ts";
import { compareRuns } from "../../../src/result/verdict/compare.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";
import { compareOptions } from "../../../src/run/settings/baseline_options.ts";
import { noiseOfSeed } from "../../_support/noise.ts";
import { MACHINES, simulatedRun } from "../../_support/simulated_run.ts";

function comparedBy(a: ComparedRun, b: ComparedRun, ...rules: readonly string[]) {
  return compareRuns([a], [b], {
    rules: rules.map(parseFailRule),
    confidence: 99,
    runNoisePercent: compareOptions.runNoise.default,
  });
}

for (const [name, seconds, maxAlarms] of [["calm", 8, 1], ["usual", 8, 1], ["restless", 30, 1]] as const) {
  Deno.test(`of the 56 pairs of eight equal runs on a ${name} machine hardly one is called worse`, () => {
    let alarms = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const noise = noiseOfSeed(seed);
      const runs = Array.from(
        { length: 8 },
        () => simulatedRun(noise, { seconds, ms: 20, machine: MACHINES[name] }),
      );
      alarms += runs.flatMap((a) =>
        runs.filter((b) =>
          a !== b && isRegressed(comparedBy(a, b, "worse", "p95 > +5%"))
        )
      ).length;
    }
    assertLess(alarms / 4, maxAlarms + 1);
  });
}

for (const [name, seconds] of [["calm", 15], ["usual", 30]] as const) {
  Deno.test(`a p95 that is 10% longer is found in nine of ten pairs of ${seconds} s on a ${name} machine`, () => {
    const noise = noiseOfSeed(4);
    const machine = MACHINES[name];
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const [a, b] = [20, 22].map((ms) => simulatedRun(noise, { seconds, ms, machine }));
      if (isRegressed(comparedBy(a!, b!, "p95 > +5%"))) found++;
    }
    assertGreater(found, 85);
  });
}

Deno.test("a rule whose change is lost in noise says how long runs would have to be, or that none would do", () => {
  const noise = noiseOfSeed(5);
  const [a, b] = [1, 2].map(() => simulatedRun(noise, { seconds: 8, ms: 20, machine: MACHINES.calm }));
  const reasons = comparedBy(a!, b!, "p95 > +6%", "p95 > +1%", "p95 > +40%").rules.map(({ reason }) =>
    reason
  );
  assertMatch(
    reasons[0]!,
    /; less than \d\.\d% cannot be told from noise here: runs of \d\ds would tell 6\.0%$/,
  );
  assertMatch(
    reasons[1]!,
    /from noise here: longer runs would not tell it either, bench duel or several runs of each side may$/,
  );
  assertMatch(reasons[2]!, /ms\)$/);
});
