/** Starts that are left out, and reports of what was not steady. */
import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../src/metrics/snapshot.ts";
import { appendSnapshot } from "../../src/metrics/snapshot.ts";
import { withoutWarmup } from "../../src/result/without_warmup.ts";
import { Timeline } from "../../src/result/series/timeline.ts";
import { unsteadinessOf } from "../../src/result/steadiness.ts";
import { noiseOfSeed } from "../_support/noise.ts";
import { histogramOf, outcomeOf, scenarioPlan, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";
import { socketStep } from "../_support/socket_outcome.ts";

const PLAN = planFor("http://a.test/", { kind: "duration", connections: 4, durationMs: 20_000 });

/** A run whose seconds have so many requests. */
function runOf(requestsAt: (second: number) => number, seconds = 20) {
  const { gauss } = noiseOfSeed(5);
  const windows = Array.from({ length: seconds }, (_, second): Snapshot => {
    const requests = Math.round(requestsAt(second) * (1 + 0.01 * gauss()));
    const latency = histogramOf(...new Array<number>(requests).fill(4000 / requests));
    return {
      ...EMPTY_SNAPSHOT,
      seq: second,
      fromMs: second * 1000,
      toMs: second * 1000 + 1000,
      lastHeardMs: second * 1000 + 990,
      started: requests,
      steps: [stepOf({ latency })],
    };
  });
  const timeline = new Timeline();
  windows.forEach((window) => timeline.add(window));
  const { result } = outcomeOf(PLAN, [], {
    result: { durationMs: seconds * 1000, timeline: timeline.points(), series: timeline.series() },
  });
  return { windows, result: { ...result, total: windows.reduce(appendSnapshot, EMPTY_SNAPSHOT) } };
}

const speedingUp = (second: number) => second < 5 ? 40 + 12 * second : 100;

Deno.test("a start of five seconds is left out of every number", () => {
  const { result, windows } = runOf(speedingUp);
  const { result: trimmed, note } = withoutWarmup(result, windows);
  const cutMs = result.durationMs - trimmed.durationMs;
  assertAlmostEquals(cutMs, 5000, 1000);
  assertMatch(note.text, /^Warm-up took \d\.0s \(--warmup auto\)/);
  assertEquals(trimmed.timeline.length, trimmed.durationMs / 1000);
  assertEquals(trimmed.timeline[0]?.fromMs, 0);
  assertEquals(trimmed.series?.windows.length, trimmed.timeline.length);
  assertEquals(trimmed.series?.steps[0]?.requests.length, trimmed.timeline.length);
  assertEquals(trimmed.startedAtMs - result.startedAtMs, cutMs);
  assertEquals(trimmed.plan.warmupMs - result.plan.warmupMs, cutMs);
  assertEquals([trimmed.total.fromMs, trimmed.total.toMs], [0, trimmed.durationMs]);
  assertEquals(trimmed.total.lastHeardMs, trimmed.durationMs - 10);
  assertEquals(trimmed.total.started + trimmed.warmupRequests!, result.total.started);
});

Deno.test("of a run without a start all is left, and of one that never rests half", () => {
  const still = runOf(() => 100);
  const { result, note } = withoutWarmup(still.result, still.windows);
  assertEquals(still.result.durationMs - result.durationMs <= 2000, true, note.text);
  const rising = runOf((second) => 40 + 5 * second);
  const half = withoutWarmup(rising.result, rising.windows);
  assertEquals(half.result.durationMs, 10_000);
  assertEquals(half.note.level, "warning");
  const short = runOf(() => 100, 4);
  assertMatch(withoutWarmup(short.result, short.windows).note.text, /too short/);
});

Deno.test("a report says what was not steady, and when", () => {
  const told = (requestsAt: (second: number) => number) => unsteadinessOf(runOf(requestsAt, 30).result);
  assertMatch(told(speedingUp)!, /^Throughput was .*\/s in the first [456]\.0s and .*leave the start out/);
  assertMatch(told((second) => second < 18 ? 100 : 70)!, /^Throughput changed from .* to .* at 18\.0s/);
  assertMatch(told((second) => 50 + 3 * second)!, /^Throughput rose from .* over the whole run/);
  assertMatch(
    told((second) => 100 + 30 * Math.sin(second * 2 * Math.PI / 6))!,
    /^Throughput went up and down every 6\.0s/,
  );
  assertEquals(told(() => 100), undefined);
  const { result } = runOf(speedingUp, 30);
  const load = {
    kind: "users",
    users: 9,
    durationMs: 1,
    rampUpMs: 5000,
    thinkMs: 0,
    thinkJitter: 0,
  } as const;
  assertEquals(unsteadinessOf({ ...result, plan: { ...PLAN, load } }), undefined);
});

Deno.test("what was not steady is told also where a thread once stood still", () => {
  const { result } = runOf((second) => second < 18 ? 100 : 70, 30);
  const timeline = result.timeline.map((point, i) => ({
    ...point,
    fromMs: point.fromMs + (i > 3 ? 1400 : 0),
    toMs: point.toMs + (i >= 3 ? 1400 : 0),
  }));
  assertMatch(unsteadinessOf({ ...result, timeline }) ?? "", / changed from .* to .* at 19\.4s/);
});

Deno.test("connections that are opened at the start and then held are no unsteady load", () => {
  const { result } = runOf((second) => second === 0 ? 100 : 1);
  assertMatch(unsteadinessOf(result) ?? "", /^Throughput was/);
  const held = scenarioPlan("ws://a.test/", [socketStep()], PLAN.load);
  assertEquals(unsteadinessOf({ ...result, plan: held }), undefined);
});
