/**
 * The scenarios of a k6 script as those of a module here: each executor that has a counterpart, with its function and its
 * start.
 *
 * @module
 */

/** Scenarios by name, and what could not be said. */
export interface ConvertedScenarios {
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly remarks: readonly string[];
}

type Given = Readonly<Record<string, unknown>>;

interface Stage {
  readonly duration?: unknown;
  readonly target?: unknown;
}

/** What each executor's keys mean here; `undefined`: there is no counterpart. */
const EXECUTORS: Readonly<
  Record<string, (given: Given, remark: (text: string) => void) => Given | undefined>
> = {
  "constant-vus": ({ vus = 1, duration }) => ({ users: vus, duration }),
  "ramping-vus": ({ startVUs = 1, stages }) => ({ stages: stagesText(startVUs, stages) }),
  "constant-arrival-rate": (given) => ({
    rate: perSecond(given["rate"], given["timeUnit"]),
    duration: given["duration"],
    ...connectionsOf(given),
  }),
  "ramping-arrival-rate": rampingRate,
  "shared-iterations": ({ vus = 1, iterations = 1, maxDuration }) => ({
    connections: vus,
    iterations,
    ...(maxDuration !== undefined && { duration: maxDuration }),
  }),
  "per-vu-iterations": ({ vus = 1, iterations = 1, maxDuration }, remark) => {
    if (Number(vus) > 1) {
      remark("all users together do as many iterations; a fast one may do more than its part");
    }
    return {
      connections: vus,
      iterations: Number(vus) * Number(iterations),
      ...(maxDuration !== undefined && { duration: maxDuration }),
    };
  },
};

/** Keys that are read here, and those that change nothing here. */
const KNOWN = new Set([
  ...[
    "executor",
    "exec",
    "startTime",
    "gracefulStop",
    "gracefulRampDown",
    "tags",
    "preAllocatedVUs",
    "maxVUs",
  ],
  ...["vus", "startVUs", "duration", "maxDuration", "iterations", "stages", "rate", "startRate", "timeUnit"],
]);

/** Converts the value of `options.scenarios`. */
export function convertScenarios(given: unknown): ConvertedScenarios {
  const scenarios: Record<string, Given> = {};
  const remarks: string[] = [];
  if (typeof given !== "object" || given === null) return { scenarios, remarks };
  for (const [name, value] of Object.entries(given)) {
    const one = (typeof value === "object" && value !== null ? value : {}) as Given;
    const remark = (text: string) => remarks.push(`options.scenarios.${name}: ${text}`);
    const load = EXECUTORS[String(one["executor"])]?.(one, remark);
    if (load === undefined) {
      remark(`the executor ${JSON.stringify(one["executor"])} has no counterpart, left out`);
      continue;
    }
    for (const key of Object.keys(one)) if (!KNOWN.has(key)) remark(`${key} has no counterpart, left out`);
    const { exec = "default", startTime } = one;
    scenarios[name] = {
      exec,
      ...load,
      ...(startTime !== undefined && startTime !== "0s" && { start: startTime }),
    };
  }
  return { scenarios, remarks };
}

/** The functions that scenarios name. */
export function executedIn(given: unknown): ReadonlySet<string> {
  if (typeof given !== "object" || given === null) return new Set();
  return new Set(
    Object.values(given).flatMap((one) => {
      const exec = (one as Given | null)?.["exec"];
      return typeof exec === "string" ? [exec] : [];
    }),
  );
}

/** Numbers of users that change over time, from some that are there at once. */
export function stagesText(startUsers: unknown, stages: unknown): string {
  const from = Number(startUsers) > 0 ? [`0s@${startUsers}`] : [];
  return [...from, ...listOf(stages).map(({ duration = "0s", target = 0 }) => `${duration}@${target}`)].join(
    ",",
  );
}

function rampingRate(given: Given): Given {
  const { startRate = 0, timeUnit, stages } = given;
  const list = listOf(stages).map(({ duration = "0s", target = 0 }) => ({
    duration: String(duration),
    rate: perSecond(target, timeUnit),
  }));
  const from = perSecond(startRate, timeUnit);
  const durationSec = list.reduce((sum, { duration }) => sum + secondsOf(duration), 0);
  const duration = list.length === 1 ? list[0]!.duration : `${durationSec}s`;
  if (list.length === 1) return { rate: from, "rate-ramp": list[0]!.rate, duration, ...connectionsOf(given) };
  const points = [
    ...(from > 0 ? [`0s@${from}`] : []),
    ...list.map(({ duration, rate }) => `${duration}@${rate}`),
  ];
  return {
    rate: Math.max(from, ...list.map(({ rate }) => rate)),
    "traffic-profile": `stages:${points.join(",")}`,
    duration,
    ...connectionsOf(given),
  };
}

function connectionsOf({ maxVUs, preAllocatedVUs }: Given): Given {
  const most = maxVUs ?? preAllocatedVUs;
  return most === undefined ? {} : { connections: most };
}

function listOf(stages: unknown): readonly Stage[] {
  return Array.isArray(stages) ? stages : [];
}

function perSecond(count: unknown, timeUnit: unknown): number {
  const seconds = secondsOf(String(timeUnit ?? "1s")) || 1;
  return Math.round(Number(count) / seconds * 1e6) / 1e6;
}

/** A time of k6, such as `1m30s`, in seconds. */
function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!,
    0,
  );
}
