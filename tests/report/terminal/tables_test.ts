/** Tables of the terminal report. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { throughput } from "../../../src/report/terminal/tables.ts";
import type { RunResult } from "../../../src/result/run_result.ts";
import { emptyOutcome, secondsOf } from "../../_support/outcomes.ts";

function run(durationMs: number, requestsIn: (second: number) => number): RunResult {
  return { ...emptyOutcome().result, durationMs, timeline: secondsOf(durationMs, requestsIn) };
}

Deno.test("throughput() of nothing has no rows", () => {
  assertEquals(throughput(emptyOutcome().result), []);
});

Deno.test("throughput() has a row a second up to 40 seconds", () => {
  const rows = throughput(run(39_000, () => 100));
  assertEquals(rows.length, 39);
  assertEquals(rows[38], { startSec: 38, rate: 100 });
});

Deno.test("throughput() widens its rows to a twentieth of the run", () => {
  assertEquals(throughput(run(120_000, () => 100)).map((row) => row.startSec).slice(0, 3), [0, 6, 12]);
  assertEquals(throughput(run(120_000, () => 100)).length, 20);
});

Deno.test("throughput() divides the last, partial row by its real length", () => {
  const rows = throughput(run(2500, () => 100));
  assertEquals(rows, [{ startSec: 0, rate: 100 }, { startSec: 1, rate: 100 }, { startSec: 2, rate: 100 }]);
});

Deno.test("throughput() counts a tail of some ms with the row before", () => {
  const result = run(2000, () => 100);
  const tail = { ...result.timeline[0]!, fromMs: 2000, toMs: 2010, requests: 10 };
  const rows = throughput({ ...result, durationMs: 2010, timeline: [...result.timeline, tail] });
  assertEquals(rows.length, 2);
  assertAlmostEquals(rows[1]?.rate ?? 0, 110 / 1.01, 1e-9);
});

Deno.test("throughput() of a run under a second is one row", () => {
  assertEquals(throughput(run(1.5, () => 2000)), [{ startSec: 0, rate: 2000 }]);
});

Deno.test("throughput() shows seconds without a response as 0", () => {
  assertEquals(throughput(run(3000, (second) => second === 1 ? 0 : 5)).map((row) => row.rate), [5, 0, 5]);
  const sparse = run(3000, () => 5);
  const rows = throughput({ ...sparse, timeline: sparse.timeline.filter((_, i) => i !== 1) });
  assertEquals(rows.map((row) => row.rate), [5, 0, 5]);
});

Deno.test("throughput() does not mind windows that are a little off the second", () => {
  const result = run(3000, () => 100);
  const shifted = result.timeline.map((point) => ({
    ...point,
    fromMs: point.fromMs - 2,
    toMs: point.toMs - 2,
  }));
  assertEquals(throughput({ ...result, timeline: shifted }).map((row) => row.rate), [100, 100, 100]);
});
