/** Runs whose truth is known, on machines whose noise is: an open loop whose responses take four random times in a row. */
import { Histogram } from "../../src/metrics/histogram.ts";
import { addStepStats, EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import { timelinePoint } from "../../src/result/series/timeline_point.ts";
import type { ComparedRun } from "../../src/result/verdict/compared_run.ts";
import { alikeNumbers, type Noise } from "./noise.ts";
import { outcomeOf, stepOf } from "./outcomes.ts";
import { planFor } from "./plan.ts";

/** Noise that all latencies share, as standard deviations of their logarithms. */
export interface SimulatedMachine {
  /** Of whole runs: what a run does not show of itself. */
  readonly run: number;
  /** Of seconds that are alike: 0.7 is their correlation. */
  readonly slow: number;
  /** Of each second. */
  readonly fast: number;
  /** Part of the seconds in which a quarter of the requests waits for up to 10 ms more. */
  readonly bursts: number;
}

/** Nothing but the requests' own chance. */
export const STILL: SimulatedMachine = { run: 0, slow: 0, fast: 0, bursts: 0 };
/** Machines of which tests and documents tell what a comparison finds there. */
export const MACHINES = {
  calm: { run: 0.005, slow: 0.003, fast: 0.005, bursts: 0 },
  usual: { run: 0.01, slow: 0.01, fast: 0.02, bursts: 0.02 },
  restless: { run: 0.02, slow: 0.05, fast: 0.03, bursts: 0.1 },
} as const satisfies Record<string, SimulatedMachine>;

const STAGES = 4;

/** A run of so many seconds of a server whose responses take `ms` on average. */
export function simulatedRun(
  noise: Noise,
  { seconds, ms, machine, perSecond = 400 }: {
    readonly seconds: number;
    readonly ms: number;
    readonly machine: SimulatedMachine;
    readonly perSecond?: number;
  },
): ComparedRun {
  const plan = planFor("http://a.test/", { kind: "duration", connections: 4, durationMs: seconds * 1000 });
  const level = ms * Math.exp(machine.run * noise.gauss());
  const windows = alikeNumbers(noise, seconds, 0.7).map((slow, second) => {
    const now = level * Math.exp(machine.slow * slow + machine.fast * noise.gauss()) / STAGES;
    const isBurst = noise.fraction() < machine.bursts;
    const histogram = new Histogram();
    for (let i = 0; i < perSecond; i++) {
      // The sum of exponential times is the logarithm of a product.
      let product = 1;
      for (let k = 0; k < STAGES; k++) product *= 1 - noise.fraction();
      const waits = isBurst && i < perSecond / 4 ? 10 * noise.fraction() : 0;
      histogram.record(1000 * (waits - now * Math.log(product)));
    }
    const step = stepOf({ latency: histogram.take() });
    return { step, fromMs: second * 1000, toMs: second * 1000 + 1000 };
  });
  const total = windows.map(({ step }) => step).reduce(addStepStats);
  const timeline = windows.map(({ step, ...time }) =>
    timelinePoint({ ...EMPTY_SNAPSHOT, ...time, users: 4, steps: [step] })
  );
  const { result, config } = outcomeOf(plan, [total], { result: { durationMs: seconds * 1000, timeline } });
  return { source: `${ms}ms.json`, result, config };
}
