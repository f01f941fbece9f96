/**
 * Pauses that are drawn.
 *
 * @module
 */
import type { Random } from "../lib/random.ts";
import type { PauseSpec } from "../plan/blocks.ts";

/** Draws a pause, in ms; never below 0. */
export function drawPause(pause: PauseSpec, random: Random): number {
  switch (pause.kind) {
    case "uniform":
      return pause.minMs + (pause.maxMs - pause.minMs) * random.fraction();
    case "normal": {
      // Box and Muller; the logarithm of 0 is none.
      const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
      return Math.max(0, pause.meanMs + pause.stdevMs * radius * Math.cos(2 * Math.PI * random.fraction()));
    }
    case "exponential":
      return -pause.meanMs * Math.log(1 - random.fraction());
  }
}
