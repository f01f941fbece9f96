/** Baselines: files found by name or pattern, and refused when their settings differ and must not. */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { jsonReporter } from "../../../src/report/json.ts";
import type { ComparedRun } from "../../../src/result/verdict/compared_run.ts";
import { compareWith, readRuns, refuseDifferences } from "../../../src/run/deliver/baseline.ts";
import { ordinaryOutcome, tinyOutcome } from "../../_support/outcomes.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const runOf = ({ result, config }: ReturnType<typeof tinyOutcome>): ComparedRun => ({
  source: "x",
  result,
  config,
});

Deno.test("a pattern is all files that match it, in order of their names; a name is one", async () => {
  await using temp = await tempDir();
  for (const [name, outcome] of [["b", ordinaryOutcome()], ["a", tinyOutcome()]] as const) {
    await Deno.writeTextFile(`${temp.path}/${name}.json`, jsonReporter.render(outcome, { color: false }));
  }
  const runs = await readRuns(`${temp.path}/*.json`);
  assertEquals(runs.map(({ source }) => source.slice(-6)), ["a.json", "b.json"]);
  assertEquals(runs.map(({ result }) => result.total.steps[0]!.succeeded), [3, 15_200]);
  const [one, ...others] = await readRuns(`${temp.path}/a.json`);
  assertEquals([one?.source, others], [`${temp.path}/a.json`, []]);
});

Deno.test("a baseline that is not there, or is no result, is one message with its name", async () => {
  await using temp = await tempDir();
  await assertRejects(() => readRuns(`${temp.path}/*.json`), UsageError, "no file matches");
  await assertRejects(() => readRuns(`${temp.path}/none.json`), UsageError, "none.json");
  await Deno.writeTextFile(`${temp.path}/r.json`, "[1]");
  await assertRejects(() => readRuns(`${temp.path}/r.json`), UsageError, "r.json");
});

Deno.test("settings that differ are each named, when they must not differ; otherwise runs are compared", () => {
  const baseline = [runOf(tinyOutcome())];
  const now = runOf(tinyOutcome());
  const changed = { ...now, config: { ...now.config, connections: 99 } };
  const values = { failOn: [], confidence: 95, runNoise: 0, strictConfig: true };
  refuseDifferences(baseline, now.config);
  const error = assertThrows(() => compareWith(baseline, [changed], values), UsageError);
  assertStringIncludes(error.message, "Cannot compare with the baseline (--strict-config): ");
  assertStringIncludes(error.message, "99");
  assertEquals(compareWith(baseline, [changed], { ...values, strictConfig: false }).metrics.length > 0, true);
});
