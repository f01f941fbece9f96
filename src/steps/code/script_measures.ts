/**
 * What a user's code measures itself: metrics of its own, and whether its claims hold.
 *
 * @module
 */
import type { CustomCounts } from "../../metrics/custom_metrics.ts";
import type { Checks, Metrics } from "../../script.ts";

/** The metrics, to the code. */
export function scriptMetrics(custom: Pick<CustomCounts, "metric">): Metrics {
  return {
    counter: (name) => {
      const metric = custom.metric(name, "counter");
      return { add: (amount = 1) => metric.add(numberOf(amount, name)) };
    },
    gauge: (name) => {
      const metric = custom.metric(name, "gauge");
      return { set: (value) => metric.add(numberOf(value, name)) };
    },
    rate: (name) => {
      const metric = custom.metric(name, "rate");
      return { add: (holds) => metric.add(holds ? 1 : 0) };
    },
    trend: (name) => {
      const metric = custom.metric(name, "trend");
      return { add: (value) => metric.add(numberOf(value, name)) };
    },
  };
}

/** Whether a claim holds. @throws {TypeError} when that cannot be told at once */
export function judge(name: string, claim: Checks<unknown>[string], value: unknown): boolean {
  const holds: unknown = typeof claim === "function" ? claim(value) : claim;
  if (holds instanceof Promise) {
    throw new TypeError(
      `Cannot check "${name}": its function is async; await what it needs before the check`,
    );
  }
  return Boolean(holds);
}

function numberOf(value: number, name: string): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`Cannot add ${value} to the metric "${name}": expected a number`);
}
