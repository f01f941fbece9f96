/** What a load generator that did not keep up spoils is not judged; what it does not explain is. */
import { assertEquals, assertMatch } from "@std/assert";
import { metricFor } from "../../../src/metrics/catalog.ts";
import type { ThreadHealth } from "../../../src/metrics/snapshot.ts";
import type { Comparison } from "../../../src/result/comparison.ts";
import type { RunResult } from "../../../src/result/run_result.ts";
import { compareRuns } from "../../../src/result/verdict/compare.ts";
import type { ComparedRun } from "../../../src/result/verdict/compared_run.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";
import { spoilingOf, warningsAbout } from "../../../src/result/verdict/spoiling.ts";
import { histogramOf, outcomeOf, secondsOf, stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const WHOLE = planFor("http://a.test/", { kind: "duration", connections: 4, durationMs: 10_000 });
const PLAN = { ...WHOLE, client: { ...WHOLE.client, timeoutMs: 2000 } };

interface Server {
  readonly ms?: number;
  /** Failed with status 500. */
  readonly errors?: number;
  readonly failures?: Readonly<Record<string, number>>;
}

/** Ten seconds of 100 requests each; `late`: the lags of the thread's timers, in ms. */
function runOf(source: string, { ms = 20, errors = 0, failures = {} }: Server, late?: number): ComparedRun {
  const failed = errors + Object.values(failures).reduce((sum, count) => sum + count, 0);
  const step = stepOf({
    latency: histogramOf(...new Array<number>(1000 - failed).fill(ms)),
    failed,
    failures: { ...(errors > 0 && { "HTTP 500": errors }), ...failures },
  });
  const timeline = secondsOf(10_000, () => 100).map((point) => ({
    ...point,
    errors: failed / 10,
    p50Ms: ms,
    p95Ms: ms,
    p99Ms: ms,
    meanMs: ms,
  }));
  const { result, config } = outcomeOf(PLAN, [step], { result: { durationMs: 10_000, timeline } });
  const lag = histogramOf(...new Array<number>(40).fill(late ?? 0));
  const thread: ThreadHealth = { thread: 0, wallMs: 10_000, loopLag: lag };
  return {
    source,
    config,
    result: { ...result, total: { ...result.total, threads: late === undefined ? [] : [thread] } },
  };
}

function compared(
  baseline: readonly ComparedRun[],
  current: readonly ComparedRun[],
  ...rules: readonly string[]
): Comparison {
  return compareRuns(baseline, current, {
    rules: rules.map(parseFailRule),
    confidence: 99,
    runNoisePercent: 1,
  });
}

const outcomes = ({ rules }: Comparison) => rules.map(({ passed, isKnown }) => [passed, isKnown]);

Deno.test("latency and throughput beside a starved load generator are not judged, on either side", () => {
  const [sound, slower] = [runOf("a.json", {}), runOf("b.json", { ms: 30 })];
  const rules = ["worse", "p95 > +10%", "rps < -5%", "p50 worse", "max_latency > +10%"];
  assertEquals(outcomes(compared([sound], [slower], "worse", "p95 > +10%")), [[false, true], [false, true]]);
  for (
    const pair of [[sound, runOf("b.json", { ms: 30 }, 80)], [runOf("b.json", { ms: 20 }, 80), slower]]
  ) {
    const comparison = compared([pair[0]!], [pair[1]!], ...rules);
    assertEquals(outcomes(comparison), rules.map(() => [true, false]));
    assertEquals(
      comparison.rules[0]!.reason,
      "b.json: the load generator did not keep up (rps, p50, p95, p99)",
    );
    assertMatch(comparison.rules[1]!.reason, /^\+50\.0% .*; b\.json: the load generator did not keep up$/);
    const p95 = comparison.metrics.find(({ metric }) => metric === "p95")!;
    assertEquals([p95.verdict, p95.low], ["unknown", undefined]);
  }
});

Deno.test("what no late load generator explains is judged: errors of the server, times beyond its delay", () => {
  const sound = runOf("a.json", {});
  const rules = ["worse", "error_rate > 1", "success_rate < -1", "p95 > +10%"];
  const failing = compared([sound], [runOf("b.json", { errors: 500 }, 80)], ...rules);
  assertEquals(outcomes(failing), [[false, true], [false, true], [false, true], [true, false]]);
  const slow = compared([sound], [runOf("b.json", { ms: 200 }, 80)], "p95 > +10%", "rps < -5%");
  assertEquals(outcomes(slow), [[false, true], [true, false]]);
});

Deno.test("errors that a load generator makes by itself are not judged", () => {
  const sound = runOf("a.json", {});
  const longMs = PLAN.client.timeoutMs;
  const cases = [
    [{ no_local_port: 500 }, undefined, true],
    [{ timeout: 500 }, longMs, true],
    [{ timeout: 500 }, 80, false],
    [{ timeout: 500 }, undefined, false],
    [{ timeout: 100, connection_reset: 400 }, longMs, false],
  ] as const;
  for (const [failures, late, isOwn] of cases) {
    const comparison = compared([sound], [runOf("b.json", { failures }, late)], "error_rate > 1");
    assertEquals(outcomes(comparison), [[isOwn, !isOwn]], JSON.stringify([failures, late]));
  }
});

Deno.test("a spoilt run is left out where others of its side are not", () => {
  const runs = [runOf("a.json", {}), runOf("b.json", { ms: 60 }, 80), runOf("c.json", {})];
  const comparison = compared(runs, [runOf("d.json", { ms: 30 })], "p95 > +10%");
  assertEquals(comparison.sources, ["a.json", "c.json"]);
  assertEquals(comparison.warnings, ["b.json is left out: the load generator did not keep up"]);
  assertEquals(outcomes(comparison), [[false, true]]);
});

Deno.test("a schedule that the server did not keep up with, or its silence, spoils nothing", () => {
  const { result } = runOf("a.json", {});
  const p95 = metricFor("p95")!;
  const missed: RunResult = {
    ...result,
    plan: planFor("http://a.test/", {
      kind: "rate",
      pacer: { kind: "constant", rate: 100 },
      durationMs: 10_000,
      maxConnections: 4,
      targetRate: 100,
    }),
    total: { ...result.total, dropped: 900, startDelay: histogramOf(1, 2, 3) },
  };
  assertEquals(warningsAbout(missed), ["the schedule was missed"]);
  assertEquals(spoilingOf(p95, missed), undefined);
  assertEquals(
    spoilingOf(p95, { ...result, lost: [{ thread: "thread 2", atMs: 1, reason: "gone" }] })?.reason,
    "part of the load was lost",
  );
});
