/**
 * What a load generator that did not keep up spoils: which metrics of its run say nothing about the server.
 *
 * A generator without a core is late to send and late to notice responses, so it adds to latencies and takes from
 * throughput. It makes no server respond with errors: those count, but for the ones that are its own.
 *
 * @module
 */
import type { Metric } from "../../metrics/catalog.ts";
import { errorsOf } from "../../metrics/stats.ts";
import { overallStats, type RunResult } from "../run_result.ts";
import { type FindingKind, findingsOf } from "../trust.ts";

/** How a metric is spoilt. */
export interface Spoiling {
  /** Continues a run's name: `the load generator did not keep up`. */
  readonly reason: string;
  /** Later than by so much the generator did nothing, in ms: larger changes of a latency are not of its making. */
  readonly delayMs: number;
}

/** A request meets the generator's delay when it is sent and when its response comes. */
const DELAYS_OF_A_REQUEST = 2;
/** A generator that was late by this part of the timeout may have missed it for the server. */
const LATE_OF_TIMEOUT = 0.5;

/** What is wrong with a run, in a clause. */
const CLAUSES: Readonly<Partial<Record<FindingKind, string>>> = {
  lost: "part of the load was lost",
  silent: "the server stopped responding",
  saturated: "the load generator did not keep up",
  exhausted: "this machine ran out of files or ports",
  unsent: "the schedule was missed",
};
/** What is the generator's doing; a schedule may be missed because of the server. */
const OWN_FINDINGS: readonly FindingKind[] = ["saturated", "exhausted", "lost"];

/** Everything that keeps a run's numbers from meaning what they seem to: a clause each. */
export function warningsAbout(result: RunResult): readonly string[] {
  return findingsOf(result).flatMap(({ isWarning, kind }) => isWarning ? CLAUSES[kind] ?? [] : []);
}

/** Whether a load generator spoilt some of its run's numbers. */
export function isSpoilt(result: RunResult): boolean {
  return ownFinding(result) !== undefined;
}

/** Why a metric of a run says little about the server; `undefined`: it says what it seems to. */
export function spoilingOf(metric: Metric, result: RunResult): Spoiling | undefined {
  const found = ownFinding(result);
  if (found === undefined || (isAboutErrors(metric) && !areErrorsOwn(result))) return undefined;
  const delayMs = found === "saturated" && metric.unit === "s"
    ? DELAYS_OF_A_REQUEST * longestDelayMs(result)
    : Infinity;
  return { reason: CLAUSES[found]!, delayMs };
}

function ownFinding(result: RunResult): FindingKind | undefined {
  const kinds = new Set(findingsOf(result).flatMap(({ isWarning, kind }) => isWarning ? [kind] : []));
  return OWN_FINDINGS.find((kind) => kinds.has(kind));
}

function isAboutErrors({ key }: Metric): boolean {
  return ["error_rate", "success_rate", "total_errors"].includes(key);
}

/** Whether most errors are such as a load generator makes by itself. */
function areErrorsOwn(result: RunResult): boolean {
  const { counts } = overallStats(result);
  const { failures } = counts;
  const times = (...kinds: readonly string[]) => kinds.reduce((sum, kind) => sum + (failures[kind] ?? 0), 0);
  const isLate = longestDelayMs(result) >= LATE_OF_TIMEOUT * result.plan.client.timeoutMs;
  const own = times("too_many_open_files", "no_local_port") +
    (isLate ? times("timeout", "connect_timeout") : 0);
  return own > errorsOf(counts) / 2;
}

/** The longest time by which something was late that the generator was to do. */
function longestDelayMs({ total: { threads, scheduleLag, startDelay } }: RunResult): number {
  return Math.max(scheduleLag.max, startDelay.max, ...threads.map(({ loopLag }) => loopLag.max)) / 1000;
}
