/**
 * What a user's code measures itself: metrics of its own, and whether its claims hold.
 *
 * @module
 */
import type { CustomCounts } from "../../metrics/custom_metrics.ts";
import type { Checks, Metrics } from "../../script.ts";
import type { PendingRequest } from "./pending_requests.ts";

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
function judge(name: string, claim: Checks<unknown>[string], value: unknown): boolean {
  const holds: unknown = typeof claim === "function" ? claim(value) : claim;
  if (holds instanceof Promise) {
    throw new TypeError(
      `Cannot check "${name}": its function is async; await what it needs before the check`,
    );
  }
  return Boolean(holds);
}

/** A value that may be the response of a request. */
type Judged = Pick<PendingRequest, "checks" | "fail" | "isAnswered"> | undefined;

/** Judges a value, and the request that it came of. Returns whether all holds. @throws {TypeError} */
export function checkAll(
  value: unknown,
  checks: Checks<unknown> | boolean,
  { custom, request }: { readonly custom: Pick<CustomCounts, "check">; readonly request: Judged },
): boolean {
  if (typeof checks !== "object" || checks === null) {
    throw new TypeError(
      'Cannot check that: expected check(response, { "name": (r) => … }) or check("name", condition)',
    );
  }
  if (value instanceof Promise) {
    throw new TypeError("Cannot check a promise: write await before the request");
  }
  let all = true;
  for (const name in checks) {
    let holds = false;
    try {
      holds = judge(name, checks[name]!, value);
    } finally {
      // A check that throws does not hold; its exception ends the iteration.
      const counts = custom.check(name);
      request?.checks?.push({ claim: name, holds });
      if (holds) counts.passed++;
      else {
        counts.failed++;
        all = false;
        if (request?.isAnswered) request.fail(`Check: ${name}`);
      }
    }
  }
  return all;
}

/** Counts a condition, and returns it. */
export function checkCondition(
  name: string,
  condition: unknown,
  custom: Pick<CustomCounts, "check">,
): boolean {
  const counts = custom.check(name);
  if (condition) counts.passed++;
  else counts.failed++;
  return Boolean(condition);
}

function numberOf(value: number, name: string): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`Cannot add ${value} to the metric "${name}": expected a number`);
}
