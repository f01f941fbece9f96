/**
 * Made-up outcomes for reports, all the same on every machine: histograms recorded through the real class, counts that
 * add up.
 */
import { EMPTY_HISTOGRAM, Histogram, type HistogramData } from "../../src/metrics/histogram.ts";
import { EMPTY_SNAPSHOT, EMPTY_STEP_STATS, type StepStats } from "../../src/metrics/snapshot.ts";
import type { LoadSpec, RunPlan } from "../../src/plan/run_plan.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";
import type { Step } from "../../src/plan/scenario.ts";
import type { Comparison } from "../../src/result/comparison.ts";
import type { Outcome } from "../../src/result/outcome.ts";
import type { RunResult } from "../../src/result/run_result.ts";
import type { TimelinePoint } from "../../src/result/series/timeline_point.ts";
import { planFor } from "./plan.ts";
import { socketOutcome } from "./socket_outcome.ts";

/** A histogram of these values, in ms. */
export function histogramOf(...ms: number[]): HistogramData {
  const histogram = new Histogram();
  for (const value of ms) histogram.record(value * 1000);
  return histogram.take();
}

/** `count` values from `fastestMs` upwards with a long tail; the same ones each time. */
export function tailedHistogram(count: number, fastestMs: number): HistogramData {
  const histogram = new Histogram();
  for (let i = 0; i < count; i++) histogram.record(fastestMs * 1000 / (1 - i / count) ** 0.4);
  return histogram.take();
}

/** Statistics of a step; counts follow from the histograms unless given. */
export function stepOf(changes: Partial<StepStats>): StepStats {
  const merged = { ...EMPTY_STEP_STATS, ...changes };
  return {
    ...merged,
    succeeded: changes.succeeded ?? merged.latency.count,
    failed: changes.failed ?? merged.unanswered.count + merged.failedLatency.count,
  };
}

/** An outcome of a run of these steps. */
export function outcomeOf(
  plan: RunPlan,
  steps: readonly StepStats[],
  changes: { result?: Partial<RunResult>; outcome?: Partial<Outcome> } = {},
): Outcome {
  const requests = steps.reduce((sum, step) => sum + step.succeeded + step.failed, 0);
  return {
    result: {
      plan,
      startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      durationMs: 0,
      interrupted: false,
      threads: 1,
      timeline: [],
      health: { cpuUserSec: 0, cpuSystemSec: 0, peakMemoryBytes: 0, cores: 2 },
      lost: [],
      ...changes.result,
      total: {
        ...EMPTY_SNAPSHOT,
        fromMs: 0,
        toMs: changes.result?.durationMs ?? 0,
        protocols: requests > 0 ? { "1.1": requests } : {},
        steps,
        ...changes.result?.total,
      },
    },
    config: { connections: 10, url: "http://127.0.0.1:8080/" },
    tags: {},
    thresholds: [],
    notes: [],
    undelivered: false,
    ...changes.outcome,
  };
}

/** A step of a scenario. */
export function scenarioStep(name: string, path: string, changes: Partial<HttpStep> = {}): Step {
  return {
    name,
    kind: "http",
    method: "GET",
    url: `http://shop.test${path}`,
    headers: [],
    isTemplate: false,
    extract: [],
    checks: [],
    ...changes,
  };
}

/** A plan of one named scenario of one flow. */
export function scenarioPlan(name: string, steps: readonly Step[], load: LoadSpec): RunPlan {
  const plan = planFor("http://shop.test/", load);
  return {
    ...plan,
    scenario: { ...plan.scenario, name, flows: [{ name, weight: 1, steps }] },
  };
}

const TEN_SECONDS: LoadSpec = { kind: "duration", connections: 10, durationMs: 10_000 };

/** Nothing was sent. */
export function emptyOutcome(): Outcome {
  return outcomeOf(planFor("http://127.0.0.1:8080/", TEN_SECONDS), []);
}

