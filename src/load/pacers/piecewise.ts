/**
 * Rate curves made of pieces that follow each other, each with a closed form for its rate and for the arrivals it
 * brings. A curve is evaluated in the time of one binary search, whatever its length, and keeps no state.
 *
 * Arrival k is due when the integral of the rate leaves k: where the rate is 0 the curve pauses, and an arrival whose
 * number is reached there waits for the first moment at which the rate is positive again.
 *
 * @module
 */

/** Arrivals as a curve over the run's time. Times in ms since the start, rates per second. */
export interface Pacer {
  /** The rate at a moment; where the curve jumps, the later value. */
  rateAt(elapsedMs: number): number;
  /** The integral of the rate from 0: how many arrivals the curve has brought. Never decreases. */
  dueBy(elapsedMs: number): number;
  /** When arrival number `arrival` (from 0) is due; `Infinity`: never. Exact to 10⁻⁹ of an arrival. */
  timeOf(arrival: number): number;
}

/** A stretch of a curve. `xMs` counts from the beginning of the piece, `due` from 0 at its beginning. */
export interface Piece {
  /** `Infinity` only for the last piece. */
  readonly lengthMs: number;
  rateAt(xMs: number): number;
  dueBy(xMs: number): number;
  /** Inverse of `dueBy` on 0 to `dueBy(lengthMs)`. */
  timeOf(due: number): number;
}

/** A constant rate `r` (1/s): `due(x) = r·x / 1000`. */
export function flat(lengthMs: number, rate: number): Piece {
  return {
    lengthMs,
    rateAt: () => rate,
    // 0 · Infinity is not a number.
    dueBy: (xMs) => rate === 0 ? 0 : rate * xMs / 1000,
    timeOf: (due) => rate === 0 ? Infinity : due * 1000 / rate,
  };
}

/**
 * A rate that goes from `a` to `b` (1/s) evenly over `L` ms: `due(x) = (a·x + (b − a)·x² / 2L) / 1000`, inverted by the
 * form of the quadratic formula that subtracts nothing near zero.
 */
export function slope(lengthMs: number, from: number, to: number): Piece {
  if (from === to) return flat(lengthMs, from);
  const start = from / 1000;
  const growth = (to - from) / 1000 / lengthMs;
  return {
    lengthMs,
    rateAt: (xMs) => from + (to - from) * (xMs / lengthMs),
    dueBy: (xMs) => xMs * (start + growth * xMs / 2),
    timeOf(due) {
      if (due <= 0) return 0;
      return 2 * due / (start + Math.sqrt(Math.max(start * start + 2 * growth * due, 0)));
    },
  };
}

/**
 * A rate `m + a·sin(ω·x)` (1/s; ω in 1/ms) with |a| ≤ m: `due(x) = (m·x + (a/ω)·(1 − cos ω·x)) / 1000`. The inverse has
 * no closed form and is found by Newton's method, kept between bounds by bisection.
 */
export function wave(
  lengthMs: number,
  shape: { readonly mean: number; readonly amplitude: number; readonly radiansPerMs: number },
): Piece {
  const { mean, amplitude, radiansPerMs } = shape;
  const rateAt = (xMs: number) => mean + amplitude * Math.sin(radiansPerMs * xMs);
  const dueBy = (xMs: number) => {
    const half = Math.sin(radiansPerMs * xMs / 2);
    return (mean * xMs + 2 * amplitude * half * half / radiansPerMs) / 1000;
  };
  return { lengthMs, rateAt, dueBy, timeOf: (due) => invert({ lengthMs, rateAt, dueBy }, due) };
}

/** Steps of the search at most; it ends earlier when a step is shorter than a millionth of a microsecond. */
const MAX_STEPS = 100;
const SHORTEST_STEP_MS = 1e-9;

function invert(piece: Omit<Piece, "timeOf">, due: number): number {
  let low = 0;
  let high = piece.lengthMs;
  let x = due / piece.dueBy(high) * high;
  for (let i = 0; i < MAX_STEPS; i++) {
    const error = piece.dueBy(x) - due;
    if (error === 0) return x;
    if (error < 0) low = x;
    else high = x;
    const newton = x - error * 1000 / piece.rateAt(x);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= SHORTEST_STEP_MS) return next;
    x = next;
  }
  return x;
}

/**
 * The pieces one after the other, then `then` for ever: a rate, or all of them again and again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const pacer = piecewise([flat(1000, 2), flat(1000, 0)], "repeat");
 * assertEquals([0, 1, 2, 3].map((k) => pacer.timeOf(k)), [0, 500, 2000, 2500]);
 * ```
 */
export function piecewise(pieces: readonly Piece[], then: number | "repeat"): Pacer {
  if (then !== "repeat") return sequence([...pieces, flat(Infinity, then)]);
  const once = sequence(pieces);
  const periodMs = pieces.reduce((sum, piece) => sum + piece.lengthMs, 0);
  const perPeriod = once.dueBy(periodMs);
  const periodOf = (elapsedMs: number) => Math.floor(Math.max(elapsedMs, 0) / periodMs);
  return {
    rateAt: (elapsedMs) => once.rateAt(elapsedMs - periodOf(elapsedMs) * periodMs),
    dueBy(elapsedMs) {
      const period = periodOf(elapsedMs);
      return period * perPeriod + once.dueBy(elapsedMs - period * periodMs);
    },
    timeOf(arrival) {
      if (perPeriod === 0) return Infinity;
      const period = Math.floor((arrival + slackOf(arrival)) / perPeriod);
      return period * periodMs + once.timeOf(Math.max(arrival - period * perPeriod, 0));
    },
  };
}

/** The pieces one after the other; the last has no end. */
export function sequence(pieces: readonly Piece[]): Pacer {
  const startMs = [0];
  const dueAtStart = [0];
  for (const [i, piece] of pieces.entries()) {
    startMs.push(startMs[i]! + piece.lengthMs);
    dueAtStart.push(dueAtStart[i]! + piece.dueBy(piece.lengthMs));
  }
  const last = pieces.length - 1;
  return {
    rateAt(elapsedMs) {
      const i = lastAtMost(startMs, Math.max(elapsedMs, 0), last);
      return pieces[i]!.rateAt(Math.max(elapsedMs, 0) - startMs[i]!);
    },
    dueBy(elapsedMs) {
      if (elapsedMs <= 0) return 0;
      const i = lastAtMost(startMs, elapsedMs, last);
      // Rounding must not let the sum fall at a seam.
      return Math.min(dueAtStart[i]! + pieces[i]!.dueBy(elapsedMs - startMs[i]!), dueAtStart[i + 1]!);
    },
    timeOf(arrival) {
      const i = lastAtMost(dueAtStart, arrival + slackOf(arrival), last);
      const xMs = pieces[i]!.timeOf(Math.max(arrival - dueAtStart[i]!, 0));
      return startMs[i]! + Math.min(xMs, pieces[i]!.lengthMs);
    },
  };
}

/**
 * How far sums may be off by rounding, in arrivals. An arrival that close to a seam belongs behind it: in front of a
 * pause it would come a whole pause too early.
 */
function slackOf(arrival: number): number {
  return 1e-9 + arrival * 1e-14;
}

/** The largest index up to `highest` whose value is at most `limit`; values never decrease, the first is 0. */
function lastAtMost(values: readonly number[], limit: number, highest: number): number {
  let low = 0;
  let high = highest;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
