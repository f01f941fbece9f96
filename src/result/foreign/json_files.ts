/**
 * Results that other tools write as JSON: pywrkr's, oha's, vegeta's report and k6's summary.
 *
 * @module
 */
import type { ConfigSnapshot } from "../outcome.ts";
import type { ForeignRun } from "./foreign_run.ts";

/** The run that a document tells; `undefined`: no tool is known that writes such documents. */
export function readForeignDocument(document: unknown): ForeignRun | undefined {
  return readPywrkr(document) ?? readOha(document) ?? readVegeta(document) ?? readK6(document);
}

/** pywrkr's `--json`. Its keys are bench's own, but it names no tool and no start. */
export function readPywrkr(document: unknown): ForeignRun | undefined {
  const requests = numberAt(document, "total_requests");
  const isOwn = ["requests_per_sec", "transfer_per_sec_bytes", "content_length_errors"].every((key) =>
    numberAt(document, key) !== undefined
  );
  const isOther = ["tool", "started_at", "saved"].some((key) => valueAt(document, key) !== undefined);
  if (requests === undefined || !isOwn || isOther) return undefined;
  return {
    tool: "pywrkr",
    requests,
    ...knownNumbers({
      errors: numberAt(document, "total_errors"),
      perSecond: numberAt(document, "requests_per_sec"),
      minSec: numberAt(document, "latency", "min"),
      meanSec: numberAt(document, "latency", "mean"),
      maxSec: numberAt(document, "latency", "max"),
      bodyBytes: numberAt(document, "total_bytes"),
    }),
    percentiles: percentilesIn(valueAt(document, "percentiles"), /^p([\d.]+)$/, 1),
    config: settingsIn(valueAt(document, "config")),
  };
}

/** oha's JSON: responses by status, then errors by text. Requests cut off by its own deadline are no errors. */
export function readOha(document: unknown): ForeignRun | undefined {
  const perSecond = numberAt(document, "summary", "requestsPerSec");
  const percentiles = valueAt(document, "latencyPercentiles");
  if (perSecond === undefined || percentiles === undefined) return undefined;
  const statuses = countsIn(valueAt(document, "statusCodeDistribution"));
  const failures = countsIn(valueAt(document, "errorDistribution"));
  const failed = failures.filter(([key]) => key !== "aborted due to deadline");
  const unfinished = sumOf(failures) - sumOf(failed);
  return {
    tool: "oha",
    requests: sumOf(statuses) + sumOf(failed),
    errors: sumOf(statuses.filter(([status]) => !/^[23]/.test(status))) + sumOf(failed),
    perSecond,
    ...(unfinished > 0 && { unfinished }),
    ...knownNumbers({
      minSec: numberAt(document, "summary", "fastest"),
      meanSec: numberAt(document, "summary", "average"),
      maxSec: numberAt(document, "summary", "slowest"),
      bodyBytes: numberAt(document, "summary", "totalData"),
    }),
    percentiles: percentilesIn(percentiles, /^p([\d.]+)$/, 1),
  };
}

/** `vegeta report -type=json`; its times are in ns. */
export function readVegeta(document: unknown): ForeignRun | undefined {
  const requests = numberAt(document, "requests");
  const success = numberAt(document, "success");
  const latencies = valueAt(document, "latencies");
  if (requests === undefined || success === undefined || latencies === undefined) return undefined;
  return {
    tool: "vegeta",
    requests,
    errors: Math.round(requests * (1 - success)),
    ...knownNumbers({
      perSecond: numberAt(document, "rate"),
      minSec: scaled(numberAt(latencies, "min"), 1e-9),
      meanSec: scaled(numberAt(latencies, "mean"), 1e-9),
      maxSec: scaled(numberAt(latencies, "max"), 1e-9),
      bodyBytes: numberAt(document, "bytes_in", "total"),
    }),
    percentiles: percentilesIn(latencies, /^([\d.]+)th$/, 1e-9),
  };
}

/** k6's `--summary-export`, and what its `handleSummary` gets; times are in ms. */
export function readK6(document: unknown): ForeignRun | undefined {
  const metric = (name: string): unknown => {
    const found = valueAt(document, "metrics", name);
    return valueAt(found, "values") ?? found;
  };
  const requests = numberAt(metric("http_reqs"), "count");
  if (requests === undefined) return undefined;
  const duration = metric("http_req_duration");
  const median = numberAt(duration, "med");
  return {
    tool: "k6",
    requests,
    ...knownNumbers({
      // Passes of "failed": requests that did fail.
      errors: numberAt(metric("http_req_failed"), "passes"),
      perSecond: numberAt(metric("http_reqs"), "rate"),
      minSec: scaled(numberAt(duration, "min"), 1e-3),
      meanSec: scaled(numberAt(duration, "avg"), 1e-3),
      maxSec: scaled(numberAt(duration, "max"), 1e-3),
    }),
    percentiles: new Map([
      ...percentilesIn(duration, /^p\(([\d.]+)\)$/, 1e-3),
      ...(median === undefined ? [] : [[50, median / 1000] as const]),
    ]),
  };
}

function settingsIn(config: unknown): ConfigSnapshot {
  return typeof config === "object" && config !== null ? config as ConfigSnapshot : {};
}

function percentilesIn(record: unknown, name: RegExp, toSeconds: number): ReadonlyMap<number, number> {
  return new Map(
    countsIn(record).flatMap(([key, value]) => {
      const percentile = Number(name.exec(key)?.[1]);
      return percentile > 0 && percentile <= 100 ? [[percentile, value * toSeconds] as const] : [];
    }),
  );
}

function countsIn(record: unknown): readonly (readonly [string, number])[] {
  return typeof record === "object" && record !== null
    ? Object.entries(record).filter((entry): entry is [string, number] => isAmount(entry[1]))
    : [];
}

function sumOf(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Only those that are there. */
function knownNumbers<Key extends string>(
  numbers: Readonly<Record<Key, number | undefined>>,
): Partial<Record<Key, number>> {
  return Object.fromEntries(
    Object.entries(numbers).filter(([, value]) => value !== undefined),
  ) as Partial<Record<Key, number>>;
}

function valueAt(document: unknown, ...path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function numberAt(document: unknown, ...path: readonly string[]): number | undefined {
  const value = valueAt(document, ...path);
  return isAmount(value) ? value : undefined;
}
