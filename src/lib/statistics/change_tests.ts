/**
 * Whether a series of equally long windows stood still: tests for a step, a trend and a period, made for series whose
 * neighbours are alike, as those of computers are.
 *
 * @module
 */
import { meanOf, squaresOf } from "./mean.ts";

/** A change of level inside a series. */
export interface Step {
  /** The first number of the new level. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
  /** How many standard errors the levels are apart. */
  readonly strength: number;
}

/** A straight line through a series. */
export interface Trend {
  /** Values of the line at the two ends. */
  readonly from: number;
  readonly to: number;
  /** How many standard errors the slope is from none. */
  readonly strength: number;
}

/** Something that comes again. */
export interface Period {
  /** Numbers from one time to the next. */
  readonly length: number;
  /** Half the distance from highest to lowest. */
  readonly amplitude: number;
  /** The share of all scatter that it explains. */
  readonly share: number;
}

/** Numbers on each side of a step, at the least. */
const MIN_SIDE = 3;

/**
 * The step that explains most of a series' scatter (the statistic of Buishand 1982 and Worsley 1979), in standard errors
 * of a scatter that neighbours share (first-order autocorrelation of what is left, Bayley and Hammersley 1946).
 */
export function strongestStep(series: readonly number[]): Step | undefined {
  let found: Step | undefined;
  for (let at = MIN_SIDE; at <= series.length - MIN_SIDE; at++) {
    const [before, after] = [meanOf(series.slice(0, at)), meanOf(series.slice(at))];
    const left = series.map((value, i) => value - (i < at ? before : after));
    const error = Math.sqrt(correlatedVariance(left) * (1 / at + 1 / (series.length - at)));
    const strength = error > 0 ? Math.abs(after - before) / error : after === before ? 0 : Infinity;
    if (strength > (found?.strength ?? 0)) found = { at, before, after, strength };
  }
  return found;
}

/** The line of least squares, with the same care for neighbours. */
export function trendOf(series: readonly number[]): Trend | undefined {
  const n = series.length;
  if (n < 2 * MIN_SIDE) return undefined;
  const middle = (n - 1) / 2;
  const mean = meanOf(series);
  const spread = series.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = series.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0) / spread;
  const left = series.map((value, i) => value - mean - slope * (i - middle));
  const error = Math.sqrt(correlatedVariance(left) / spread);
  const strength = error > 0 ? Math.abs(slope) / error : slope === 0 ? 0 : Infinity;
  return { from: mean - slope * middle, to: mean + slope * middle, strength };
}

/** The strongest period between 3 numbers and a third of the series (the statistic of Fisher 1929). */
export function strongestPeriod(series: readonly number[]): Period | undefined {
  const n = series.length;
  const mean = meanOf(series);
  const all = squaresOf(series);
  if (n < 9 || all === 0) return undefined;
  let found: Period | undefined;
  for (let k = 3; k <= n / 3; k++) {
    let [cosine, sine] = [0, 0];
    for (let i = 0; i < n; i++) {
      const angle = 2 * Math.PI * k * i / n;
      cosine += (series[i]! - mean) * Math.cos(angle);
      sine += (series[i]! - mean) * Math.sin(angle);
    }
    const power = 2 * (cosine ** 2 + sine ** 2) / n;
    const share = power / all;
    if (share > (found?.share ?? 0)) {
      found = { length: n / k, amplitude: 2 * Math.hypot(cosine, sine) / n, share };
    }
  }
  return found;
}

/** The variance of what is left of a series, as large as it counts for the mean of numbers that are alike. */
function correlatedVariance(left: readonly number[]): number {
  const n = left.length;
  const squares = left.reduce((sum, value) => sum + value ** 2, 0);
  if (squares === 0) return 0;
  let products = 0;
  for (let i = 1; i < n; i++) products += left[i]! * left[i - 1]!;
  // The mean that was taken off makes neighbours look less alike than they are (Marriott and Pope 1954).
  const alike = Math.min(Math.max(products / squares + 4 / n, 0), 0.9);
  return squares / (n - 2) * (1 + alike) / (1 - alike);
}
