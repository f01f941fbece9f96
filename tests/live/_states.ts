/** States of the dashboard, made from ticks as a run makes them. */
import { type DashboardState, LiveState } from "../../src/live/live_state.ts";
import { appendSnapshot, EMPTY_SNAPSHOT, type Snapshot } from "../../src/metrics/snapshot.ts";
import { GroupRecorder } from "../../src/metrics/group_recorder.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { ThresholdVerdict } from "../../src/result/outcome.ts";
import {
  histogramOf,
  HOSTILE,
  scenarioPlan,
  scenarioStep,
  stepOf,
  tailedHistogram,
} from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";
import { ROUND_TRIPS, socketStats, socketStep } from "../_support/socket_outcome.ts";

const MINUTE: LoadSpec = { kind: "duration", connections: 20, durationMs: 60_000 };

/** What a second of a run brought. */
export function windowOf(second: number, steps: Snapshot["steps"]): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    seq: second,
    fromMs: second * 1000,
    toMs: second * 1000 + 1000,
    users: 20,
    threads: [{ thread: 0, wallMs: 1000, cpuMs: 430, loopLag: histogramOf(0.2, 0.4, 1.1) }],
    steps,
  };
}

/** Nothing has been seen yet. */
export function freshState(load: LoadSpec = MINUTE): DashboardState {
  return stateAfter(planFor("http://shop.test/?token=hunter2", load), []);
}

/** 25 of 60 seconds of a shop with four steps, one of them failing now and then. */
export function shopState(): DashboardState {
  const names = ["Home page", "Search 日本語 products", "Product detail", "Basket 🧺"];
  const plan = scenarioPlan("Shop", names.map((name, i) => scenarioStep(name, `/${i}`)), MINUTE);
  const seconds = Array.from({ length: 25 }, (_, second) =>
    windowOf(
      second,
      names.map((_, step) => {
        const failed = step === 1 && second % 4 === 0 ? 6 : 0;
        const requests = 100 + 40 * (second % 7) - 10 * step;
        return stepOf({
          step,
          latency: tailedHistogram(requests, 4 + second % 5 + 3 * step),
          failedLatency: tailedHistogram(failed, 2),
          bodyBytes: 2000 * requests,
          statuses: { "200": requests, ...(failed > 0 && { "503": failed }) },
          failures: failed > 0 ? { "HTTP 503": failed } : {},
        });
      }),
    ));
  return stateAfter(plan, seconds, [
    { expression: "p95 < 100ms", actual: "31.20ms", passed: true },
    { expression: "step:Search p99 < 20ms", actual: "88.07ms", passed: false },
    { expression: "service_p95 < 1s", passed: false },
  ]);
}

/** Eight seconds of round trips over WebSockets, three of which were dropped. */
export function socketState(): DashboardState {
  const plan = scenarioPlan("ws://chat.test/", [socketStep(ROUND_TRIPS)], MINUTE);
  return stateAfter(plan, Array.from({ length: 8 }, (_, second) => windowOf(second, [socketStats()])));
}

/** Six seconds of a model's answers: events and their tokens, one stream broken. */
export function streamState(): DashboardState {
  const plan = scenarioPlan("Chat", [scenarioStep("ask", "/v1/chat/completions")], MINUTE);
  const stream = new GroupRecorder("stream");
  const tokens = new GroupRecorder("tokens");
  const windows = Array.from({ length: 6 }, (_, second) => {
    Object.assign(stream.counts, { streams: 10, open: 12, events: 220, broken: second === 3 ? 1 : 0 });
    Object.assign(tokens.counts, { tokens: 200, unreadable: second === 3 ? 2 : 0 });
    for (let i = 0; i < 200; i++) {
      if (i % 20 === 0) {
        for (const first of [stream.times.firstEvent, tokens.times.ttft]) first.record(180_000 + 1000 * i);
        tokens.times.tpot.record(10_000 + 10 * i);
        stream.times.silence.record(200_000);
      } else for (const gap of [stream.times.gap, tokens.times.itl]) gap.record(9000 + 10 * i);
    }
    return windowOf(second, [stepOf({
      latency: tailedHistogram(10, 400),
      statuses: { "200": 10 },
      stream: stream.take(),
      tokens: tokens.take(),
    })]);
  });
  return stateAfter(plan, windows);
}

/** Texts that try to break out, counts of many digits, unanswered requests, arrivals that were never sent. */
export function hostileState(): DashboardState {
  const load: LoadSpec = {
    kind: "rate",
    pacer: { kind: "constant", rate: 1e6 },
    amount: 1e9,
    maxConnections: 1e5,
    targetRate: 1e6,
    description: HOSTILE,
  };
  const steps = [scenarioStep(HOSTILE, "/", { url: `http://shop.test/${HOSTILE}` }), scenarioStep("b", "/")];
  const window = windowOf(0, [stepOf({
    latency: histogramOf(1, 2),
    succeeded: 123_456_789_012,
    unanswered: histogramOf(...new Array(30).fill(60_000)),
    statuses: { [HOSTILE]: 123_456_789_012 },
    failures: { [HOSTILE]: 30 },
  })]);
  return stateAfter(scenarioPlan(HOSTILE, steps, load), [{ ...window, delayed: 3, dropped: 1e9 }], [
    { expression: HOSTILE, actual: HOSTILE, passed: true },
  ]);
}

function stateAfter(
  plan: ConstructorParameters<typeof LiveState>[0],
  windows: readonly Snapshot[],
  verdicts: readonly ThresholdVerdict[] = [],
): DashboardState {
  const state = new LiveState(plan, { threads: 2, hasKeys: true, judge: () => verdicts });
  let total = EMPTY_SNAPSHOT;
  for (const window of windows) {
    total = appendSnapshot(total, window);
    state.add({ atMs: window.toMs, window, total, threads: 1 });
  }
  return state.at(500, { isStopping: false });
}
