/**
 * What `--until` came to, in the public document.
 *
 * @module
 */
import { present, rounded } from "../../lib/json/present.ts";
import { amount, flag, maybe, number, pair, type Schema, shape, text } from "../../lib/shape.ts";
import type { UntilVerdict } from "../run_result.ts";
import { UNTIL_CONFIDENCE } from "./until_verdict.ts";

/** A precision that the run went on for. */
export interface UntilJson {
  /** What was asked for, such as `p99 ± 2%`. */
  readonly precision: string;
  /** The metric, as thresholds write it. */
  readonly metric: string;
  /** Of `value` and `interval`. */
  readonly unit: string;
  /** The metric is known so precisely. */
  readonly reached: boolean;
  /** When that was, since the run's start; not reached: when the run ended. */
  readonly at_sec: number;
  /** What was measured by then; absent: too little to tell how precisely it is known. */
  readonly value?: number;
  /** Where the true value is. */
  readonly interval?: readonly [low: number, high: number];
  /** How sure that is, in percent. */
  readonly confidence: number;
}

/** The key in a file. */
export const untilJsonSchema: Schema<UntilJson> = shape<UntilJson>()({
  precision: text,
  metric: text,
  unit: text,
  reached: flag,
  at_sec: amount,
  value: maybe(number),
  interval: maybe(pair(number, number)),
  confidence: amount,
});

/** A verdict as the document has it. */
export function untilJson({ expression, metric, unit, isReached, atMs, ...known }: UntilVerdict): UntilJson {
  const { value, low, high } = known;
  const digits = (number: number) => Number(number.toPrecision(9));
  return present<UntilJson>({
    precision: expression,
    metric,
    unit,
    reached: isReached,
    at_sec: rounded(atMs / 1000, 3),
    value: value === undefined ? undefined : digits(value),
    interval: low === undefined || high === undefined ? undefined : [digits(low), digits(high)],
    confidence: UNTIL_CONFIDENCE,
  });
}