/** Three equal requests in less than a second. */
export function tinyOutcome(): Outcome {
  const plan = planFor("http://127.0.0.1:8080/", {
    kind: "requests",
    connections: 1,
    unit: "requests",
    amount: 3,
  });
  const step = stepOf({ latency: histogramOf(0.2, 0.2, 0.2), bodyBytes: 36, statuses: { "200": 3 } });
  const timeline = [{ fromMs: 0, toMs: 1.5, requests: 3, errors: 0, users: 1, bodyBytes: 36, p50Ms: 0.2 }];
  return outcomeOf(plan, [step], { result: { durationMs: 1.5, timeline } });
}

/** 300 users over two minutes with pauses, a few errors, phases, thresholds, tags, a certificate. */
export function ordinaryOutcome(): Outcome {
  const plan = planFor("https://shop.test/?page=1&access_token=hunter2", {
    kind: "users",
    users: 300,
    durationMs: 120_000,
    rampUpMs: 10_000,
    thinkMs: 1000,
    thinkJitter: 0.5,
  });
  const step = stepOf({
    latency: tailedHistogram(15_200, 449),
    unanswered: histogramOf(...new Array(9).fill(5000)),
    failedLatency: tailedHistogram(20, 12),
    unfinished: 4,
    bodyBytes: 15_533_200_000,
    bytesReceived: 15_540_000_000,
    bytesSent: 2_000_000,
    statuses: { "200": 15_200, "404": 8, "503": 12 },
    failures: { "HTTP 503": 12, "HTTP 404": 8, timeout: 9 },
    phases: {
      dns: histogramOf(1.2, 2, 5.3),
      connect: histogramOf(10, 12, 18.5),
      tls: EMPTY_HISTOGRAM,
      ttfb: tailedHistogram(15_200, 400),
      transfer: tailedHistogram(15_200, 3),
      total: tailedHistogram(15_200, 449),
    },
  });
  return outcomeOf(plan, [step], {
    result: {
      durationMs: 124_150,
      threads: 2,
      timeline: secondsOf(124_150, (second) => second < 10 ? 12 * second : 125),
      total: {
        ...EMPTY_SNAPSHOT,
        steps: [step],
        iterations: 15_229,
        connects: 306,
        reconnects: 6,
        reused: 14_923,
        protocols: { "1.1": 15_220 },
        threads: [
          {
            thread: 0,
            wallMs: 124_150,
            cpuMs: 1900,
            runQueueWaitMs: 250,
            loopLag: histogramOf(0.1, 0.2, 1.5),
          },
          {
            thread: 1,
            wallMs: 124_150,
            cpuMs: 1850,
            runQueueWaitMs: 90,
            loopLag: histogramOf(0.1, 0.2, 0.9),
          },
        ],
      },
      health: {
        cpuUserSec: 2.5,
        cpuSystemSec: 1.25,
        peakMemoryBytes: 78_643_200,
        cores: 2,
        clockResolutionMs: 0.0004,
      },
      certificate: {
        isTrusted: false,
        reason: "self-signed certificate",
        subject: "CN=shop.test",
        protocol: "TLSv1.3",
        cipher: "TLS_AES_128_GCM_SHA256",
      },
    },
    outcome: {
      comparison: comparisonOf(false),
      tags: { environment: "staging", build: "v1.2.3" },
      thresholds: [
        { expression: "p95 < 300ms", actual: "1.49s", passed: false },
        { expression: "rps > 100", actual: "122.67", passed: true },
        { expression: "service_p99 < 1s", passed: false },
      ],
      notes: [
        { level: "info", text: "The certificate was not checked, as --insecure asked" },
        { level: "warning", text: "The load generator was busy; its own delays are in the latencies" },
      ],
    },
  });
}

