/**
 * What steps of all kinds have.
 *
 * @module
 */

import type { PauseSpec } from "./blocks.ts";

/** A step, whatever its kind. */
export interface StepBase {
  /** Unique within the scenario; the key of its statistics. */
  readonly name: string;
  /** Pause after the step, in ms; absent: the scenario's or the load model's. An explicit 0 means none. */
  readonly thinkMs?: number;
  /** How that pause is drawn, `thinkMs` being its mean; absent: the load model's way. */
  readonly pause?: PauseSpec;
}
