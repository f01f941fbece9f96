/**
 * The runs of a URL list, side by side.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import {
  formatBytes,
  formatCompactTime,
  formatCount,
  formatCounted,
  formatPercent,
  formatRate,
  NOT_MEASURED,
} from "../../lib/number_format.ts";
import { PLAIN_STYLE, type Style } from "../../lib/style.ts";
import { endedOf, errorRatePercent, errorsOf, percentileOf, requestsPerSecond } from "../../metrics/stats.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import { alignColumns, type Column } from "./columns.ts";

/** An entry of the list and its run. */
export interface UrlRun {
  readonly entry: { readonly method: string; readonly url: string };
  readonly result: RunResult;
}

const RULE = "=".repeat(90);
const THIN_RULE = "-".repeat(90);
const URL_WIDTH = 40;

const HEAD = ["#", "Method", "URL", "Reqs", "RPS", "p50", "p95", "p99", "Errs"];
const COLUMNS: readonly Column[] = [
  { width: 2 },
  { width: 7, isLeft: true },
  { width: URL_WIDTH, isLeft: true },
  { width: 6 },
  { width: 7 },
  { width: 5 },
  { width: 5 },
  { width: 5 },
  { width: 5 },
];

/** The comparison, with a line end at its end. Credentials in URLs are masked. */
export function urlTable(runs: readonly UrlRun[], style: Style = PLAIN_STYLE): string {
  const counts = runs.map(({ result }) => overallStats(result).counts);
  const sum = (read: (of: typeof counts[number]) => number) =>
    counts.reduce((total, of) => total + read(of), 0);
  const totals = [
    formatCounted(runs.length, "endpoint"),
    formatCounted(sum(endedOf), "request"),
    formatCounted(sum(errorsOf), "error"),
    formatBytes(sum((of) => of.bodyBytes)),
  ];
  const cells = runs.map((run, index) => cellsOf(run, index + 1));
  const [head, ...rows] = alignColumns([HEAD, ...cells], { columns: COLUMNS, gap: " " });
  return [
    RULE,
    `  ${style.heading("MULTI-URL COMPARISON SUMMARY")}`,
    RULE,
    head!,
    THIN_RULE,
    ...rows,
    THIN_RULE,
    `  Total: ${totals.join(", ")}`,
    ...(runs.some(({ result }) => result.interrupted)
      ? [`  ${style.warning("Interrupted: the last run is incomplete, and later URLs were not tested")}`]
      : []),
    RULE,
    "",
  ].join("\n");
}

function cellsOf({ entry, result }: UrlRun, number: number): readonly string[] {
  const stats = overallStats(result);
  const { counts } = stats;
  const rps = requestsPerSecond(stats);
  const errors = errorRatePercent(counts);
  return [
    String(number),
    entry.method,
    cut(escapeTerminal(maskUrl(entry.url))),
    formatCount(endedOf(counts)),
    rps === undefined ? NOT_MEASURED : formatRate(rps),
    ...[50, 95, 99].map((percentile) => {
      const value = percentileOf(counts, percentile);
      if (value === undefined) return NOT_MEASURED;
      return (value.isAtLeast ? "≥" : "") + formatCompactTime(value.ms);
    }),
    errors === undefined ? NOT_MEASURED : formatPercent(errors),
  ];
}

/** Long URLs lose their end. */
function cut(url: string): string {
  return url.length > URL_WIDTH ? `${url.slice(0, URL_WIDTH - 3)}...` : url;
}
