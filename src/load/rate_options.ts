/**
 * The options of the open loop, and the load they describe.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { defineOptions, type ValuesOf } from "../options/option.ts";
import { choice, rate, text } from "../options/option_types.ts";
import { OPEN_LOOP_CONNECTIONS } from "./load_options.ts";
import type { RateLoad } from "../plan/run_plan.ts";
import type { PacerSpec } from "../plan/pacer_spec.ts";
import { KEYED_PROFILES } from "./pacer_kinds.ts";
import { parseTrafficProfile } from "./traffic_profile.ts";

/** When requests start on a schedule. */
export const rateOptions = defineOptions({
  rate: {
    long: "--rate",
    type: rate({ min: 0 }),
    group: "Load",
    help:
      "Start this many iterations per second (30/m, 500/h), however slow the server is; -c (or -u) caps the requests in flight",
  },
  arrivals: {
    long: "--arrivals",
    type: choice(["constant", "poisson", "uniform"]),
    group: "Load",
    default: "constant",
    requires: ["rate"],
    help: "How --rate spaces requests: evenly, like independent users (poisson), or at random moments of " +
      "equal intervals (uniform); --seed repeats them",
  },
  rateRamp: {
    long: "--rate-ramp",
    type: rate({ min: 0 }),
    group: "Load",
    requires: ["rate"],
    conflicts: ["trafficProfile"],
    help: "Change linearly from --rate to this rate over the duration; either may be 0",
  },
  trafficProfile: {
    long: "--traffic-profile",
    type: { ...text("PROFILE"), isPublic: true },
    group: "Load",
    requires: ["rate"],
    conflicts: ["rateRamp"],
    help: `Curve of the rate: ${Object.keys(KEYED_PROFILES).join(", ")}, step:100,500, csv:FILE, ` +
      "or stages:10s@100,1m@500 (linear from 0); names take key=value lists, as in sine:cycles=3,min=0.2",
  },
});

/** Values of {@linkcode rateOptions}. */
export type RateValues = ValuesOf<typeof rateOptions>;

/** What the load depends on besides its own options. */
export interface RateContext {
  /** How long the run lasts, the default filled in; absent: an amount ends it. */
  readonly durationMs?: number;
  /** How many arrivals there are; absent: as many as fit into the time. */
  readonly numRequests?: number;
  /** `-c`, only if given. */
  readonly connections?: number;
  /** Reads the file of a `csv` profile. */
  readTextFile(path: string): string;
}

/**
 * The open loop that the options ask for; `undefined` without `--rate`.
 *
 * @throws {UsageError} when a ramp or profile has no duration to span, or the profile is wrong.
 */
export function rateLoadFrom(values: RateValues, context: RateContext): RateLoad | undefined {
  if (values.rate === undefined) return undefined;
  if (values.rate === 0 && (values.rateRamp ?? 0) === 0) {
    throw new UsageError("--rate 0 starts nothing: expected a rate above 0, or --rate-ramp");
  }
  return {
    kind: "rate",
    ...curveOf(values, values.rate, context),
    ...(values.arrivals !== "constant" && { arrivals: values.arrivals }),
    ...(context.durationMs !== undefined && { durationMs: context.durationMs }),
    ...(context.numRequests !== undefined && { amount: context.numRequests }),
    maxConnections: context.connections ?? OPEN_LOOP_CONNECTIONS,
    targetRate: values.rate,
    ...(values.rateRamp !== undefined && { rampTargetRate: values.rateRamp }),
  };
}

function curveOf(
  { rateRamp, trafficProfile }: RateValues,
  rate: number,
  context: RateContext,
): { readonly pacer: PacerSpec; readonly description?: string } {
  if (rateRamp === undefined && trafficProfile === undefined) return { pacer: { kind: "constant", rate } };
  const { durationMs } = context;
  if (durationMs === undefined) {
    const flag = rateRamp === undefined ? "--traffic-profile" : "--rate-ramp";
    throw new UsageError(`${flag} needs --duration: it spans the whole run`);
  }
  if (trafficProfile !== undefined) {
    return parseTrafficProfile(trafficProfile, { rate, durationMs, readTextFile: context.readTextFile });
  }
  return { pacer: { kind: "linear", from: rate, to: rateRamp!, durationMs } };
}
