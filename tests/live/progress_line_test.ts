/** The progress line: its texts, its width, and that it is wiped. */
import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  progressGoal,
  ProgressLine,
  type ProgressOutput,
  progressState,
  renderProgress,
} from "../../src/live/progress_line.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../src/metrics/snapshot.ts";
import type { Tick } from "../../src/metrics/tick.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import { histogramOf, scenarioPlan, scenarioStep, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";
import { ROUND_TRIPS, socketStep } from "../_support/socket_outcome.ts";

const STATE = { elapsedMs: 4500, requests: 12345, errors: 2, users: 30 };

const LOADS: readonly (readonly [claim: string, load: LoadSpec, line: string])[] = [
  [
    "a duration",
    { kind: "duration", connections: 1, durationMs: 10_000 },
    "  [ 45.0%]  2,743.3 req/s | 2 errors | 12,345 requests",
  ],
  [
    "requests",
    { kind: "requests", connections: 1, unit: "requests", amount: 20_000 },
    "  [ 61.7%]  2,743.3 req/s | 2 errors | 12,345/20,000 requests",
  ],
  [
    "iterations, whose end cannot be told from requests",
    { kind: "requests", connections: 1, unit: "iterations", amount: 20_000 },
    "  [  --  ]  2,743.3 req/s | 2 errors | 12,345 requests",
  ],
  [
    "users",
    { kind: "users", users: 30, durationMs: 9000, rampUpMs: 0, thinkMs: 0, thinkJitter: 0 },
    "  [ 50.0%]  2,743.3 req/s | 2 errors | 12,345 requests | 30 users",
  ],
  [
    "a constant rate",
    {
      kind: "rate",
      pacer: { kind: "constant", rate: 3000 },
      durationMs: 9000,
      maxConnections: 9,
      targetRate: 3000,
    },
    "  [ 50.0%]  2,743.3 req/s | 2 errors | 12,345 requests | target 3,000.0 req/s",
  ],
  [
    "a changing rate, whose target is not claimed",
    {
      kind: "rate",
      pacer: { kind: "linear", from: 1, to: 9, durationMs: 9000 },
      durationMs: 9000,
      maxConnections: 9,
      targetRate: 1,
    },
    "  [ 50.0%]  2,743.3 req/s | 2 errors | 12,345 requests",
  ],
];

for (const [claim, load, line] of LOADS) {
  Deno.test(`renderProgress() of ${claim}`, () => {
    assertEquals(renderProgress(STATE, progressGoal(planFor("http://a.test/", load)), 100), line);
  });
}

Deno.test("renderProgress() holds no requests against a number or rate of iterations that have several", () => {
  const load = {
    kind: "rate",
    pacer: { kind: "constant", rate: 10 },
    amount: 100,
    maxConnections: 9,
    targetRate: 10,
  } as const;
  assertEquals(
    renderProgress(
      STATE,
      progressGoal(scenarioPlan("x", ["a", "b"].map((name) => scenarioStep(name, "/")), load)),
      100,
    ),
    "  [  --  ]  2,743.3 req/s | 2 errors | 12,345 requests",
  );
});

Deno.test("renderProgress() adds the last second's rate and p99", () => {
  const state = { ...STATE, windowRate: 3000.4, windowP99: { ms: 12.34, isAtLeast: false } };
  assertEquals(
    renderProgress(state, { durationMs: 9000, showsUsers: false }, 120),
    "  [ 50.0%] p99  12.34ms |  3,000.4 req/s | 2 errors | 12,345 requests",
  );
  const stalled = { ...STATE, windowP99: { ms: 2000, isAtLeast: true } };
  assert(renderProgress(stalled, { showsUsers: false }, 120).includes("] p99  ≥ 2.00s | "));
});

Deno.test("renderProgress() asks the target of the moment", () => {
  const goal = { showsUsers: false, targetRateAt: (elapsedMs: number) => elapsedMs / 10 };
  assert(renderProgress(STATE, goal, 120).endsWith(" | target 450.0 req/s"));
});

Deno.test("renderProgress() stops at 100 % and starts at 0", () => {
  const goal = { durationMs: 1000, showsUsers: false };
  assertEquals(
    renderProgress({ ...STATE, elapsedMs: 99_999 }, goal, 100).slice(0, 10),
    "  [100.0%]",
  );
  assertEquals(
    renderProgress({ elapsedMs: 0, requests: 0, errors: 0, users: 0 }, goal, 100),
    "  [  0.0%]      0.0 req/s | 0 errors | 0 requests",
  );
});

