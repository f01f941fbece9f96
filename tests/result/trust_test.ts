import { assertEquals, assertStringIncludes } from "@std/assert";
import { EMPTY_HISTOGRAM } from "../../src/metrics/histogram.ts";
import type { ThreadHealth } from "../../src/metrics/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { RunResult } from "../../src/result/run_result.ts";
import { findingsOf, isSound, threadFacts } from "../../src/result/trust.ts";
import { histogramOf, outcomeOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";

const CLOSED: LoadSpec = { kind: "duration", connections: 50, durationMs: 10_000 };
const OPEN: LoadSpec = {
  kind: "rate",
  pacer: { kind: "constant", rate: 500 },
  durationMs: 10_000,
  maxConnections: 100,
  targetRate: 500,
};
/** Iterations of ten requests each. */
const TENFOLD = { started: 50_000, startDelay: { ...EMPTY_HISTOGRAM, count: 5000 } };
const IDLE_LAG = histogramOf(...new Array(95).fill(0.9), ...new Array(5).fill(2.5));

/** A run of ten seconds with these load threads. */
function resultOf(
  load: LoadSpec,
  threads: readonly Partial<ThreadHealth>[],
  total: Partial<RunResult["total"]> = {},
): RunResult {
  return outcomeOf(planFor("http://a.test/", load), [], {
    result: {
      durationMs: 10_000,
      threads: threads.length,
      total: {
        ...EMPTY_SNAPSHOT,
        started: 5000,
        startDelay: { ...EMPTY_HISTOGRAM, count: total.started ?? 5000 },
        threads: threads.map((changes, thread) => ({
          thread,
          wallMs: 10_000,
          loopLag: IDLE_LAG,
          ...changes,
        })),
        ...total,
      },
    },
  }).result;
}

/** Each row: what the client was like; what is found, doubts in capitals. Shares as measured on two cores. */
const CASES: readonly (readonly [title: string, result: RunResult, found: readonly string[]])[] = [
  ["an idle client", resultOf(OPEN, [{ cpuMs: 3200, runQueueWaitMs: 160 }]), []],
  ["nothing measured", resultOf(CLOSED, []), []],
  ["a thread that works nine tenths", resultOf(CLOSED, [{ cpuMs: 8990 }]), []],
  ["full speed in a closed loop", resultOf(CLOSED, [{ cpuMs: 9600, runQueueWaitMs: 170 }]), ["busy"]],
  ["full speed in an open loop", resultOf(OPEN, [{ cpuMs: 9600, runQueueWaitMs: 170 }]), []],
  [
    "two threads and the server on two cores",
    resultOf(CLOSED, [{ cpuMs: 5000, runQueueWaitMs: 1760 }, { cpuMs: 4300, runQueueWaitMs: 2450 }]),
    [],
  ],
  [
    "another program on the client's core",
    resultOf(OPEN, [{ cpuMs: 3000, runQueueWaitMs: 3350 }]),
    ["SATURATED"],
  ],
  ["two other programs there", resultOf(CLOSED, [{ cpuMs: 2800, runQueueWaitMs: 5880 }]), ["SATURATED"]],
  ["one of two threads starved", resultOf(CLOSED, [{ cpuMs: 3000 }, { cpuMs: 2000, runQueueWaitMs: 7000 }]), [
    "SATURATED",
  ]],
  ["almost idle, with short waits", resultOf(OPEN, [{ cpuMs: 300, runQueueWaitMs: 900 }]), []],
  [
    "waits within a moment",
    resultOf(CLOSED, [{ wallMs: 300, cpuMs: 60, runQueueWaitMs: 200 }]),
    [],
  ],
  [
    "late timers",
    resultOf(CLOSED, [{ loopLag: histogramOf(...new Array(90).fill(1), ...new Array(10).fill(21)) }]),
    ["SATURATED"],
  ],
  [
    "too few checks of the timer",
    resultOf(CLOSED, [{ loopLag: histogramOf(...new Array(19).fill(30)) }]),
    [],
  ],
  ["late arrivals, connections free", resultOf(OPEN, [{}], { delayed: 250, maxInFlight: 40 }), ["SATURATED"]],
  ["a few late arrivals", resultOf(OPEN, [{}], { delayed: 249, maxInFlight: 40 }), []],
  ["late in a short run", resultOf(OPEN, [{}], { started: 20, delayed: 5, maxInFlight: 2 }), []],
  ["late since all connections wait", resultOf(OPEN, [{}], { delayed: 4000, maxInFlight: 100 }), []],
  [
    "late after arrivals that were never sent",
    resultOf(OPEN, [{}], { delayed: 4000, maxInFlight: 99, dropped: 10 }),
    [],
  ],
  ["two in a hundred never sent", resultOf(OPEN, [{}], { started: 4900, dropped: 100 }), []],
  ["more than two in a hundred never sent", resultOf(OPEN, [{}], { started: 4899, dropped: 101 }), [
    "UNSENT",
  ]],
  ["late iterations of ten requests", resultOf(OPEN, [{}], { ...TENFOLD, delayed: 250, maxInFlight: 40 }), [
    "SATURATED",
  ]],
  ["iterations of ten requests never sent", resultOf(OPEN, [{}], { ...TENFOLD, dropped: 120 }), ["UNSENT"]],
  [
    "a lost slot",
    { ...resultOf(CLOSED, [{}]), lost: [{ thread: "thread 2", atMs: 4, reason: "gone" }] },
    ["LOST"],
  ],
];

for (const [title, result, expected] of CASES) {
  Deno.test(`findingsOf() on ${title}: ${expected.join(", ") || "nothing"}`, () => {
    const found = findingsOf(result).map(({ kind, isWarning }) => isWarning ? kind.toUpperCase() : kind);
    assertEquals(found, expected);
    assertEquals(isSound(result), !expected.some((kind) => kind === kind.toUpperCase()));
  });
}

Deno.test("findingsOf() tells the figures and what to change", () => {
  const lagging = histogramOf(...new Array(20).fill(30));
  const starved = resultOf(OPEN, [{ cpuMs: 3000, runQueueWaitMs: 6000, loopLag: lagging }], {
    delayed: 2500,
  });
  const text = findingsOf(starved)[0]?.text ?? "";
  for (
    const part of [
      "The load generator was saturated: latencies include its own delay.",
      "67% of the time that a load thread wanted to run",
      "30.00ms at worst",
      "50.00% of the arrivals",
      "End what else runs here, or",
    ]
  ) assertStringIncludes(text, part);
});

Deno.test("findingsOf() advises threads only where there are cores for them", () => {
  const lagging = { loopLag: histogramOf(...new Array(20).fill(30)) };
  const advice = (load: LoadSpec, threads: number) => {
    const { text } = findingsOf(resultOf(load, new Array(threads).fill(lagging)))[0]!;
    return text.split(". ").at(-1);
  };
  assertEquals(advice(OPEN, 1), "Use a lower --rate or more threads (-t), or give it a machine of its own");
  const idle = findingsOf(resultOf(CLOSED, [{ ...lagging, cpuMs: 400 }]))[0]?.text ?? "";
  assertStringIncludes(idle, "End what else runs here, or give it a machine of its own");
  assertEquals(advice(CLOSED, 2), "Use fewer connections (-c), or give it a machine of its own");
});

Deno.test("an interrupted run did not miss its schedule", () => {
  const result = { ...resultOf(OPEN, [{}], { started: 100, dropped: 900 }), interrupted: true };
  assertEquals(findingsOf(result), []);
});

Deno.test("threadFacts() leaves out what the system did not tell", () => {
  assertEquals(threadFacts(resultOf(CLOSED, [{ cpuMs: 5000 }])), [{
    thread: 1,
    lag: IDLE_LAG,
    busyShare: 0.5,
  }]);
  assertEquals(threadFacts(resultOf(CLOSED, [{}])), [{ thread: 1, lag: IDLE_LAG }]);
});
