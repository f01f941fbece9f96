/**
 * What iterations see of a step, and of a stretch of time.
 *
 * @module
 */
import type { PauseSpec } from "../plan/blocks.ts";

/** A step that is ready to run. */
export interface CompiledStep {
  readonly index: number;
  readonly thinkMs: number | undefined;
  /** How the pause is drawn; absent: the load model's way. */
  readonly pause?: PauseSpec | undefined;
  /** Which of the program's kinds runs it. */
  readonly kind: number;
}

/** Where a stretch of time is counted; the thread's recorder has them. */
export interface SpanTally {
  /** One has ended after `us`; `outcome` is one of `OUTCOME`. */
  end(us: number, outcome: number): void;
}