Deno.test("renderProgress() never exceeds the width and leaves out whole parts", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 130 }), fc.nat(), (width, requests) => {
    const state = { ...STATE, requests, windowRate: 1, windowP99: { ms: 1, isAtLeast: true } };
    assertLessOrEqual(renderProgress(state, { durationMs: 9000, showsUsers: true }, width).length, width);
  }));
  const state = { ...STATE, windowRate: 1 };
  assertEquals(
    renderProgress(state, { durationMs: 9000, showsUsers: false }, 60),
    "  [ 50.0%]      1.0 req/s | 2 errors | 12,345 requests",
  );
});

Deno.test("progressState() takes totals from the run, rate and p99 from the window", () => {
  const old = stepOf({ latency: histogramOf(900, 900), unanswered: histogramOf(5) });
  const state = progressState(tick(
    { fromMs: 1000, toMs: 1500, users: 7, steps: [stepOf({ latency: histogramOf(1, 2) })] },
    { users: 7, steps: [old, stepOf({ step: 1, latency: histogramOf(1, 2) })] },
  ));
  assertEquals(state.requests, 5);
  assertEquals(state.errors, 1);
  assertEquals(state.users, 7);
  assertEquals(state.windowRate, 4);
  assertEquals(state.windowP99, { ms: 2, isAtLeast: false });
});

Deno.test("progressState() of an empty window has no p99", () => {
  const state = progressState(tick({ fromMs: 0, toMs: 1000 }, {}));
  assertEquals(state.windowP99, undefined);
  assertEquals(state.windowRate, 0);
});

Deno.test("ProgressLine writes nothing where there is no terminal", () => {
  const written: string[] = [];
  const line = new ProgressLine({ showsUsers: false }, outputTo(written, { isTerminal: false }));
  line.observe(tick({ fromMs: 0, toMs: 1000 }, {}));
  line.clear();
  assertEquals(written, []);
});

Deno.test("ProgressLine says something until the first tick, cut to the terminal", () => {
  const written: string[] = [];
  const line = new ProgressLine({ showsUsers: false }, outputTo(written, { isTerminal: true }));
  line.say("Warming up for 10s");
  line.say("w".repeat(99));
  line.clear();
  assertEquals(written, ["\r  Warming up for 10s\x1b[K", `\r  ${"w".repeat(37)}\x1b[K`, "\r\x1b[K"]);
});

Deno.test("ProgressLine rewrites its line and wipes it once at the end", () => {
  const written: string[] = [];
  const line = new ProgressLine(
    { durationMs: 2000, showsUsers: false },
    outputTo(written, { isTerminal: true }),
  );
  line.clear();
  assertEquals(written, []);
  line.observe(tick({ fromMs: 0, toMs: 1000 }, {}));
  line.observe(tick({ fromMs: 0, toMs: 1000 }, {}));
  line.clear();
  line.clear();
  assertEquals(written.length, 3);
  for (const text of written) {
    assert(text.startsWith("\r") && text.endsWith("\x1b[K"), JSON.stringify(text));
    assertLess(text.length - 4, 40, "wider than the terminal");
  }
  assertEquals(written[2], "\r\x1b[K");
});

function tick(window: Partial<Snapshot>, total: Partial<Snapshot>): Tick {
  return {
    atMs: window.toMs ?? 0,
    window: { ...EMPTY_SNAPSHOT, ...window },
    total: { ...EMPTY_SNAPSHOT, ...total },
    threads: 1,
  };
}

function outputTo(written: string[], { isTerminal }: { isTerminal: boolean }): ProgressOutput {
  return { isTerminal, columns: () => 40, write: (text) => void written.push(text) };
}

Deno.test("renderProgress() calls round trips by their name", () => {
  const goal = progressGoal({
    load: { kind: "duration", connections: 1, durationMs: 10_000 },
    scenario: scenarioPlan("x", [socketStep(ROUND_TRIPS)], LOADS[0]![1]).scenario,
  });
  assertEquals(
    renderProgress(STATE, goal, 100),
    "  [ 45.0%]  2,743.3 round trips/s | 2 errors | 12,345 round trips",
  );
});

Deno.test("the line says first what the run goes on for, and how well it is known", () => {
  const untils = () => [
    { expression: "rps ± 1%", isReached: true, text: "± 0.9%, reached" },
    { expression: "p99 ± 2%", isReached: false, text: "± 4.0%, about 3min more" },
  ];
  assertEquals(
    renderProgress(STATE, { durationMs: 9000, showsUsers: false, untils }, 80),
    "  [ 50.0%] p99 ± 2%: ± 4.0%, about 3min more |  2,743.3 req/s | 2 errors",
  );
});
