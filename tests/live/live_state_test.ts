/** What the dashboard knows of a run. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { PLAIN_STYLE } from "../../src/lib/style.ts";
import { renderDashboard } from "../../src/live/dashboard.ts";
import { LiveState, MAX_SECONDS } from "../../src/live/live_state.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import { histogramOf, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";
import { windowOf } from "./_states.ts";

const TEN: LoadSpec = { kind: "duration", connections: 1, durationMs: 10_000 };
const STEP = stepOf({ latency: histogramOf(1, 2, 3), bodyBytes: 30, statuses: { "200": 3 } });

function liveState(load: LoadSpec = TEN, warmupMs = 0): LiveState {
  return new LiveState(planFor("http://a.test/", load, { plan: { warmupMs } }), {
    threads: 1,
    hasKeys: false,
    judge: (total) => [{ expression: "x", actual: String(total.steps[0]!.succeeded), passed: true }],
  });
}

function add(state: LiveState, second: number): void {
  const window = windowOf(second, [STEP]);
  state.add({ atMs: window.toMs, window, total: window, threads: 1 });
}

Deno.test("LiveState knows what the run is doing", () => {
  assertEquals(liveState().at(700, { isStopping: false }).stage, "connecting");
  assertEquals(liveState(TEN, 500).at(700, { isStopping: false }).stage, "warming up");
  const state = liveState();
  add(state, 0);
  assertEquals(state.at(300, { isStopping: false }).stage, "running");
  assertEquals(state.at(300, { isStopping: true }).stage, "stopping");
  add(state, 9);
  assertEquals(state.at(1, { isStopping: false }).stage, "last responses");
});

Deno.test("LiveState lets time go on between seconds, and nothing else", () => {
  const state = liveState();
  assertEquals(
    [state.at(700, { isStopping: false }).elapsedMs, state.at(700, { isStopping: false }).figures],
    [0, undefined],
  );
  add(state, 2);
  const [first, second] = [state.at(0, { isStopping: false }), state.at(500, { isStopping: false })];
  assertEquals([first.elapsedMs, second.elapsedMs], [3000, 3500]);
  assertEquals(first.figures, second.figures);
});

Deno.test("LiveState reads the figures and judges the run so far", () => {
  const state = liveState();
  add(state, 0);
  const { figures, seconds } = state.at(0, { isStopping: false });
  assertEquals([figures!.requests, figures!.bytesPerSecond], [3, 30]);
  assertEquals(figures!.thresholds, [{ expression: "x", actual: "3", passed: true }]);
  assertEquals(figures!.percentiles.map(({ label }) => label), ["p50"]);
  assertEquals([figures!.busyShare, figures!.steps], [0.43, []]);
  assertEquals(seconds.map(({ rate, p99Ms, errors }) => [rate, p99Ms, errors]), [[3, 3, 0]]);
});

Deno.test("LiveState takes no rate from a stub of a window", () => {
  const state = liveState();
  const window = { ...windowOf(0, [STEP]), toMs: 20 };
  state.add({ atMs: 20, window, total: window, threads: 1 });
  assertEquals(state.at(0, { isStopping: false }).seconds[0]!.rate, undefined);
});

Deno.test("LiveState keeps a bounded number of seconds", () => {
  const state = liveState({ ...TEN, durationMs: 7_200_000 });
  for (let second = 0; second < MAX_SECONDS + 50; second++) add(state, second);
  assertEquals(state.at(0, { isStopping: false }).seconds.length, MAX_SECONDS);
});

Deno.test("the dashboard lists what the run goes on for", () => {
  const untils = () => [{ expression: "p99 ± 2%", isReached: false, text: "± 4.0%, about 3min more" }];
  const state = new LiveState(planFor("http://a.test/", TEN), {
    threads: 1,
    hasKeys: false,
    judge: () => [],
    untils,
  });
  add(state, 0);
  for (const columns of [60, 120]) {
    const frame = renderDashboard(state.at(1, { isStopping: false }), { columns, rows: 24 }, PLAIN_STYLE);
    const at = frame.findIndex((line) => line.includes("Goes on until"));
    assertStringIncludes(frame[at + 1]!, "… p99 ± 2%  ± 4.0%, about 3min more");
  }
});

Deno.test("statuses of gRPC calls stand whole beside their counts, where there is room", () => {
  const state = liveState();
  const grpc = {
    ...{ ok: 5, notOk: 2, noStatus: 0, http200: 6 },
    codes: { OK: 5, DEADLINE_EXCEEDED: 2 },
  };
  const window = windowOf(0, [stepOf({ latency: histogramOf(1, 2, 3), statuses: { "200": 6 }, grpc })]);
  state.add({ atMs: window.toMs, window, total: window, threads: 1 });
  const shown = state.at(0, { isStopping: false });
  assertEquals(shown.figures!.statuses, [["OK", 5], ["DEADLINE_EXCEEDED", 2]]);
  const screen = renderDashboard(shown, { columns: 160, rows: 40 }, PLAIN_STYLE).join("\n");
  assertStringIncludes(screen, "DEADLINE_EXCEEDED           2");
});
