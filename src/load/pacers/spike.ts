/**
 * A quiet rate with bursts at even distances, the first at the very start.
 *
 * ```text
 * B·multiplier │┌┐        ┌┐
 *              │││        ││
 * B·baseline   │┘└────────┘└──────
 *              └────────────────── t
 *               └┘ spike
 *               └─────────┘ interval
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { flat, type Pacer, piecewise } from "./piecewise.ts";

/**
 * `rate(t) = B·multiplier` while `t mod interval < spike`, else `B·baseline`: B `rate` in 1/s, interval `intervalMs`,
 * spike `spikeMs` and t in ms. A spike as long as the interval never ends.
 */
export function spikePacer(
  { rate, intervalMs, spikeMs, multiplier, baseline }: PacerOf<"spike">,
): Pacer {
  const highMs = Math.min(spikeMs, intervalMs);
  return piecewise([flat(highMs, rate * multiplier), flat(intervalMs - highMs, rate * baseline)], "repeat");
}
