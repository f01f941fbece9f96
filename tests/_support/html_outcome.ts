/** Made-up outcomes that fill every section of the HTML report; the same ones on every machine. */
import { Histogram, type HistogramData, mergeHistograms } from "../../src/metrics/histogram.ts";
import { Random } from "../../src/lib/random.ts";
import type { Outcome } from "../../src/result/outcome.ts";
import { type TimelinePoint, timelinePoint } from "../../src/result/series/timeline_point.ts";
import { EMPTY_SNAPSHOT, type StepStats } from "../../src/metrics/snapshot.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf, tailedHistogram } from "./outcomes.ts";
import { planFor } from "./plan.ts";

const STEPS = [
  ["Open the front page", "/", 9],
  ["Search for a product", "/search?q=lamp&api_key=CANARY-SECRET", 34],
  ["Show the product", "/products/4711", 17],
  ["Put it into the basket", "/basket", 22],
  ["Pay", "/checkout/pay", 71],
] as const;

/** A shop under 300 users for `seconds`: noise, a stall in the middle, some errors, everything measured. */
export function shopOutcome(seconds: number): Outcome {
  const random = new Random(7);
  const plan = scenarioPlan(
    "Shop checkout",
    STEPS.map(([name, path]) => scenarioStep(name, path)),
    {
      kind: "users",
      users: 300,
      durationMs: seconds * 1000,
      rampUpMs: seconds * 100,
      thinkMs: 500,
      thinkJitter: 0.5,
    },
  );
  const histograms = STEPS.map(() => new Histogram());
  const totals: HistogramData[] = STEPS.map(() => new Histogram().take());
  const timeline: TimelinePoint[] = [];
  for (let second = 0; second < seconds; second++) {
    const part = second / seconds;
    const users = Math.round(300 * Math.min(1, part * 10 + 0.01));
    const isStalled = part > 0.55 && part < 0.58;
    const windows = histograms.map((histogram, i) => {
      const perStep = users * (isStalled ? 0.07 : 0.2) * (0.94 + random.fraction() * 0.12);
      for (let k = 0; k < perStep; k++) {
        const tail =
          Math.exp(Math.abs(random.fraction() + random.fraction() + random.fraction() - 1.5) * 2.2) - 0.6;
        histogram.record(STEPS[i]![2] * 1000 * tail * (isStalled ? 9 : 1) * (1 + 0.2 * Math.sin(part * 20)));
      }
      return histogram.take();
    });
    windows.forEach((window, i) => totals[i] = mergeHistograms(totals[i]!, window));
    const point = timelinePoint({
      ...EMPTY_SNAPSHOT,
      fromMs: second * 1000,
      toMs: (second + 1) * 1000,
      users,
      steps: windows.map((latency, step) => stepOf({ step, latency })),
    });
    timeline.push({
      ...point,
      errors: isStalled ? Math.round(40 * random.fraction()) : random.fraction() < 0.1 ? 1 : 0,
    });
  }
  const steps: StepStats[] = totals.map((latency, step) =>
    stepOf({
      step,
      latency,
      unanswered: step === 4 ? histogramOf(...new Array(12).fill(5000)) : histogramOf(),
      failedLatency: tailedHistogram(step * 7, 6),
      bodyBytes: latency.count * 18_300,
      statuses: { "200": latency.count, ...(step > 0 && { "404": step * 3, "503": step * 4 }) },
      failures: {
        ...(step > 0 && { "HTTP 404": step * 3, "HTTP 503": step * 4 }),
        ...(step === 4 && { timeout: 12 }),
      },
      ...(step === 0 && {
        phases: {
          dns: histogramOf(1.2, 1.4, 2.2),
          connect: tailedHistogram(300, 1.1),
          tls: tailedHistogram(300, 4.5),
          ttfb: tailedHistogram(latency.count, 21),
          transfer: tailedHistogram(latency.count, 4),
          total: tailedHistogram(latency.count, 25),
        },
      }),
    })
  );
  return outcomeOf(plan, steps, {
    result: {
      durationMs: seconds * 1000 + 180,
      threads: 4,
      timeline: [...timeline, {
        fromMs: seconds * 1000,
        toMs: seconds * 1000 + 180,
        requests: 9,
        errors: 0,
        users: 3,
        bodyBytes: 9,
      }],
      total: {
        ...EMPTY_SNAPSHOT,
        steps,
        iterations: seconds * 59,
        connects: 309,
        reconnects: 9,
        reused: seconds * 295,
        protocols: { "1.1": seconds * 295 },
        addresses: { "10.0.0.4:443": seconds * 151, "10.0.0.5:443": seconds * 144 },
        threads: [{ thread: 0, wallMs: seconds * 1000, loopLag: tailedHistogram(seconds, 0.2) }],
      },
      health: {
        cpuUserSec: seconds * 0.4,
        cpuSystemSec: seconds * 0.22,
        peakMemoryBytes: 92_300_000,
        cores: 8,
      },
      certificate: {
        isTrusted: true,
        subject: "CN=shop.test",
        protocol: "TLSv1.3",
        cipher: "TLS_AES_128_GCM_SHA256",
      },
    },
    outcome: {
      tags: { environment: "staging", build: "v1.42.0", branch: "checkout-cache" },
      config: {
        users: 300,
        duration: `${seconds}s`,
        rampUp: "30s",
        scenario: "shop.yaml",
        header: ["Accept: application/json", "Authorization: ***"],
        timeout: "5s",
        threshold: ["p95 < 300ms", "p99 < 400ms", "error_rate < 1%"],
      },
      thresholds: [
        { expression: "p95 < 300ms", actual: "182.40ms", passed: true },
        { expression: "p99 < 400ms", actual: "612.35ms", passed: false },
        { expression: "error_rate < 1%", actual: "0.14%", passed: true },
      ],
      notes: [{ level: "info", text: "Names were looked up once, before the start" }],
    },
  });
}

/** Every request took the same time; one step, no errors, a threshold that holds. */
export function evenOutcome(): Outcome {
  const plan = planFor("http://127.0.0.1:8080/", { kind: "duration", connections: 10, durationMs: 10_000 });
  const step = stepOf({
    latency: histogramOf(...new Array(1000).fill(2)),
    bodyBytes: 12_000,
    statuses: { "200": 1000 },
  });
  const timeline = Array.from({ length: 10 }, (_, second) => ({
    fromMs: second * 1000,
    toMs: second * 1000 + 1000,
    requests: 100,
    errors: 0,
    users: 10,
    bodyBytes: 1200,
    p50Ms: 2,
    p95Ms: 2,
    p99Ms: 2,
    meanMs: 2,
  }));
  return outcomeOf(plan, [step], {
    result: {
      durationMs: 10_000,
      timeline,
      health: { cpuUserSec: 4, cpuSystemSec: 5, peakMemoryBytes: 5e7, cores: 2 },
    },
    outcome: { thresholds: [{ expression: "p95 < 300ms", actual: "2.00ms", passed: true }] },
  });
}