/** An open loop against a server that stalls: late starts, timeouts among the percentiles, unsent arrivals. */
export function openLoopOutcome(): Outcome {
  const plan = planFor("http://127.0.0.1:8080/slow", {
    kind: "rate",
    pacer: { kind: "linear", from: 100, to: 500, durationMs: 4000 },
    durationMs: 4000,
    maxConnections: 50,
    targetRate: 100,
    rampTargetRate: 500,
    description: "linear (100 to 500)",
  }, { plan: { warmupMs: 1000 } });
  const step = stepOf({
    latency: tailedHistogram(1100, 2),
    serviceLatency: tailedHistogram(1100, 1),
    unanswered: histogramOf(...new Array(40).fill(2000)),
    serviceUnanswered: histogramOf(...new Array(40).fill(1900)),
    dropped: histogramOf(...Array.from({ length: 12 }, (_, i) => 1000 + 2 * i)),
    bodyBytes: 13_200,
    statuses: { "200": 1100 },
    failures: { timeout: 40 },
  });
  return outcomeOf(plan, [step], {
    result: {
      durationMs: 4005,
      interrupted: true,
      warmupRequests: 100,
      timeline: secondsOf(4005, (second) => 150 + 90 * second),
      total: {
        ...EMPTY_SNAPSHOT,
        steps: [step],
        protocols: { "1.1": 1100 },
        delayed: 70,
        maxInFlight: 50,
        dropped: 12,
        startDelay: tailedHistogram(1140, 0.05),
        scheduleWaits: 1020,
        addresses: { "127.0.0.1:8080": 900, "[::1]:8080": 240 },
      },
      lost: [{ thread: "worker 2 of 3", atMs: 2500, reason: "connection closed" }],
    },
  });
}

/** 120 steps, 80 kinds of error, ten minutes, a million requests. */
export function hugeOutcome(): Outcome {
  const steps = Array.from(
    { length: 120 },
    (_, i) =>
      scenarioStep(`Step ${i + 1}: GET /catalogue/${"category/".repeat(i % 9)}${i}`, `/catalogue/${i}`),
  );
  const plan = scenarioPlan("Whole catalogue", steps, {
    kind: "duration",
    connections: 1000,
    durationMs: 600_000,
  });
  const counts = steps.map((_, i) =>
    stepOf({
      step: i,
      latency: tailedHistogram(8000 + i * 10, 1 + i / 10),
      failedLatency: tailedHistogram(i % 7, 3),
      bodyBytes: 50_000_000,
      statuses: { "200": 8000 + i * 10, ...(i % 7 > 0 && { [400 + i % 30]: i % 7 }) },
      failures: i % 7 > 0 ? { [`AssertBody: 'marker ${i % 80}' not found`]: i % 7 } : {},
    })
  );
  return outcomeOf(plan, counts, {
    result: {
      durationMs: 600_300,
      threads: 8,
      timeline: secondsOf(600_300, (second) => 1700 + second % 60),
      total: {
        ...EMPTY_SNAPSHOT,
        steps: counts,
        iterations: 8600,
        threads: Array.from({ length: 12 }, (_, thread) => ({
          thread,
          wallMs: 600_000,
          cpuMs: 580_000 - thread * 10_000,
          loopLag: tailedHistogram(6000, 0.3 + thread / 10),
        })),
        protocols: { "1.1": 1_000_000, "2": 31_757 },
      },
    },
  });
}

/** Text that tries to break out of every kind of report. */
export const HOSTILE = `"><script>alert(1)</script>\x1b[2J\x07=cmd|'/c calc'!A1\r\n\u202e&`;

