/**
 * All kinds of rate curve: how each is made, and of those that `--traffic-profile` knows by name and keys, which keys.
 *
 * @module
 */
import { formatSeconds } from "../lib/number_format.ts";
import type { OptionType } from "../options/option.ts";
import { decimal, duration } from "../options/option_types.ts";
import type { PacerSpec } from "../plan/pacer_spec.ts";
import { businessHoursPacer } from "./pacers/business_hours.ts";
import { constantPacer } from "./pacers/constant.ts";
import { linearPacer } from "./pacers/linear.ts";
import { pointsPacer } from "./pacers/points.ts";
import { sawtoothPacer } from "./pacers/sawtooth.ts";
import { sinePacer } from "./pacers/sine.ts";
import { spikePacer } from "./pacers/spike.ts";
import { squarePacer } from "./pacers/square.ts";
import { stepPacer } from "./pacers/step.ts";
import type { Pacer } from "./pacers/piecewise.ts";

/** What a profile is relative to. */
export interface ProfileContext {
  /** The base rate B, in 1/s. */
  readonly rate: number;
  /** How long the run lasts; above 0. */
  readonly durationMs: number;
  /** Reads the file of a `csv` profile; throws when it cannot. */
  readTextFile(path: string): string;
}

/** A curve and its name in reports. */
export interface TrafficProfile {
  readonly pacer: PacerSpec;
  readonly description: string;
}

/** One of a profile's keys. */
interface Key {
  readonly type: OptionType<number>;
  readonly default: number;
  readonly alias?: string;
}

/** A profile that is a name and `key=value` pairs. */
export interface KeyedProfile {
  readonly keys: Readonly<Record<string, Key>>;
  build(values: Readonly<Record<string, number>>, context: ProfileContext): TrafficProfile;
}

const factor = decimal({ min: 0 });
const share = decimal({ min: 0, max: 1 });

type PacerKinds = {
  readonly [Kind in PacerSpec["kind"]]: {
    make(spec: Extract<PacerSpec, { readonly kind: Kind }>): Pacer;
    readonly profile?: KeyedProfile;
  };
};

/** Every kind. */
export const PACER_KINDS: PacerKinds = {
  "sine": {
    make: sinePacer,
    profile: {
      keys: {
        cycles: { type: decimal(), default: 2 },
        min: { type: share, default: 0.1, alias: "min_factor" },
      },
      build: ({ cycles, min }, { rate, durationMs }) => ({
        pacer: { kind: "sine", rate, cycles: cycles!, min: min!, durationMs },
        description: `sine (cycles=${float(cycles!)}, min=${percent(min!)})`,
      }),
    },
  },
  "sawtooth": {
    make: sawtoothPacer,
    profile: {
      keys: {
        cycles: { type: decimal(), default: 3 },
        min: { type: share, default: 0.1, alias: "min_factor" },
      },
      build: ({ cycles, min }, { rate, durationMs }) => ({
        pacer: { kind: "sawtooth", rate, cycles: cycles!, min: min!, durationMs },
        description: `sawtooth (cycles=${float(cycles!)}, min=${percent(min!)})`,
      }),
    },
  },
  "square": {
    make: squarePacer,
    profile: {
      keys: {
        cycles: { type: decimal(), default: 3 },
        low: { type: share, default: 0.2, alias: "low_factor" },
      },
      build: ({ cycles, low }, { rate, durationMs }) => ({
        pacer: { kind: "square", rate, cycles: cycles!, low: low!, durationMs },
        description: `square (cycles=${float(cycles!)}, low=${percent(low!)})`,
      }),
    },
  },
  "spike": {
    make: spikePacer,
    profile: {
      keys: {
        interval: { type: duration(), default: 10_000 },
        spike_dur: { type: duration(), default: 2000 },
        multiplier: { type: factor, default: 5 },
        baseline: { type: factor, default: 0.2 },
      },
      build({ interval, spike_dur, multiplier, baseline }, { rate }) {
        const [intervalMs, spikeMs] = [interval!, spike_dur!];
        return {
          pacer: { kind: "spike", rate, intervalMs, spikeMs, multiplier: multiplier!, baseline: baseline! },
          description: `spike (interval=${formatSeconds(intervalMs)}, dur=${formatSeconds(spikeMs)}, ` +
            `x${float(multiplier!)}, baseline=${percent(baseline!)})`,
        };
      },
    },
  },
  "business-hours": {
    make: businessHoursPacer,
    profile: {
      keys: {},
      build: (_, { rate, durationMs }) => ({
        pacer: { kind: "business-hours", rate, durationMs },
        description: "business-hours (24h curve compressed to test duration)",
      }),
    },
  },
  "constant": { make: constantPacer },
  "linear": { make: linearPacer },
  "step": { make: stepPacer },
  "points": { make: pointsPacer },
};

/** The profiles among them. */
export const KEYED_PROFILES: Readonly<Record<string, KeyedProfile>> = Object.fromEntries(
  Object.entries(PACER_KINDS).flatMap(([name, { profile }]) => profile ? [[name, profile]] : []),
);

/** A number with at least one decimal: `2.0`. */
function float(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
