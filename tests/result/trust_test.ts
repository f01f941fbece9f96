/** What is said of a load generator, by what was recorded. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { EMPTY_HISTOGRAM } from "../../src/metrics/histogram.ts";
import type { ThreadHealth } from "../../src/metrics/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { RunResult } from "../../src/result/run_result.ts";
import { findingsOf, isSound, threadFacts } from "../../src/result/trust.ts";
import { histogramOf, outcomeOf, stepOf } from "../_support/outcomes.ts";
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

const TEN_SECONDS = new Array<number>(50).fill(200);

/** Timers of a thread that stood still for so long each time, in ms. */
function still(...ms: number[]) {
  return histogramOf(...new Array(95).fill(0.9), ...ms);
}

/** 5000 arrivals, of which some were noticed late. */
function lags(late: number, ms: number) {
  return histogramOf(...new Array(5000 - late).fill(0.05), ...new Array(late).fill(ms));
}

function failing(kind: string) {
  return stepOf({ latency: histogramOf(1, 1), failed: 3, failures: { [kind]: 3 } });
}

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
    resultOf(CLOSED, [{ loopLag: histogramOf(...new Array(89).fill(1), ...new Array(11).fill(21)) }]),
    ["SATURATED"],
  ],
  [
    "one late timer in ten",
    resultOf(CLOSED, [{ loopLag: histogramOf(...new Array(90).fill(1), ...new Array(10).fill(90)) }]),
    [],
  ],
  [
    "too few checks of the timer",
    resultOf(CLOSED, [{ loopLag: histogramOf(...new Array(19).fill(30)) }]),
    [],
  ],
  ["stopped for a second", resultOf(OPEN, [{ cpuMs: 300, loopLag: still(1000) }]), ["SATURATED"]],
  ["a fifth of a second", resultOf(CLOSED, [{ loopLag: still(200) }]), []],
  ["a quarter of a second", resultOf(CLOSED, [{ loopLag: still(260) }]), ["SATURATED"]],
  ["half a second in ten minutes", resultOf(CLOSED, [{ wallMs: 600_000, loopLag: still(500) }]), []],
  ["a second in ten minutes", resultOf(CLOSED, [{ wallMs: 600_000, loopLag: still(1000) }]), ["SATURATED"]],
  ["many stops in ten minutes", resultOf(CLOSED, [{ wallMs: 600_000, loopLag: still(...TEN_SECONDS) }]), [
    "SATURATED",
  ]],
  ["a quota that stopped it", resultOf(CLOSED, [{ cpuMs: 6000, throttledMs: 4000 }]), ["SATURATED"]],
  ["a quota that stopped it for a moment", resultOf(CLOSED, [{ cpuMs: 6000, throttledMs: 90 }]), []],
  ["a quota that left it alone", resultOf(CLOSED, [{ cpuMs: 6000, throttledMs: 0 }]), []],
  ["arrivals noticed late", resultOf(OPEN, [{}], { scheduleLag: lags(250, 3) }), ["SATURATED"]],
  [
    "arrivals noticed late, after all connections had been in use",
    resultOf(OPEN, [{}], { scheduleLag: lags(250, 3), delayed: 4000, maxInFlight: 100, dropped: 10 }),
    ["SATURATED"],
  ],
  ["a few arrivals noticed late", resultOf(OPEN, [{}], { scheduleLag: lags(249, 3) }), []],
  [
    "late in a short run",
    resultOf(OPEN, [{}], { scheduleLag: histogramOf(0.1, ...new Array(9).fill(3)) }),
    [],
  ],
  [
    "late by little beside the response time",
    resultOf(OPEN, [{}], {
      scheduleLag: lags(2500, 3),
      steps: [stepOf({ serviceLatency: histogramOf(50, 50), latency: histogramOf(50, 50) })],
    }),
    [],
  ],
  [
    "delayed since all connections wait",
    resultOf(OPEN, [{}], { scheduleLag: lags(0, 0), delayed: 4000, maxInFlight: 100 }),
    [],
  ],
  ["out of descriptors", resultOf(OPEN, [{}], { steps: [failing("too_many_open_files")] }), ["EXHAUSTED"]],
  ["out of local ports", resultOf(CLOSED, [{}], { steps: [failing("no_local_port")] }), ["EXHAUSTED"]],
  ["two in a hundred never sent", resultOf(OPEN, [{}], { started: 4900, dropped: 100 }), []],
  ["more than two in a hundred never sent", resultOf(OPEN, [{}], { started: 4899, dropped: 101 }), [
    "UNSENT",
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
    scheduleLag: lags(2500, 3),
  });
  const text = findingsOf(starved)[0]?.text ?? "";
  for (
    const part of [
      "The load generator did not keep up, so latencies include its own delay.",
      "waited for a core 67% of the time",
      "the worst 30.00ms late",
      "50.00% of the arrivals more than 1.00ms late (p99 3.00ms)",
      "Stop other programs, or",
    ]
  ) assertStringIncludes(text, part);
});

