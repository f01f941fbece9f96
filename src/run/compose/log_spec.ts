/**
 * Which single requests a plan says are to be logged.
 *
 * @module
 */
import type { ValuesOf } from "../../options/option.ts";
import type { LogSpec } from "../../plan/run_plan.ts";
import type { logOptions } from "../settings/log_options.ts";

/** Lines a second, over all threads. */
const MAX_PER_SECOND = 10_000;

/** What a plan says about the log; `undefined`: there is none. */
export function logSpecOf({ log, logSample }: ValuesOf<typeof logOptions>): LogSpec | undefined {
  return log === undefined ? undefined : { share: logSample / 100, maxPerSecond: MAX_PER_SECOND };
}
