/**
 * The options of the search for the largest sustainable load.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { defineOptions, type ValuesOf } from "../options/option.ts";
import { choice, count, decimal, duration, percent, toggle } from "../options/option_types.ts";
import type { AutofindSearch } from "./autofind.ts";

const DEFAULT_START = 10;
const DEFAULT_MAX = 10_000;
const MAX_USERS = 1_000_000;

/** The table. */
export const autofindOptions = defineOptions({
  autofind: {
    long: "--autofind",
    type: toggle,
    group: "Autofind",
    default: false,
    conflicts: [
      "users",
      "stages",
      "numRequests",
      "duration",
      "rate",
      "rateRamp",
      "trafficProfile",
      "threshold",
      "strictTrust",
    ],
    help:
      "Find the largest load that the server sustains, step by step; all other options apply to each step",
  },
  autofindBy: {
    long: "--autofind-by",
    type: choice(["users", "rate"]),
    group: "Autofind",
    default: "users",
    requires: ["autofind"],
    help: "Search for users who pause (--think-time), or for iterations started per second; " +
      "a rate must also be reached by 95%",
  },
  maxErrorRate: {
    long: "--max-error-rate",
    type: percent,
    group: "Autofind",
    default: 1,
    requires: ["autofind"],
    help: "Highest error rate that counts as sustainable, in percent of requests",
  },
  maxP95: {
    long: "--max-p95",
    type: duration(),
    group: "Autofind",
    defaultLabel: "5s; by rate, the knee",
    requires: ["autofind"],
    help:
      "Highest p95 that counts as sustainable; the knee: four times p95 of the first step, and at least 10ms",
  },
  stepDuration: {
    long: "--step-duration",
    type: duration(),
    group: "Autofind",
    defaultLabel: "30s, by rate 15s",
    requires: ["autofind"],
    help: "Duration of each step at most; it ends early when it clearly passes or fails",
  },
  startUsers: {
    long: "--start-users",
    type: count({ min: 1, max: MAX_USERS }),
    group: "Autofind",
    defaultLabel: String(DEFAULT_START),
    requires: ["autofind"],
    help: "Users in the first step",
  },
  maxUsers: {
    long: "--max-users",
    type: count({ min: 1, max: MAX_USERS }),
    group: "Autofind",
    defaultLabel: String(DEFAULT_MAX),
    requires: ["autofind"],
    help: "Maximum number of users to try",
  },
  startRate: {
    long: "--start-rate",
    type: count({ min: 1 }, "RATE"),
    group: "Autofind",
    defaultLabel: String(DEFAULT_START),
    requires: ["autofind"],
    help: "Iterations per second in the first step of --autofind-by rate",
  },
  maxRate: {
    long: "--max-rate",
    type: count({ min: 1 }, "RATE"),
    group: "Autofind",
    defaultLabel: String(DEFAULT_MAX),
    requires: ["autofind"],
    help: "Highest rate to try with --autofind-by rate",
  },
  stepMultiplier: {
    long: "--step-multiplier",
    type: decimal({ above: 1 }),
    group: "Autofind",
    default: 2,
    requires: ["autofind"],
    help: "Factor by which the load grows while steps pass; above 1",
  },
});

/** What p95 may grow to, in relation to that of the first step, where no limit is given. */
const KNEE_FACTOR = 4;
/** Without a limit, as far as it is one. */
const DEFAULT_MAX_P95_MS = 5000;
const RATE_STEP_MS = 15_000;
const DEFAULT_STEP_MS = 30_000;

/** Values of {@linkcode autofindOptions}. */
export type AutofindValues = ValuesOf<typeof autofindOptions>;

/**
 * The search that the options ask for; `undefined` without `--autofind`.
 *
 * @throws {UsageError} with all problems: a start that is not below the maximum, bounds of the other kind of search.
 */
export function autofindSearchFrom(
  values: AutofindValues,
  context: Pick<AutofindSearch, "thinkMs" | "thinkJitter" | "maxConnections">,
): AutofindSearch | undefined {
  if (!values.autofind) return undefined;
  const by = values.autofindBy;
  const users = { "--start-users": values.startUsers, "--max-users": values.maxUsers };
  const rates = { "--start-rate": values.startRate, "--max-rate": values.maxRate };
  const [own, other] = by === "users" ? [users, rates] : [rates, users];
  const problems = Object.entries(other)
    .filter(([, value]) => value !== undefined)
    .map(([flag]) => `${flag} needs --autofind-by ${by === "users" ? "rate" : "users"}`);
  const [startFlag, maxFlag] = Object.keys(own);
  const [start = DEFAULT_START, max = DEFAULT_MAX] = Object.values(own);
  if (max <= start) problems.push(`${maxFlag} ${max} must be greater than ${startFlag} ${start}`);
  if (problems.length > 0) throw new UsageError(problems);
  return {
    by,
    start,
    max,
    multiplier: values.stepMultiplier,
    stepDurationMs: values.stepDuration ?? (by === "rate" ? RATE_STEP_MS : DEFAULT_STEP_MS),
    limits: {
      maxErrorRatePercent: values.maxErrorRate,
      maxP95Ms: values.maxP95 ?? DEFAULT_MAX_P95_MS,
    },
    ...(by === "rate" && values.maxP95 === undefined && { kneeFactor: KNEE_FACTOR }),
    ...context,
  };
}
