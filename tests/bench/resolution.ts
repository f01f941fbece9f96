/**
 * What a comparison of two runs can tell: of pairs of simulated runs, on machines whose noise is known, how many
 * `p95 > +5%` and `worse` find when the server is slower, and how many they fire at when it is not.
 * `deno task bench:resolution [PAIRS] [SECONDS,SECONDS…]`; the tables of docs/duels.md are of 400.
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { compareRuns } from "../../src/result/verdict/compare.ts";
import { parseFailRule } from "../../src/result/verdict/fail_rule.ts";
import { compareOptions } from "../../src/run/settings/baseline_options.ts";
import { noiseOfSeed } from "../_support/noise.ts";
import { MACHINES, simulatedRun } from "../_support/simulated_run.ts";

const RULES = ["p95 > +5%", "worse"].map(parseFailRule);
const PERCENT = [0, 5, 10, 20];

const pairs = Number(Deno.args[0] ?? 100);
const lengths = (Deno.args[1] ?? "8,15,30,60").split(",").map(Number);

for (const [name, machine] of Object.entries(MACHINES)) {
  for (const seconds of lengths) {
    const noise = noiseOfSeed(1);
    const found = PERCENT.map((percent) => {
      const fired = RULES.map(() => 0);
      for (let pair = 0; pair < pairs; pair++) {
        const [a, b] = [0, percent].map((more) =>
          simulatedRun(noise, { seconds, machine, ms: 20 * (1 + more / 100) })
        );
        const { rules } = compareRuns([a!], [b!], {
          rules: RULES,
          confidence: compareOptions.confidence.default,
          runNoisePercent: compareOptions.runNoise.default,
        });
        rules.forEach(({ passed }, i) => fired[i]! += passed ? 0 : 1);
      }
      return `+${percent}%: ${fired.map((count) => `${(count / pairs * 100).toFixed(1)}%`).join(" ")}`;
    });
    console.log(`${name.padEnd(9)}${`${seconds}s`.padEnd(5)}${found.join("   ")}`);
  }
}
