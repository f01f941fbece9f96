/**
 * Loads on a schedule, as JSON.
 *
 * @module
 */
import { present } from "../../lib/json/present.ts";
import { isOpenLoop, loadFacts } from "../../plan/load_kinds.ts";
import type { RunResult } from "../run_result.ts";
import { type SeriesJson, seriesJson } from "./stats_json.ts";

/** What an open-loop run did to keep its schedule. Times in seconds. */
export interface OpenLoopJson {
  /** Arrivals that started more than 1 ms late. */
  readonly delayed: number;
  /** Requests under way at the same time; of several threads, the sum of their maxima. */
  readonly most_in_flight: number;
  /** Arrivals that never started. */
  readonly dropped: number;
  /** From due to sent. */
  readonly start_delay?: SeriesJson;
}

/** The fields of a document that are about a schedule. */
export interface OpenLoopFields {
  readonly target_rps?: number;
  readonly ramp_target_rps?: number;
  readonly traffic_profile?: string;
  readonly rate_limit_waits?: number;
  readonly open_loop?: OpenLoopJson;
}

/** What a document says of a schedule; nothing of a load without one. Of several scenarios, each says its own rate. */
export function openLoopFields({ plan, total }: RunResult): OpenLoopFields {
  if (!isOpenLoop(plan)) return {};
  const { openLoop: load } = loadFacts(plan.load);
  return present<OpenLoopFields>({
    target_rps: load?.targetRate,
    ramp_target_rps: load?.rampTargetRate,
    traffic_profile: load?.description,
    rate_limit_waits: total.scheduleWaits,
    open_loop: present<OpenLoopJson>({
      delayed: total.delayed,
      dropped: total.dropped,
      most_in_flight: total.maxInFlight,
      start_delay: seriesJson(total.startDelay),
    }),
  });
}
