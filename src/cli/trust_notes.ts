/**
 * Says in plain words when a run's numbers cannot be taken at face value, and what to change.
 *
 * @module
 */
import { rankOf, valueAtRank } from "../metrics/histogram.ts";
import { endedOf } from "../metrics/stats.ts";
import { failureText } from "../metrics/failure.ts";
import type { Note } from "../result/outcome.ts";
import { overallStats, type RunResult } from "../result/run_result.ts";

/** A load thread whose timers are this late at the 95th percentile adds its own delay to every latency. */
const MOST_LAG_US = 20_000;
/** Below this share of the target, a rate counts as missed. */
const LEAST_RATE_SHARE = 0.98;

/** Everything worth a warning about one result. */
export function trustNotes(result: RunResult): readonly Note[] {
  return [
    nothingSucceeded(result),
    saturated(result),
    missedRate(result),
    lostSlots(result),
    interrupted(result),
  ]
    .filter((text) => text !== undefined)
    .map((text) => ({ level: "warning", text }));
}

function nothingSucceeded(result: RunResult): string | undefined {
  const { counts } = overallStats(result);
  if (counts.succeeded > 0) return undefined;
  const ended = endedOf(counts);
  if (ended === 0) return "No request was answered before the end: there is nothing to measure";
  const [name, count] = Object.entries(counts.failures).sort((a, b) => b[1] - a[1])[0] ?? ["unknown", ended];
  return `Not one request succeeded: ${count} of ${ended} failed with "${failureText(name)}"`;
}

function saturated(result: RunResult): string | undefined {
  const lag = result.total.loopLag;
  if (lag.count < 5) return undefined;
  const lagUs = valueAtRank(lag, rankOf(95, lag.count));
  if (lagUs < MOST_LAG_US) return undefined;
  return `The load generator was saturated: its own timers came up to ${
    (lagUs / 1000).toFixed(0)
  } ms late, and latencies include that delay. Use fewer connections, more threads (-t), or a machine of its own`;
}

function missedRate(result: RunResult): string | undefined {
  const { load } = result.plan;
  if (load.kind !== "rate" || result.interrupted) return undefined;
  const { unsent, started } = result.total;
  const due = started + unsent;
  if (due === 0 || started / due >= LEAST_RATE_SHARE) return undefined;
  return `The schedule was missed: ${unsent} of ${due} arrivals were never sent, since all ${load.maxConnections} ` +
    "connections were waiting for answers. The server did not keep up, or -c is too low";
}

function lostSlots(result: RunResult): string | undefined {
  if (result.lost.length === 0) return undefined;
  const names = result.lost.map((slot) => `${slot.slot} (${slot.reason})`).join(", ");
  return `Part of the load was lost: ${names}. What it had reported until then is counted`;
}

function interrupted(result: RunResult): string | undefined {
  return result.interrupted ? "The run was interrupted: the numbers cover the time until then" : undefined;
}
