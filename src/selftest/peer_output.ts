/**
 * Reads what load generators print. Each function throws when the output has not the expected form.
 *
 * @module
 */
import type { ForeignRun } from "../result/foreign/foreign_run.ts";
import { readK6, readOha, readVegeta } from "../result/foreign/json_files.ts";
import { readWrk } from "../result/foreign/text_files.ts";
import type { Reading } from "./tool.ts";

/** Reads the program's own JSON result; anything but the totals may be missing. */
export function parseBenchJson(text: string): Reading {
  const document: unknown = JSON.parse(text);
  if (valueAt(document, ["mode"]) === "duel") return readDuel(document);
  const requests = numberAt(document, ["total_requests"]);
  const perSecond = numberAt(document, ["requests_per_sec"]);
  if (requests === undefined || perSecond === undefined) throw new Error("No totals in the JSON result");
  const delay = numberAt(document, ["open_loop", "start_delay", "p50"]);
  const delay99 = numberAt(document, ["open_loop", "start_delay", "p99"]);
  const unfinished = numberAt(document, ["unfinished_requests"]);
  const gap = numberAt(document, ["event_streams", "event_gap", "percentiles", "p50"]);
  const longestGap = numberAt(document, ["event_streams", "event_gap", "max"]);
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
    ...(gap !== undefined && longestGap !== undefined &&
      { gapMs: { 50: gap * 1000, 100: longestGap * 1000 } }),
    ...tokensIn(document),
    ...certaintyIn(document),
    ...(delay !== undefined && { startDelayMs: delay * 1000 }),
    ...(delay99 !== undefined && { startDelay99Ms: delay99 * 1000 }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function readDuel(document: unknown): Reading {
  const metrics = valueAt(document, ["metrics"]) as readonly { readonly verdict: string }[] | undefined;
  if (metrics === undefined) throw new Error("No metrics in the duel's JSON");
  const differences = metrics.filter(({ verdict }) => verdict === "better" || verdict === "worse").length;
  return { requests: 0, perSecond: 0, errors: 0, differences };
}

function certaintyIn(document: unknown): Pick<Reading, "reached" | "warmupMs"> {
  const until = valueAt(document, ["until"]) as readonly { readonly reached: boolean }[] | undefined;
  const warmupSec = numberAt(document, ["warmup", "duration_sec"]);
  return {
    ...(until && { reached: until.every(({ reached }) => reached) ? 1 : 0 }),
    ...(warmupSec !== undefined && { warmupMs: warmupSec * 1000 }),
  };
}

function tokensIn(document: unknown): Pick<Reading, "tokens"> {
  const count = numberAt(document, ["tokens", "output"]);
  const [ttft, itl, tpot] = ["ttft", "itl", "tpot"].map((name) =>
    numberAt(document, ["tokens", name, "percentiles", "p50"])
  );
  if (count === undefined || ttft === undefined || itl === undefined || tpot === undefined) return {};
  return { tokens: { count, ttftMs: ttft * 1000, itlMs: itl * 1000, tpotMs: tpot * 1000 } };
}

/** Reads wrk's report. */
export function parseWrk(text: string): Reading {
  return readingOf("wrk", readWrk(text), text);
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

/** Reads oha's JSON. */
export function parseOha(text: string): Reading {
  return readingOf("oha", readOha(jsonOf("oha", text)), text);
}

/** Reads vegeta's JSON report. */
export function parseVegeta(text: string): Reading {
  return readingOf("vegeta", readVegeta(jsonOf("vegeta", text)), text);
}

/** Reads the summary that k6 exports; the trend statistics must include `med`, `p(95)` and `p(99)`. */
export function parseK6(text: string): Reading {
  return readingOf("k6", readK6(jsonOf("k6", text)), text);
}

function readingOf(tool: string, run: ForeignRun | undefined, text: string): Reading {
  if (run?.perSecond === undefined) {
    throw new Error(`Cannot read ${tool}'s output: no totals in ${text.slice(0, 400)}`);
  }
  const { requests, perSecond, errors = 0, unfinished, percentiles } = run;
  return {
    requests,
    perSecond,
    errors,
    ...(unfinished !== undefined && { unfinished }),
    ...latencies([50, 95, 99], (percentile) => percentiles.get(percentile), 1000),
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
    return value === undefined ? [] : [[percentile, Number((value * toMs).toPrecision(12))] as const];
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