/** Hostile text wherever a report shows text from servers, files or the command line. */
export function hostileOutcome(): Outcome {
  const url = `http://shop.test/?q=${HOSTILE}`;
  const steps = [scenarioStep(HOSTILE, "/", { url, method: HOSTILE }), scenarioStep(`2 ${HOSTILE}`, "/")];
  const base = openLoopOutcome().result;
  const counts = base.total.steps[0]!;
  const plan = { ...base.plan, scenario: scenarioPlan(HOSTILE, steps, base.plan.load).scenario };
  return outcomeOf({ ...plan, load: { ...plan.load, description: HOSTILE } as LoadSpec }, [], {
    result: {
      ...base,
      plan: { ...plan, load: { ...plan.load, description: HOSTILE } as LoadSpec },
      total: {
        ...base.total,
        steps: [
          { ...counts, statuses: { [HOSTILE]: 3 }, failures: { [HOSTILE]: 40 } },
          { ...counts, step: 1 },
        ],
        protocols: { [HOSTILE]: 1 },
        addresses: { [HOSTILE]: 1 },
      },
      lost: [{ thread: HOSTILE, atMs: 1, reason: HOSTILE }],
      certificate: { isTrusted: false, reason: HOSTILE, protocol: HOSTILE, cipher: HOSTILE },
    },
    outcome: {
      config: { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE, 1] } },
      tags: { [HOSTILE]: HOSTILE },
      thresholds: [{ expression: HOSTILE, actual: HOSTILE, passed: true }],
      comparison: {
        sources: [HOSTILE],
        confidence: 99,
        warnings: [HOSTILE],
        metrics: [{ metric: HOSTILE, unit: "s", baseline: 1, verdict: "unknown", notJudged: HOSTILE }],
        rules: [
          { expression: HOSTILE, passed: false, isKnown: true, reason: HOSTILE },
          { expression: HOSTILE, passed: true, isKnown: false, reason: HOSTILE },
        ],
      },
      notes: [{ level: "warning", text: HOSTILE }, { level: "info", text: HOSTILE }],
    },
  });
}

/** A comparison with two earlier runs, whose rules held or not. */
export function comparisonOf(passed: boolean): Comparison {
  return {
    sources: ["runs/a.json", "runs/b.json"],
    confidence: 99,
    warnings: ["connections was 10 and is 20"],
    metrics: [
      {
        metric: "rps",
        unit: "1/s",
        baseline: 130,
        current: 122.67,
        delta: -7.33,
        percent: -5.638,
        low: -9.5,
        high: -1.6,
        verdict: "worse",
      },
      {
        metric: "error_rate",
        unit: "%",
        baseline: 0,
        current: 0.19,
        delta: 0.19,
        low: -0.1,
        high: 0.48,
        verdict: "same",
      },
      { metric: "p95", unit: "s", current: 1.5, verdict: "unknown" },
      {
        metric: "p99",
        unit: "s",
        baseline: 1,
        current: 2,
        delta: 1,
        percent: 100,
        verdict: "unknown",
        notJudged: "runs/a.json: the load generator did not keep up",
      },
      {
        metric: 'step:"GET /a b".p99',
        unit: "s",
        baseline: 1,
        current: 2,
        isAtLeast: true,
        delta: 1,
        percent: 100,
        low: 60,
        high: 150,
        verdict: "worse",
      },
    ],
    rules: [
      {
        expression: "rps < -5%",
        passed,
        isKnown: true,
        reason: "−5.6% (130.00 to 122.67), worse beyond noise",
      },
      {
        expression: "error_rate > 1",
        passed: true,
        isKnown: true,
        reason: "+0.19 points (0.00% to 0.19%)",
      },
      {
        expression: "p99 > +10%",
        passed: true,
        isKnown: false,
        reason: "+100.0% (1.00s to 2.00s); runs/a.json: the load generator did not keep up",
      },
    ],
  };
}

/** Every outcome that has a golden report. */
export const OUTCOMES: Readonly<Record<string, () => Outcome>> = {
  empty: emptyOutcome,
  tiny: tinyOutcome,
  ordinary: ordinaryOutcome,
  open_loop: openLoopOutcome,
  huge: hugeOutcome,
  sockets: socketOutcome,
};

/** A window a second, the last one as short as the duration leaves it. */
export function secondsOf(
  durationMs: number,
  requestsIn: (second: number) => number,
): readonly TimelinePoint[] {
  return Array.from({ length: Math.ceil(durationMs / 1000) }, (_, second) => {
    const toMs = Math.min((second + 1) * 1000, durationMs);
    const requests = Math.round(requestsIn(second) * (toMs - second * 1000) / 1000);
    return {
      fromMs: second * 1000,
      toMs,
      requests,
      errors: 0,
      users: 10,
      bodyBytes: requests * 12,
      ...(requests > 0 && { p50Ms: 2, p95Ms: 4, p99Ms: 8, meanMs: 2.5 }),
    };
  });
}
