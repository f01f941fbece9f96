/**
 * How far equal runs lie apart on a machine: the figure for `--run-noise`.
 *
 * @module
 */
import { squaresOf } from "../../lib/statistics/mean.ts";

/** The main numbers of one run; rates per second, times in any unit. */
export interface NoiseRun {
  readonly rps: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What several equal runs told. */
export interface MachineNoise {
  /** Standard deviations of the metrics over the runs, in percent. */
  readonly percent: Readonly<Record<keyof NoiseRun, number>>;
  /** The least `--run-noise` that covers all of them, in percent. */
  readonly runNoisePercent: number;
}

/** What each metric may scatter in relation to throughput: few requests alone make the tail of runs differ. */
const FACTORS: Readonly<Record<keyof NoiseRun, number>> = { rps: 1, p50: 1, p95: 2, p99: 4 };

/** The normal quantile below which a fifth lies: few runs may happen to be alike. */
const FIFTH = -0.8416;

/** The scatter of runs, 2 or more, with what so few may have missed. */
export function machineNoise(runs: readonly NoiseRun[]): MachineNoise {
  const keys = Object.keys(FACTORS) as (keyof NoiseRun)[];
  const percent = Object.fromEntries(
    keys.map((key) => [key, 100 * deviationOf(runs.map((run) => Math.log(run[key])))]),
  ) as Record<keyof NoiseRun, number>;
  const most = Math.max(...keys.map((key) => percent[key] / FACTORS[key]));
  const degrees = runs.length - 1;
  // The upper bound of a standard deviation, four times out of five (chi-squared by Wilson and Hilferty 1931).
  const chiSquared = degrees * (1 - 2 / (9 * degrees) + FIFTH * Math.sqrt(2 / (9 * degrees))) ** 3;
  return { percent, runNoisePercent: Math.max(0.1, most * Math.sqrt(degrees / chiSquared)) };
}

function deviationOf(values: readonly number[]): number {
  return Math.sqrt(squaresOf(values) / (values.length - 1));
}
