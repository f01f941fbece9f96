/**
 * Reads what load generators print. Each function throws when the output has not the expected form.
 *
 * @module
 */
import type { Reading } from "./tool.ts";

/** Reads the program's own JSON result; anything but the totals may be missing. */
export function parseBenchJson(text: string): Reading {
  const document: unknown = JSON.parse(text);
  const requests = numberAt(document, ["total_requests"]);
  const perSecond = numberAt(document, ["requests_per_sec"]);
  if (requests === undefined || perSecond === undefined) throw new Error("No totals in the JSON result");
  const delay = numberAt(document, ["open_loop", "start_delay", "p50"]);
  const unfinished = numberAt(document, ["unfinished_requests"]);
  const findings = valueAt(document, ["trust", "findings"]) as
    | readonly { readonly kind: string; readonly level: string; readonly text: string }[]
    | undefined;
  // Targets that hang are silent by intent.
  const warnings = (findings ?? []).filter(({ kind, level }) => level === "warning" && kind !== "silent")
    .map((finding) => finding.text);
  return {
    requests,
    perSecond,
    errors: numberAt(document, ["total_errors"]) ?? 0,
    ...(unfinished !== undefined && { unfinished }),
    ...latencies([50, 95, 99], (percentile) => numberAt(document, ["percentiles", `p${percentile}`]), 1000),
    ...(delay !== undefined && { startDelayMs: delay * 1000 }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Reads wrk's report. */
export function parseWrk(text: string): Reading {
  const sockets =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const statuses = optional(text, /Non-2xx or 3xx responses: (\d+)/);
  const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };
  return {
    requests: required("wrk", text, /\b(\d+) requests in /),
    perSecond: required("wrk", text, /Requests\/sec:\s+([\d.]+)/),
    errors: sockets.reduce((sum, count) => sum + Number(count), statuses),
    ...latencies([50, 99], (percentile) => {
      const [, value, unit] =
        new RegExp(`^\\s+${percentile}%\\s+([\\d.]+)(us|ms|s|m)\\s*$`, "m").exec(text) ?? [];
      return value === undefined ? undefined : Number(value) * units[unit!]!;
    }),
  };
}

/**
 * Reads ApacheBench's report; its latencies are whole ms. An error page counts as failed too when its length is not
 * that of the first response, so the larger of both counts is as near as it gets.
 */
export function parseAb(text: string): Reading {
  const failed = required("ab", text, /Failed requests:\s+(\d+)/);
  return {
    requests: required("ab", text, /Complete requests:\s+(\d+)/),
    perSecond: required("ab", text, /Requests per second:\s+([\d.]+)/),
    errors: Math.max(failed, optional(text, /Non-2xx responses:\s+(\d+)/)),
    ...latencies(
      [50, 95, 99],
      (percentile) => found(text, new RegExp(`^\\s+${percentile}%\\s+(\\d+)\\s*$`, "m")),
    ),
  };
}

/** Reads hey's report: answers by status, then errors by text. */
export function parseHey(text: string): Reading {
  let requests = 0;
  let errors = 0;
  for (const [, status, count] of text.matchAll(/\[(\d+)\]\s+(\d+) responses/g)) {
    requests += Number(count);
    if (!/^[23]/.test(status ?? "")) errors += Number(count);
  }
  const failures = text.split("Error distribution:")[1] ?? "";
  for (const [, count] of failures.matchAll(/^[ \t]+\[(\d+)\]/gm)) {
    requests += Number(count);
    errors += Number(count);
  }
  return {
    requests,
    perSecond: required("hey", text, /Requests\/sec:\s+([\d.]+)/),
    errors,
    ...latencies([50, 95, 99], (p) => found(text, new RegExp(`^\\s+${p}%+ in ([\\d.]+) secs`, "m")), 1000),
  };
}

/** Reads h2load's report, which has no percentiles; its failures include the responses with an error status. */
export function parseH2load(text: string): Reading {
  return {
    requests: required("h2load", text, /\b(\d+) done/),
    perSecond: required("h2load", text, /, ([\d.]+) req\/s/),
    errors: required("h2load", text, /, (\d+) failed/),
  };
}

/** Reads oha's JSON: answers by status, then errors by text. Requests cut off by its own deadline are no errors. */
export function parseOha(text: string): Reading {
  const document = jsonOf("oha", text);
  const statuses = Object.entries(valueAt(document, ["statusCodeDistribution"]) ?? {}) as [string, number][];
  const failures = Object.entries(valueAt(document, ["errorDistribution"]) ?? {}) as [string, number][];
  const failed = failures.filter(([key]) => key !== "aborted due to deadline");
  const unfinished = sum(failures) - sum(failed);
  const perSecond = numberAt(document, ["summary", "requestsPerSec"]);
  if (perSecond === undefined) throw new Error("Cannot read oha's output: no summary.requestsPerSec");
  return {
    requests: sum(statuses) + sum(failed),
    perSecond,
    errors: sum(statuses.filter(([status]) => !/^[23]/.test(status))) + sum(failed),
    ...(unfinished > 0 && { unfinished }),
    ...latencies([50, 95, 99], (p) => numberAt(document, ["latencyPercentiles", `p${p}`]), 1000),
  };
}

/** Reads vegeta's JSON report. */
export function parseVegeta(text: string): Reading {
  const document = jsonOf("vegeta", text);
  const requests = numberAt(document, ["requests"]);
  const success = numberAt(document, ["success"]);
  if (requests === undefined || success === undefined) {
    throw new Error("Cannot read vegeta's output: no requests and success");
  }
  return {
    requests,
    perSecond: numberAt(document, ["rate"]) ?? 0,
    errors: Math.round(requests * (1 - success)),
    ...latencies([50, 95, 99], (p) => numberAt(document, ["latencies", `${p}th`]), 1e-6),
  };
}

/** Reads the summary that k6 exports; the trend statistics must include `med`, `p(95)` and `p(99)`. */
export function parseK6(text: string): Reading {
  const document = jsonOf("k6", text);
  const requests = numberAt(document, ["metrics", "http_reqs", "count"]);
  if (requests === undefined) throw new Error("Cannot read k6's output: no metrics.http_reqs");
  const names: Readonly<Record<number, string>> = { 50: "med", 95: "p(95)", 99: "p(99)" };
  return {
    requests,
    perSecond: numberAt(document, ["metrics", "http_reqs", "rate"]) ?? 0,
    // Passes of "failed": requests that did fail.
    errors: numberAt(document, ["metrics", "http_req_failed", "passes"]) ?? 0,
    ...latencies([50, 95, 99], (p) => numberAt(document, ["metrics", "http_req_duration", names[p]!])),
  };
}

/** The percentiles that are known, in ms. */
function latencies(
  percentiles: readonly number[],
  read: (percentile: number) => number | undefined,
  toMs = 1,
): Pick<Reading, "latencyMs"> {
  const known = percentiles.flatMap((percentile) => {
    const value = read(percentile);
    return value === undefined ? [] : [[percentile, value * toMs] as const];
  });
  return known.length === 0 ? {} : { latencyMs: Object.fromEntries(known) };
}

function jsonOf(tool: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`Cannot read ${tool}'s output: not JSON: ${text.slice(0, 400)}`);
  }
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value;
}

function numberAt(document: unknown, path: readonly string[]): number | undefined {
  const value = valueAt(document, path);
  return typeof value === "number" ? value : undefined;
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}

function required(tool: string, text: string, pattern: RegExp): number {
  const value = found(text, pattern);
  if (value === undefined) {
    throw new Error(`Cannot read ${tool}'s output: no ${pattern.source} in ${text.slice(0, 400)}`);
  }
  return value;
}

function optional(text: string, pattern: RegExp): number {
  return found(text, pattern) ?? 0;
}

function found(text: string, pattern: RegExp): number | undefined {
  const value = pattern.exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
