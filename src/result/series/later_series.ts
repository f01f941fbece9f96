/**
 * The series of a run without its start.
 *
 * @module
 */
import type { PartSeries, RunSeries } from "./run_series.ts";

/** What came from a time on, counted from then; errors that were seen only before are left out. */
export function laterSeries(series: RunSeries, fromMs: number): RunSeries {
  const first = series.windows.findIndex(([begin]) => begin >= fromMs - 1);
  const skipped = first < 0 ? series.windows.length : first;
  const moved = (ms: number) => Math.max(0, ms - fromMs);
  const part = <T extends PartSeries>(one: T): T => ({
    ...one,
    requests: one.requests.slice(skipped),
    errors: one.errors.slice(skipped),
    p50Ms: one.p50Ms.slice(skipped),
    p95Ms: one.p95Ms.slice(skipped),
    p99Ms: one.p99Ms.slice(skipped),
  });
  const counts = ({ name, counts }: RunSeries["statuses"][number]) => ({
    name,
    counts: counts.slice(skipped),
  });
  return {
    windows: series.windows.slice(skipped).map(([begin, end]) => [moved(begin), moved(end)] as const),
    steps: series.steps.map(part),
    spans: series.spans.map(part),
    statuses: series.statuses.map(counts),
    errors: series.errors.map(counts),
    periods: series.periods.filter(({ lastMs }) => lastMs > fromMs).map((period) => ({
      ...period,
      firstMs: moved(period.firstMs),
      lastMs: moved(period.lastMs),
    })),
  };
}
