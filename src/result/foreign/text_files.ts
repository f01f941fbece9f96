/**
 * Results that other tools print: wrk's and wrk2's report, and HdrHistogram's percentile tables (`.hgrm`) and logs.
 *
 * @module
 */
import type { ForeignRun } from "./foreign_run.ts";
import { readHdrLog } from "./hdr_log.ts";

/** The run that a text tells; `undefined`: no tool is known that writes such texts. */
export function readForeignText(text: string): ForeignRun | undefined {
  return readWrk(text) ?? readHgrm(text) ?? readHdrLog(text);
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** wrk's report, and wrk2's with its spectrum of percentiles. */
export function readWrk(text: string): ForeignRun | undefined {
  const requests = amountIn(text, /\b(\d+) requests in /);
  const perSecond = amountIn(text, /Requests\/sec:\s+([\d.]+)/);
  if (requests === undefined || perSecond === undefined) return undefined;
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  const statuses = amountIn(text, /Non-2xx or 3xx responses: (\d+)/) ?? 0;
  const [, mean, max] = /^\s+Latency\s+([\d.]+\w+)\s+[\d.]+\w+\s+([\d.]+\w+)\s/m.exec(text) ?? [];
  const [meanSec, maxSec] = [secondsIn(mean), secondsIn(max)];
  const told = [...text.matchAll(/^\s+([\d.]+)%\s+([\d.]+(?:us|ms|s|m|h))\s*$/gm)].map(
    ([, percentile, time]) => [Number(percentile), secondsIn(time) ?? 0] as const,
  );
  return {
    tool: /HdrHistogram/.test(text) ? "wrk2" : "wrk",
    requests,
    perSecond,
    errors: (sockets?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), statuses),
    ...(meanSec !== undefined && { meanSec }),
    ...(maxSec !== undefined && { maxSec }),
    percentiles: new Map([...spectrumIn(text), ...told].filter(([percentile]) => percentile < 100)),
  };
}

/** A table of `Value Percentile TotalCount 1/(1-Percentile)` in ms, as HdrHistogram's libraries write it. */
function readHgrm(text: string): ForeignRun | undefined {
  const requests = amountIn(text, /^#\[Max\s*=.*Total count\s*=\s*(\d+)\s*\]/m);
  const percentiles = spectrumIn(text);
  if (requests === undefined || percentiles.size === 0) return undefined;
  const meanMs = amountIn(text, /^#\[Mean\s*=\s*([\d.]+)/m);
  const maxMs = amountIn(text, /^#\[Max\s*=\s*([\d.]+)/m);
  return {
    tool: "HdrHistogram",
    requests,
    percentiles,
    ...(meanMs !== undefined && { meanSec: meanMs / 1000 }),
    ...(maxMs !== undefined && { maxSec: maxMs / 1000 }),
  };
}

/** Percentiles that a table names exactly, or brackets by less than a tenth of what is beyond them. */
function spectrumIn(text: string): ReadonlyMap<number, number> {
  if (!/^\s*Value\s+Percentile\s+TotalCount/m.test(text)) return new Map();
  const rows = [...text.matchAll(/^\s*([\d.]+)\s+(0\.\d+|1\.0+)\s+\d+/gm)].map(
    ([, ms, share]) => [Number(share), Number(ms) / 1000] as const,
  );
  const found = new Map<number, number>();
  for (const percentile of [50, 75, 90, 95, 99, 99.9, 99.99]) {
    const row = rows.find(([share]) => share >= percentile / 100 - 1e-9);
    if (row !== undefined && row[0] - percentile / 100 <= (1 - percentile / 100) / 10) {
      found.set(percentile, row[1]);
    }
  }
  return found;
}

function secondsIn(text: string | undefined): number | undefined {
  const [, amount, unit] = /^([\d.]+)(us|ms|s|m|h)$/.exec(text ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit!]!;
}

function amountIn(text: string, pattern: RegExp): number | undefined {
  const value = pattern.exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
