/**
 * How often `bench compare` is right: twenty pairs of runs of one unchanged server, and ten of a server that is 10 %
 * slower, at the default level. `deno task bench:compare [SECONDS A RUN] [DIRECTORY FOR THE RESULTS]`.
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { compareRuns } from "../../src/result/verdict/compare.ts";
import { isRegressed } from "../../src/result/comparison.ts";
import type { Comparison } from "../../src/result/comparison.ts";
import { readRuns } from "../../src/run/deliver/baseline.ts";
import { compareOptions } from "../../src/run/settings/baseline_options.ts";
import { parseFailRule } from "../../src/result/verdict/fail_rule.ts";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { alignColumns } from "../../src/report/terminal/columns.ts";
import { comparisonRows } from "../../src/report/comparison_rows.ts";

const PAIRS = 20;
const SLOWER_PAIRS = 10;
const MAX_ALARMS = 1;
const MIN_FOUND = 9;

const UNCHANGED = "/delay/20";
const SLOWER = "/delay/22";

const seconds = Deno.args[0] ?? "5";
const directory = Deno.args[1] ?? await Deno.makeTempDir();
await Deno.mkdir(directory, { recursive: true });
await using server = startTarget({ port: 0, hostname: "127.0.0.1" });

async function run(name: string, path: string): Promise<string> {
  const file = `${directory}/${name}.json`;
  const args = ["-d", seconds, "-c", "8", "-t", "1", "--json", file, `${server.url}${path}`];
  const { code, err } = await program(args);
  if (code !== 0) throw new Error(`Run ${name} failed: ${err}`);
  return file;
}

async function compare(before: string, after: string): Promise<Comparison> {
  return compareRuns(await readRuns(before), await readRuns(after), {
    rules: [parseFailRule("worse")],
    confidence: compareOptions.confidence.default,
    runNoisePercent: compareOptions.runNoise.default,
  });
}

function print(title: string, comparison: Comparison): boolean {
  const fired = isRegressed(comparison);
  const cells = comparisonRows(comparison).slice(0, 5).map(([metric, , , change, interval, verdict]) =>
    `${metric} ${change} (${interval}) ${verdict}`
  );
  console.log(
    alignColumns([[title, fired ? "WORSE" : "ok", cells.join("; ")]], {
      columns: [{ width: 12, isLeft: true }, { width: 5, isLeft: true }],
      gap: "  ",
    })[0],
  );
  return fired;
}

let alarms = 0;
let found = 0;
for (let pair = 1; pair <= PAIRS; pair++) {
  const before = await run(`${pair}-a`, UNCHANGED);
  const after = await run(`${pair}-b`, UNCHANGED);
  if (print(`unchanged ${pair}`, await compare(before, after))) alarms++;
  if (pair > SLOWER_PAIRS) continue;
  const slower = await run(`${pair}-c`, SLOWER);
  if (print(`slower ${pair}`, await compare(before, slower))) found++;
}
console.log(`\n${alarms} false alarms in ${PAIRS} pairs of an unchanged server (at most ${MAX_ALARMS})`);
console.log(`${found} of ${SLOWER_PAIRS} pairs with a server slower by 10 % found (at least ${MIN_FOUND})`);
console.log(`Results in ${directory}`);
Deno.exit(alarms <= MAX_ALARMS && found >= MIN_FOUND ? 0 : 1);