Deno.test("findingsOf() advises threads only where there are cores for them", () => {
  const lagging = { loopLag: histogramOf(...new Array(20).fill(30)) };
  const advice = (load: LoadSpec, threads: number) => {
    const { text } = findingsOf(resultOf(load, new Array(threads).fill(lagging)))[0]!;
    return text.split(". ").at(-1);
  };
  assertEquals(advice(OPEN, 1), "Use a lower --rate or more threads (-t), or use a separate machine");
  const idle = findingsOf(resultOf(CLOSED, [{ ...lagging, cpuMs: 400 }]))[0]?.text ?? "";
  assertStringIncludes(idle, "Stop other programs, or use a separate machine");
  assertEquals(advice(CLOSED, 2), "Use fewer connections (-c), or use a separate machine");
});

Deno.test("findingsOf() names what stopped the load generator, or what it ran out of", () => {
  const text = (result: RunResult) => findingsOf(result)[0]?.text ?? "";
  const stopped = text(resultOf(OPEN, [{ cpuMs: 300, loopLag: still(2900) }]));
  assertStringIncludes(
    stopped,
    "It did not run for 2.90s in total, 2.90s at the longest. Something stopped it",
  );
  const quota = text(resultOf(OPEN, [{ cpuMs: 6000, throttledMs: 4000 }]));
  assertStringIncludes(
    quota,
    "It used up its CPU quota (cgroup), which stopped it for 4.00s, summed over all cores. Raise the quota",
  );
  const withLimits = (kind: string, limits: object) => {
    const result = resultOf(OPEN, [{}], { steps: [failing(kind)] });
    return text({ ...result, health: { ...result.health, ...limits } });
  };
  const files = withLimits("too_many_open_files", { descriptors: 1024 });
  assertStringIncludes(
    files,
    "3 requests failed because this process ran out of file descriptors: the limit is",
  );
  assertStringIncludes(files, "1024 files");
  assertStringIncludes(files, "ulimit -n");
  const ports = withLimits("no_local_port", { localPorts: 28_232 });
  assertStringIncludes(ports, "there are 28,232 from one address to one server");
  assertStringIncludes(ports, "--local-address");
});

Deno.test("an interrupted run did not miss its schedule", () => {
  const result = { ...resultOf(OPEN, [{}], { started: 100, dropped: 900 }), interrupted: true };
  assertEquals(findingsOf(result), []);
});

Deno.test("threadFacts() leaves out what the system did not tell", () => {
  assertEquals(threadFacts(resultOf(CLOSED, [{ cpuMs: 5000 }])), [{
    thread: 1,
    lag: IDLE_LAG,
    stoodStillMs: 0,
    busyShare: 0.5,
  }]);
  assertEquals(threadFacts(resultOf(CLOSED, [{}])), [{ thread: 1, lag: IDLE_LAG, stoodStillMs: 0 }]);
});
